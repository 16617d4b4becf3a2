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
 * How {@link cached} stores a method's results: the options of its cache, and how arguments become keys. The
 * hooks `onEvict`, `onExpire` and `onDelete` are looked up when an entry is removed, and called as methods of
 * the hooks object; the others are taken from its own enumerable members when the decorator is applied.
 *
 * @example
 * ```ts
 * const options: CachedDecoratorOptions<User> = { ttl: 60_000, keyGenerator: ([id]) => id }
 * ```
 */
export type CachedDecoratorOptions<T = unknown> = Omit<CacheOptions<T>, 'snapshot'> & {
  /**
   * Makes the key from the array of arguments; calls with the same key share a result. Takes precedence over
   * `hashKeys`.
   * Default: `JSON.stringify`. Example: `{ keyGenerator: ([user]) => user.id }`.
   */
  keyGenerator?: (args: any[]) => string
  /**
   * `true` shortens the JSON of the arguments to a 32-bit FNV-1a hash in hexadecimal. Two different calls may
   * then share a hash, and so a result: with 77,000 keys the probability is about one half. Default: `false`.
   * Example: `{ hashKeys: true }`.
   */
  hashKeys?: boolean
  /**
   * How long a call waits for a result that is a promise, in milliseconds, before it rejects with an error
   * named `'TimeoutError'`; see {@link GetOrSetOptions}. `0`: without a limit. Default: `0`. Example:
   * `{ timeout: 2000 }`.
   */
  timeout?: number
  /**
   * Whether to store a result; it is returned in either case. Returning a promise is a `TypeError`. Default:
   * always. Example: `{ shouldCache: (user) => user !== null }`.
   */
  shouldCache?: (value: T, key: string) => boolean
  /**
   * The tags of a result, by which `deleteByTag` of the cache removes it, or a function that returns them; see
   * {@link GetOrSetOptions}. Default: none. Example: `{ tags: (user) => user.teams }`.
   */
  tags?: readonly string[] | ((value: T, key: string) => readonly string[])
  /**
   * An existing cache for the results, in place of a separate one. Its limits, hooks and other options apply;
   * `ttl`, `staleWhileRevalidate` and `staleIfError` then apply to each result. With a `SharedMemoryCache`
   * every call returns a promise.
   *
   * Keys start with the name of the function, so functions with the same name in one cache share their results:
   * a method that calls the `super` method of the same name with the same arguments waits for itself, and if
   * one function returns promises, all must. To keep them apart, give each its own view (`withNamespace`).
   * Default: a new `MemoryCache`. Example: `{ cache: results.withNamespace('users:') }`.
   */
  cache?: ResultCache
}

/**
 * How {@link memoize} and {@link cached} store results: {@link CachedDecoratorOptions}, except that `ttl` may
 * also be a function of the result. With `timeout`, `shouldCache`, `tags`, such a `ttl`, `cache`, or a
 * constructor's `staleWhileRevalidate` or `staleIfError`, fetches follow the rules of `getOrSet`, and the
 * function must either always or never return a promise. It counts as one that does once it has returned one,
 * or once a function with the same name and `cache` has. For a function that is not declared `async`, values
 * that are in the `cache` before its first call in the process are returned directly, not as promises.
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
   * How long results live, in milliseconds, or a function that returns it. `0` and `Infinity`: they never
   * expire. Default: the `ttl` of the cache, five minutes. Example:
   * `{ ttl: (token) => token.expiresIn * 1000 }`.
   */
  ttl?: number | ((value: T, key: string) => number)
  /**
   * See {@link CachedDecoratorOptions}. A key that is not a string is a `TypeError`. Default: `JSON.stringify`.
   * Example: `{ keyGenerator: ([user]) => user.id }`.
   */
  keyGenerator?: (args: Args) => string
}

/**
 * What {@link memoize} returns: the function, with a copy of its current properties, and the members below.
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
 * What {@link cached} returns: a decorator for methods, including static ones, that works as a standard and as
 * a legacy decorator of TypeScript. The compiler rejects methods named by a symbol.
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
 * Makes a decorator that remembers what a method returned for the same arguments. Each call of `cached` has its
 * own cache, which all instances of the class share: `this` is not part of the key. The key is the method's
 * name and the JSON of the arguments, unless an option says otherwise.
 *
 * If the method returns a promise, the value is stored when it resolves; until then all calls share the
 * promise. A rejection or an exception reaches the caller and is not stored.
 *
 * @typeParam T What the method returns or, if it is asynchronous, resolves to.
 * @throws {CacheConfigError} For options that `MemoryCache` rejects.
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
 * Makes a function that remembers what `fn` returned for the same arguments. The key is the JSON of the
 * arguments, in which all maps, all sets and all functions look alike, or the result of `keyGenerator`; with an
 * existing `cache` it starts with the name of `fn` and a colon. `name`, `length`, `this` and own properties are
 * those of `fn`; `this` is not part of the key.
 *
 * If `fn` returns a promise, the value is stored when it resolves; until then calls share one call of `fn`, by
 * the rules of `getOrSet`. A rejection or an exception reaches the caller and is not stored. With
 * `staleWhileRevalidate`, an expired result of an asynchronous `fn` is returned immediately, as a promise, and
 * refreshed in the background. An asynchronous function rejects where a synchronous one throws: with a
 * `TypeError` if the key is not a string, with an error of `keyGenerator` or `JSON.stringify`, or if the cache
 * is closed.
 *
 * @throws {TypeError} If `fn` is not a function.
 * @throws {CacheConfigError} For options that `MemoryCache` rejects, for a `cache` that is not a cache, and for
 *   a `cache` if `fn` has no name and there is no `keyGenerator`: results of several functions would be mixed
 *   up.
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
/** With an existing `MemoryCache`. Example: `memoize(render, { cache: pages }).cache === pages`. */
export declare function memoize<
  Fn extends (this: any, ...args: any) => unknown,
  Cache extends LocalCache,
>(
  fn: Fn,
  options: MemoizeOptions<Awaited<ReturnType<Fn>>, Parameters<Fn>> & { cache: Cache },
): Memoized<Fn, Cache>
/** With a new cache. Example: `const area = memoize((w: number, h: number) => w * h)`. */
export declare function memoize<Fn extends (this: any, ...args: any) => unknown>(
  fn: Fn,
  options?: MemoizeOptions<Awaited<ReturnType<Fn>>, Parameters<Fn>> & { cache?: undefined },
): Memoized<Fn>
/**
 * With options whose type does not say where results are stored. Example:
 * `memoize(load, options as MemoizeOptions<User>)`.
 */
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
