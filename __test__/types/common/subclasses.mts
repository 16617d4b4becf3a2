// Subclasses and copies of caches, whose methods are declared in several files. What must not live here:
// what the methods return.

import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import type { EntryInfo, SetOptions } from 'native-memory-cache'
import type { Expect, Same } from './expect.mjs'
import type { Session } from './session.mjs'

/** Every method that both kinds have beyond the published class can be overridden, and called by `super`. */
export class Logged extends MemoryCache<Session> {
  readonly log: string[] = []

  override getMany(keys: Iterable<string>) {
    return super.getMany(keys)
  }
  override hasMany(keys: Iterable<string>) {
    return super.hasMany(keys)
  }
  override setMany(entries: Iterable<readonly [string, Session]>, options?: number | SetOptions) {
    super.setMany(entries, options)
  }
  override deleteMany(keys: Iterable<string>) {
    return super.deleteMany(keys)
  }
  override peek(key: string) {
    return super.peek(key)
  }
  override take(key: string) {
    return super.take(key)
  }
  override touch(key: string, ttl?: number) {
    return super.touch(key, ttl)
  }
  override getRemainingTTL(key: string) {
    return super.getRemainingTTL(key)
  }
  override info(key: string): EntryInfo<Session> | undefined {
    return super.info(key)
  }
  override deleteByTag(tags: string | readonly string[]) {
    return super.deleteByTag(tags)
  }
  override forEach(
    callback: (value: Session | undefined, key: string, cache: this) => void,
    thisArg?: unknown,
  ) {
    super.forEach(callback, thisArg)
  }
  override scan(pattern?: string) {
    return super.scan(pattern)
  }
  override [Symbol.dispose]() {
    super[Symbol.dispose]()
  }
}

/** The same of a shared cache, with values of any type. */
export class LoggedStore<T> extends SharedMemoryCache<T> {
  readonly log: string[] = []

  override getMany(keys: Iterable<string>) {
    return super.getMany(keys)
  }
  override take(key: string) {
    return super.take(key)
  }
  override deleteByTag(tags: string | readonly string[]) {
    return super.deleteByTag(tags)
  }
  override [Symbol.dispose]() {
    super[Symbol.dispose]()
  }
}

/** A property can take the place of a method, as in stand-ins. */
export class Untouchable extends MemoryCache<Session> {
  override touch = () => false
  override getMany = () => []
}

export class Mistaken extends MemoryCache<Session> {
  // @ts-expect-error no cache has this method
  override getAll() {}
  // @ts-expect-error it returns an array
  override getMany() {
    return 0
  }
}

declare const logged: Logged
declare const store: LoggedStore<Session>

logged.forEach((_value, _key, cache) => cache.log.push('the subclass'))
store.forEach((_value, _key, cache) => cache.log.push('the subclass'))

const copy = { ...new MemoryCache<Session>() }
const storeCopy = { ...new SharedMemoryCache<Session>({ name: 'sessions' }) }
const { ...rest } = new MemoryCache<Session>()

export type ACopyHasNoMethods = [
  Expect<Same<keyof typeof copy, never>>,
  Expect<Same<keyof typeof storeCopy, never>>,
  Expect<Same<keyof typeof rest, never>>,
]
