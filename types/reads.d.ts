// Reads of single values that the published class does not have, for both kinds of caches. What must not
// live here: `get`, which each kind documents for itself.

/** How a cache reads a value otherwise than by `get`. */
export declare abstract class Reads<T> {
  /**
   * Reads a value and leaves everything as it is: nothing is counted, used, renewed, removed or told to
   * a hook. Of a shared store it is a copy, and a near cache is not asked.
   *
   * @returns The value of a live entry, or `undefined`.
   * @throws {TypeError} If the key is not a string. What a codec's `decode` throws is passed on.
   * @example
   * ```ts
   * console.log('still signed in:', sessions.peek(id)?.userId)
   * ```
   */
  peek(key: string): T | undefined

  /**
   * Reads as `get` does and removes the entry in the same step: of several threads, one gets the value.
   * `onDelete` is told, with the source `'delete'`.
   *
   * @returns The value, or `undefined` if there is none.
   * @throws {TypeError} If the key is not a string. What a codec's `decode` throws is passed on; the entry is
   *   gone then.
   * @example
   * ```ts
   * const address = oneTimeTokens.take(token) // a token is good for one use
   * ```
   */
  take(key: string): T | undefined
}
