// `cached` with experimentalDecorators: whatever the published package lets a program write.
// What must not live here: the standard form of decorators.

import { cached } from 'native-memory-cache'
import type { CachedDecorator } from 'native-memory-cache'
import type { Expect, Same } from '../common/expect.mjs'
import type { User } from '../common/session.mjs'

declare const user: User

const shared = cached<User>({ maxSize: 10 })

export class Users {
  @cached<User>({ ttl: 60_000, maxSize: 100 })
  async find(id: string): Promise<User> {
    return { ...user, id }
  }

  @cached<string[]>()
  permissions(id: string, role: string): string[] {
    return [id, role]
  }

  @cached()
  count(): number {
    return 1
  }

  @cached()
  async nothing(): Promise<void> {}

  @cached<User>()
  static current(): User {
    return user
  }

  @cached<string>({ keyGenerator: (args) => args[0].id, hashKeys: true, hookDelivery: 'deferred' })
  displayName(of: User): string {
    return of.name
  }

  @cached<User>({ hooks: { onHit: ({ value }) => value?.name, onSet: ({ value }) => value.name } })
  observed(): User {
    return user
  }

  @cached({ maxWeight: 100, sizeCalculation: (text: string) => text.length })
  text(): string {
    return ''
  }

  @shared
  first(): User {
    return user
  }

  @shared
  last(): User {
    return user
  }

  @cached<User>()
  generic<Key extends keyof User>(key: Key): User[Key] {
    return user[key]
  }

  @cached<User>()
  maybe(): User | undefined {
    return undefined
  }

  @cached<Promise<User>>()
  async namedByItsReturnType(): Promise<User> {
    return user
  }

  @cached<User>()
  private hidden(): User {
    return user
  }

  @cached<User>()
  get accessor(): User {
    return this.hidden()
  }
}

type LegacyDecorator = (
  target: any,
  propertyKey: string,
  descriptor: PropertyDescriptor,
) => PropertyDescriptor

/** The form the published package declares, in a variable, as an argument and applied by hand. */
export const assigned: LegacyDecorator = cached<User>()
export const named: CachedDecorator<User> = cached()
const applied = cached<User>()(Users.prototype, 'first', { value: () => user })
const compose = (...decorators: LegacyDecorator[]) => decorators.length
compose(cached(), cached<string>({ ttl: 0 }))

export type ApplyingItByHandGivesTheDescriptor = Expect<Same<typeof applied, PropertyDescriptor>>

export class Mistakes {
  // @ts-expect-error a field has no method to wrap
  @cached<User>()
  field = user;

  // @ts-expect-error a method named by a symbol
  @cached<User>()
  [Symbol.iterator](): User {
    return user
  }

  // @ts-expect-error the factory is to be called
  @cached
  uncalled(): User {
    return user
  }

  // @ts-expect-error a duration is a number of milliseconds
  @cached<User>({ ttl: '1m' })
  duration(): User {
    return user
  }

  // @ts-expect-error a key that is no string
  @cached<User>({ keyGenerator: () => 1 })
  numericKey(): User {
    return user
  }

  // @ts-expect-error an evicted entry has no source
  @cached<User>({ hooks: { onEvict: ({ source }) => source } })
  context(): User {
    return user
  }

  // @ts-expect-error an option that does not exist
  @cached<User>({ key: (args) => args[0] })
  option(): User {
    return user
  }
}

// @ts-expect-error a class is no method
@cached<User>()
export class Decorated {
  readonly user = user
}
