/** True only when both types are the same to the compiler, `any`, `readonly` and optional fields included. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/**
 * Does not compile unless its argument is true:
 *
 * ```ts
 * type Checks = [Expect<Equal<ReturnType<typeof add>, number>>];
 * ```
 */
export type Expect<T extends true> = T;
