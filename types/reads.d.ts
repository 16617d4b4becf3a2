// Reads of single values that the published class does not have, for both kinds of caches. What must not
// live here: `get`, which each kind documents for itself.

/** Further methods that read a value. */
export declare abstract class Reads<T> {
  /**
   * Reads a value without side effects: it does not count as a hit, a miss or a use, renews and removes
   * nothing, and calls no hook. In a shared store the value is a copy, and the near cache is not used.
   *
   * @returns The value of a live entry, or `undefined`.
   * @throws {TypeError} If the key is not a string. An error of the codec's `decode` is passed on.
   * @example
   * ```ts
   * console.log('still signed in:', sessions.peek(id)?.userId)
   * ```
   */
  peek(key: string): T | undefined

  /**
   * Reads as `get` does and removes the entry in the same step: if several threads call it, one gets the value.
   * `onDelete` is called with the source `'delete'`.
   *
   * @returns The value, or `undefined` if there is none.
   * @throws {TypeError} If the key is not a string. An error of the codec's `decode` is passed on; the entry is
   *   then gone.
   * @example
   * ```ts
   * const address = oneTimeTokens.take(token) // a token is good for one use
   * ```
   */
  take(key: string): T | undefined
}
