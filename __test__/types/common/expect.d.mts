// The assertions of the type tests. What must not live here: anything about caches.

/** Fails to compile unless `T` is exactly `true`. */
export type Expect<T extends true> = T

/** Whether two types are the same, `any` and modifiers included. */
export type Same<A, B> =
  (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false

/** Whether a value of either type may be used as the other. */
export type Interchangeable<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false

/** Whether `B` has every public member of `A`, except `Skip`, with the same type and modifiers. */
export type SameMembers<A, B, Skip extends keyof A = never> = [Exclude<keyof A, Skip>] extends [
  never,
]
  ? false
  : {
      [K in Exclude<keyof A, Skip>]-?: K extends keyof B ? Same<Pick<A, K>, Pick<B, K>> : false
    }[Exclude<keyof A, Skip>]
