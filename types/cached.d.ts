// The decorator, `memoize`, and their options. What must not live here: what a cache does.

import type { GetOrSetOptions } from './fetches.js'
import type { MemoryCache } from './memory-cache.js'
import type { CacheOptions } from './memory-options.js'
import type { CacheView, SharedCacheView } from './namespaces.js'
import type { SharedMemoryCache } from './shared-memory-cache.js'

/** Where results may go. */
type LocalCache = MemoryCache<any> | CacheView<any>
type ThreadsCache = SharedMemoryCache<any> | SharedCacheView<any>
type ResultCache = LocalCache | ThreadsCache

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
export type CachedDecoratorOptions<T = unknown> = Omit<CacheOptions<T>, 'snapshot'> & {
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
  /**
   * How long a call waits for a result that is a promise, in milliseconds, before it rejects with an error
   * named `'TimeoutError'`; see {@link GetOrSetOptions}. `0`: as long as it takes. Default: `0`.
   * Example: `{ timeout: 2000 }`.
   */
  timeout?: number
  /**
   * Whether a result is to be stored; it is returned all the same. A promise in place of the answer is a
   * `TypeError`. Default: always.
   * Example: `{ shouldCache: (user) => user !== null }`.
   */
  shouldCache?: (value: T, key: string) => boolean
  /**
   * The tags of a result, by which `deleteByTag` of the cache removes it, or a function that tells; see
   * {@link GetOrSetOptions}. Default: none. Example: `{ tags: (user) => user.teams }`.
   */
  tags?: readonly string[] | ((value: T, key: string) => readonly string[])
  /**
   * A cache that is there already, for the results, in place of one of its own: that one's limits, hooks and
   * other options count then, and `ttl`, `staleWhileRevalidate` and `staleIfError` are those of each result.
   * With a `SharedMemoryCache` every call returns a promise.
   *
   * Keys start with the function's name, so functions of one name in one cache are taken for one: they get
   * each other's results, a method that calls `super`'s of the same name for the same arguments waits for itself, and if one
   * returns promises all must. A view (`withNamespace`) for each keeps them apart.
   * Default: a `MemoryCache` of its own. Example: `{ cache: results.withNamespace('users:') }`.
   */
  cache?: ResultCache
}

/**
 * How {@link memoize} and {@link cached} store results: {@link CachedDecoratorOptions}, of which `ttl` may also be a
 * function of the result. With `timeout`, `shouldCache`, `tags`, such a `ttl`, `cache`, or a constructor's
 * `staleWhileRevalidate` or `staleIfError`, fetches go as those of `getOrSet`, and a function must return
 * promises always or never: it is taken for one that does once it has, or one of its name with the same `cache`. What a
 * `cache` has of a function that is not declared `async` before its first call in the process is returned as it is, and
 * not as a promise.
 *
 * @example
 * ```ts
 * const options: MemoizeOptions<Token, [user: string]> = {
 *   ttl: (token) => token.expiresIn * 1000,
 *   keyGenerator: ([user]) => user,
 * }
 * ```
 */
export type MemoizeOptions<T = unknown, Args = any> = Omit<
  CachedDecoratorOptions<T>,
  'ttl' | 'keyGenerator'
> & {
  /**
   * How long results live, in milliseconds, or a function that tells. `0` and `Infinity`: until they are
   * removed. Default: as the cache has it, five minutes. Example: `{ ttl: (token) => token.expiresIn * 1000 }`.
   */
  ttl?: number | ((value: T, key: string) => number)
  /**
   * See {@link CachedDecoratorOptions}. What is no string is a `TypeError`. Default: `JSON.stringify`.
   * Example: `{ keyGenerator: ([user]) => user.id }`.
   */
  keyGenerator?: (args: Args) => string
}

/**
 * What {@link memoize} returns: the function, with a copy of the properties that it has at that time, and what it has
 * beside.
 *
 * @example
 * ```ts
 * const findUser: Memoized<typeof database.findUser> = memoize(database.findUser)
 * ```
 */
export type Memoized<
  Fn extends (this: any, ...args: any) => unknown,
  Cache = MemoryCache<Awaited<ReturnType<Fn>>>,
