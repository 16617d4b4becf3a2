// The decorator and its options. What must not live here: what a cache does.

import type { CacheOptions } from './memory-cache.js'

/**
 * How {@link cached} stores a method's results: the options of its cache, and how arguments become keys.
 * Of the hooks, `onEvict`, `onExpire` and `onDelete` are looked up when something is removed and called as
 * methods of the hooks object; the others are its own enumerable members at the time of the decoration.
 *
 * @example
 * ```ts
 * const options: CachedDecoratorOptions<User> = { ttl: 60_000, keyGenerator: ([id]) => id }
 * ```
 */
export type CachedDecoratorOptions<T = unknown> = CacheOptions<T> & {
  /**
   * Makes the key from the array of arguments; calls with the same key share a result. Goes before
   * `hashKeys`. Default: `JSON.stringify`. Example: `{ keyGenerator: ([user]) => user.id }`.
   */
  keyGenerator?: (args: any[]) => string
  /**
   * `true` shortens the JSON of the arguments to a 32-bit FNV-1a hash in hexadecimal. Two different
   * calls may then share a hash, and so a result: with 77,000 keys about one chance in two.
   * Default: `false`. Example: `{ hashKeys: true }`.
   */
  hashKeys?: boolean
}

/**
 * What {@link cached} returns: a decorator for methods, static ones too, that serves both kinds of
 * decorators TypeScript knows. A method named by a symbol is refused in either.
 *
 * @example
 * ```ts
 * const briefly: CachedDecorator<User> = cached<User>({ ttl: 1000 })
 * ```
 */
export interface CachedDecorator<T = unknown> {
  /**
   * The standard form (`experimentalDecorators` off). The method keeps its type, its `this`, its
   * arguments and its type parameters, and must return `T` or a promise of `T`.
   */
  <This, Method extends (this: This, ...args: any) => T | PromiseLike<T>>(
    method: Method,
    context: ClassMethodDecoratorContext<This, Method> & { readonly name: string },
  ): Method
  /** The legacy form (`experimentalDecorators` on). It changes and returns the descriptor. */
  (target: any, propertyKey: string, descriptor: PropertyDescriptor): PropertyDescriptor
}

/**
 * Makes a decorator that remembers what a method returned for the same arguments. Each call of
 * `cached` has a cache of its own, which all instances of the class share: `this` is no part of the
 * key. The key is the method's name and the JSON of the arguments, unless an option says otherwise.
 *
 * Of a method that returns a promise, the value is stored when it resolves; calls meanwhile share the
 * one promise. A rejection, or an exception, reaches the caller and is not stored.
 *
 * @typeParam T What the method returns or, if it is asynchronous, resolves to.
 * @throws {CacheConfigError} For the options that `MemoryCache` refuses.
 * @example
 * ```ts
 * class Users {
 *   @cached<User>({ ttl: 60_000 })
 *   async find(id: string): Promise<User> {
 *     return database.findUser(id)
 *   }
 *
 *   @cached<string>({ keyGenerator: ([user]) => user.id })
 *   displayName(user: User): string {
 *     return `${user.first} ${user.last}`
 *   }
 * }
 * ```
 */
export declare function cached<T>(options?: CachedDecoratorOptions<T>): CachedDecorator<T>
