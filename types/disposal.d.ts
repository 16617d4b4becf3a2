// The end of a cache in the language's own form, for both kinds. What must not live here: `close`, which
// each kind documents for itself.

declare global {
  // As in the compiler's own library, of which a program's `lib` need not have this part.
  interface SymbolConstructor {
    readonly dispose: unique symbol
  }
}

/** What declarations with `using` require. */
export declare abstract class Disposal {
  /**
   * `close`, for declarations with `using`.
   *
   * @example
   * ```ts
   * using pages = new MemoryCache<string>({ maxSize: 0 })
   * ```
   */
  [Symbol.dispose](): void
}