> = Fn & {
  /** Where the results are. Example: `findUser.cache.clear()`. */
  readonly cache: Cache
  /**
   * Removes the result for these arguments; `true` if there was one. Example: `findUser.delete(id)`.
   */
  delete(...args: Parameters<Fn>): boolean
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
 * With a `ttl` that is a function of the result; see {@link MemoizeOptions}.
 *
 * @example
 * ```ts
 * class Tokens {
 *   @cached<Token>({ ttl: (token) => token.expiresIn * 1000, timeout: 5000 })
 *   async fetch(user: string): Promise<Token> {
 *     return authority.issue(user)
 *   }
 * }
 * ```
 */
export declare function cached<T>(options: MemoizeOptions<T>): CachedDecorator<T>

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

/**
 * A function that remembers what `fn` returned for the same arguments. The key is the JSON of the arguments, or what
 * `keyGenerator` makes of them; with a `cache` that is there already it begins with the name of `fn` and a colon.
 * `name`, `length`, `this` and own properties are those of `fn`; `this` is no part of the key.
 *
 * Of a promise the value is stored when it resolves; calls meanwhile share one call of `fn`, under the rules of
 * `getOrSet`. A rejection, or an exception, reaches the caller and is not stored. With
 * `staleWhileRevalidate` an expired result of an asynchronous `fn` is returned at once, as a promise, and
 * renewed in the background. An asynchronous function rejects where a synchronous one throws: with a `TypeError` if the
 * key is no string, with what `keyGenerator` or `JSON.stringify` throws, if the cache is closed.
 *
 * @throws {TypeError} If `fn` is not a function.
 * @throws {CacheConfigError} For options that `MemoryCache` refuses, a `cache` that is none, and a `cache` where
 *   `fn` has no name and there is no `keyGenerator`: results of several functions would be mixed up.
 * @example
 * ```ts
 * const findUser = memoize((id: string) => database.findUser(id), {
 *   ttl: 60_000,
 *   staleWhileRevalidate: 30_000,
 * })
 * const ada = await findUser('ada')
 * findUser.delete('ada')
 * ```
 */
export declare function memoize<
  Fn extends (this: any, ...args: any) => PromiseLike<unknown>,
  Cache extends ThreadsCache,
>(
  fn: Fn,
  options: MemoizeOptions<Awaited<ReturnType<Fn>>, Parameters<Fn>> & { cache: Cache },
): Memoized<Fn, Cache>
/** With a `SharedMemoryCache` a synchronous function becomes an asynchronous one. Example: `await render(page)`. */
export declare function memoize<
  Fn extends (this: any, ...args: any) => unknown,
  Cache extends ThreadsCache,
>(
  fn: Fn,
  options: MemoizeOptions<ReturnType<Fn>, Parameters<Fn>> & { cache: Cache },
): Memoized<
  (this: ThisParameterType<Fn>, ...args: Parameters<Fn>) => Promise<Awaited<ReturnType<Fn>>>,
  Cache
>
/** With a `MemoryCache` that is there already. Example: `memoize(render, { cache: pages }).cache === pages`. */
export declare function memoize<
  Fn extends (this: any, ...args: any) => unknown,
  Cache extends LocalCache,
>(
  fn: Fn,
  options: MemoizeOptions<Awaited<ReturnType<Fn>>, Parameters<Fn>> & { cache: Cache },
): Memoized<Fn, Cache>
/** With a cache of its own. Example: `const area = memoize((w: number, h: number) => w * h)`. */
export declare function memoize<Fn extends (this: any, ...args: any) => unknown>(
  fn: Fn,
  options?: MemoizeOptions<Awaited<ReturnType<Fn>>, Parameters<Fn>> & { cache?: undefined },
): Memoized<Fn>
/** With options of which it is open where results go. Example: `memoize(load, options as MemoizeOptions<User>)`. */
export declare function memoize<
  Fn extends (this: any, ...args: any) => PromiseLike<unknown>,
  Cache extends ResultCache = ResultCache,
>(
  fn: Fn,
  options: MemoizeOptions<Awaited<ReturnType<Fn>>, Parameters<Fn>> & { cache?: Cache },
): Memoized<Fn, Cache>
/** The same for a synchronous function, which may become an asynchronous one. Example: `await render(page)`. */
export declare function memoize<
  Fn extends (this: any, ...args: any) => unknown,
  Cache extends ResultCache = ResultCache,
>(
  fn: Fn,
  options: MemoizeOptions<Awaited<ReturnType<Fn>>, Parameters<Fn>> & { cache?: Cache },
): Memoized<
  (
    this: ThisParameterType<Fn>,
    ...args: Parameters<Fn>
  ) => ReturnType<Fn> | Promise<Awaited<ReturnType<Fn>>>,
  Cache
>
