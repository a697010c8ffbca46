import { EMPTY, fromEvent, share, type Observable } from 'rxjs';

/** What the platform says of the network. In browsers it can be wrong, so it only ever hurries what would come anyway. */
export interface NetworkSignals {
  /** The network is back: no need to wait out a delay. */
  readonly online$: Observable<unknown>;
  /** The network may be gone: time to see whether the connection still stands. */
  readonly offline$: Observable<unknown>;
}

/** The `online` and `offline` events of a browser's window or worker; silent elsewhere. */
export function networkSignals(): NetworkSignals {
  const target: unknown = globalThis;
  const isEventTarget = (value: unknown): value is EventTarget =>
    typeof value === 'object' &&
    value !== null &&
    'addEventListener' in value &&
    'navigator' in value &&
    'onoffline' in value;
  if (!isEventTarget(target)) return { online$: EMPTY, offline$: EMPTY };
  return { online$: fromEvent(target, 'online').pipe(share()), offline$: fromEvent(target, 'offline').pipe(share()) };
}
