import type { Equal, Expect } from './expect.js';

/** The helper itself: what it must tell apart. */
export type Checks = [
  Expect<Equal<{ a: number }, { a: number }>>,
  Expect<Equal<Equal<unknown, never>, false>>,
  Expect<Equal<Equal<{ a: unknown }, { a: never }>, false>>,
  Expect<Equal<Equal<{ a: number }, { readonly a: number }>, false>>,
  Expect<Equal<Equal<{ a?: number }, { a: number | undefined }>, false>>,
  Expect<Equal<Equal<number, 1>, false>>,
];

// @ts-expect-error a false claim must not compile
export type Wrong = Expect<Equal<string, number>>;
