import { defer, from, of, take, throwIfEmpty, type Observable, type ObservableInput } from 'rxjs';

/**
 * A secret: as it is, or a function that gets it, asked anew at every attempt. The function may give the secret itself,
 * a Promise or an Observable of it; what it fails with is what the attempt fails with.
 */
export type Credential<T extends string | Uint8Array> = T | (() => T | ObservableInput<T>);

/** The credential, once. Errors with `missing()` when the user's function gave an empty Observable. */
export function ask<T extends string | Uint8Array>(credential: Credential<T>, missing: () => Error): Observable<T> {
  return defer(() => emitted(typeof credential === 'function' ? credential() : credential)).pipe(
    take(1),
    throwIfEmpty(missing),
  );
}

/** Whether asking again may bring another. */
export const isRenewable = (credential: unknown): boolean => typeof credential === 'function';

/** What a function gave, bare or in an observable. */
export const emitted = <T extends string | Uint8Array>(given: T | ObservableInput<T>): Observable<T> =>
  isInput(given) ? from(given) : of(given);

/** Not so a text or bytes, which `from` would take for their characters and numbers. */
const isInput = <T extends string | Uint8Array>(given: T | ObservableInput<T>): given is ObservableInput<T> =>
  typeof given !== 'string' && !(given instanceof Uint8Array);
