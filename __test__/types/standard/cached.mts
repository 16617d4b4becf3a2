// `cached` with standard decorators: the method keeps its type, and the type argument is checked.
// What must not live here: the legacy form, except that its function type is still served.

import { MemoryCache, cached } from 'native-memory-cache'
import type { Expect, Same } from '../common/expect.mjs'
import type { User } from '../common/session.mjs'

declare const user: User

const shared = cached<User>({ maxSize: 10 })

export class Users {
  readonly greeting = 'hello'

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
    return `${this.greeting} ${of.name}`
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
    return this.#hidden()
  }

  @cached<string>()
  generic<Key extends keyof User>(key: Key): User[Key] {
    return user[key]
  }

  @cached<User | undefined>()
  async maybe(id?: string, ...rest: string[]): Promise<User | undefined> {
    return rest.includes(id ?? '') ? user : undefined
  }

  overloaded(id: string): User
  overloaded(id: number): User
  @cached<User>()
  overloaded(_id: string | number): User {
    return user
  }

  @cached<Promise<User>>()
  async namedByItsReturnType(): Promise<User> {
    return user
  }

  @cached<User>()
  thenable(): PromiseLike<User> {
    return Promise.resolve(user)
  }

  @cached<any>()
  anything(): Date {
    return new Date()
  }

  @cached<User>()
  withThis(this: Users, id: string): Promise<User> {
    return this.find(id)
  }

  @cached<User>()
  #hidden(): User {
    return user
  }
}

type Method<Key extends string> = ClassMethodDecoratorContext<Users, (id: string) => User> & {
  name: Key
}
declare const find: (this: Users, id: string) => Promise<User>
declare const findContext: ClassMethodDecoratorContext<Users, typeof find> & { name: 'find' }
const wrapped = shared(find, findContext)

export type TheMethodKeepsItsThisItsArgumentsAndItsResult = Expect<
  Same<typeof wrapped, typeof find>
>

/** The function type the published package declares is served whatever decorators are in use. */
export const assigned: (
  target: any,
  propertyKey: string,
  descriptor: PropertyDescriptor,
) => PropertyDescriptor = cached<User>()

/** The standard function type likewise. */
export const method: <Key extends string>(
  value: (id: string) => User,
  context: Method<Key>,
) => (id: string) => User = cached<User>()

export class Mistakes {
  // @ts-expect-error the method returns another type
  @cached<User>()
  another(): string {
    return ''
  }

  // @ts-expect-error the method's promise is of another type
  @cached<User>()
  async anotherPromise(): Promise<string> {
    return ''
  }

  // @ts-expect-error the calculation is for another type
  @cached({ maxWeight: 1, sizeCalculation: (text: string) => text.length })
  weighed(): number {
    return 1
  }

  // @ts-expect-error a getter
  @cached<User>()
  get getter(): User {
    return user
  }

  // @ts-expect-error a setter
  @cached<User>()
  set setter(_user: User) {}

  // @ts-expect-error a field
  @cached<User>()
  field = user

  // @ts-expect-error a field that holds a function
  @cached<User>()
  arrow = () => user

  // @ts-expect-error an accessor
  @cached<User>()
  accessor auto = user;

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

export class Fetching {
  @cached<User>({ ttl: (found) => found.name.length, timeout: 1000, staleWhileRevalidate: 1000 })
  async find(id: string): Promise<User> {
    return { ...user, id }
  }

  @cached<User>({ cache: new MemoryCache<User>(), shouldCache: (found) => found.id !== '' })
  current(): User {
    return user
  }

  // @ts-expect-error a Map is no cache
  @cached<User>({ cache: new Map() })
  last(): User {
    return user
  }
}
