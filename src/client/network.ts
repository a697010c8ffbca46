import { EMPTY, filter, fromEvent, merge, share, type Observable } from 'rxjs';

/** What the platform says of the network and the page. In browsers it can be wrong, so it only ever hurries what would come anyway. */
export interface NetworkSignals {
  /** The network or the page is back: no need to wait out a delay. */
  readonly wake$: Observable<unknown>;
  /** The network changed, or the page could not look after the connection: time to see whether it still stands. */
  readonly doubt$: Observable<unknown>;
}

const isEventTarget = (value: unknown): value is EventTarget =>
  typeof value === 'object' && value !== null && 'addEventListener' in value;

/**
 * `online` and `offline` of a browser's window or worker; `visibilitychange` to visible and `resume` (after `freeze`) of its
 * page, whose timers were slow or stood still meanwhile. Silent elsewhere.
 */
export function networkSignals(): NetworkSignals {
  const target: unknown = globalThis;
  if (!isEventTarget(target) || !('navigator' in target) || !('onoffline' in target))
    return { wake$: EMPTY, doubt$: EMPTY };
  const page: unknown = 'document' in target ? target.document : undefined;
  const back$ = isEventTarget(page)
    ? merge(
        fromEvent(page, 'visibilitychange').pipe(
          filter(() => 'visibilityState' in page && page.visibilityState === 'visible'),
        ),
        fromEvent(page, 'resume'),
      )
    : EMPTY;
  const wake$ = merge(fromEvent(target, 'online'), back$).pipe(share());
  return { wake$, doubt$: merge(wake$, fromEvent(target, 'offline')).pipe(share()) };
}
