import {
  catchError,
  concat,
  defer,
  EMPTY,
  filter,
  finalize,
  from,
  ignoreElements,
  map,
  merge,
  NEVER,
  of,
  retry,
  take,
  tap,
  throwError,
  timer,
  type Observable,
  type ObservableInput,
  type OperatorFunction,
  type Subscription,
} from 'rxjs';
import { LONGEST_TIMER_MS } from '../protocol/longest-timer.js';
import { backoffDelayMs, checkBackoff, type BackoffPolicy } from './backoff.js';
import { checkNumber } from './options.js';

/** When {@link reconnect} tries again, and when it does not. */
export interface ReconnectPolicy extends BackoffPolicy {
  /**
   * How many failures in a row it takes to give up; a loss is one, whether or not the resource was stable, but then it is
   * the first. With 0 or 1 nothing is tried twice. Default: Infinity.
   */
  readonly maxAttempts?: number | undefined;
  /** How long a resource must stand for its loss to count as the first failure again. Default: 10,000. */
  readonly stableAfterMs?: number | undefined;
  /**
   * Whether trying again cannot help.
   *
   * @param previous the error of the failure before, in the same row: the same refusal twice may be worth a stop.
   * Default: nothing is fatal.
   */
  readonly isFatal?: ((error: unknown, previous: unknown) => boolean) | undefined;
  /**
   * Takes the place of the backoff: the delay after this many failures in a row (from 1), in milliseconds; undefined
   * gives up.
   */
  readonly delayMs?: ((attempt: number, error: unknown) => number | undefined) | undefined;
  /**
   * Each value ends the present wait at once, e.g. `fromEvent(window, 'online')`. Subscribed to while waiting only;
   * what it emits on being subscribed to does not count, and its end or error changes nothing.
   */
  readonly wake$?: ObservableInput<unknown> | undefined;
}

/** Where a resource stands that is made again whenever it breaks. */
export type ReconnectState<T> =
  /** It is being made. `attempt` is 1 plus the failures in a row before it. */
  | { readonly status: 'connecting'; readonly attempt: number }
  /** It is up, by this attempt. */
  | { readonly status: 'connected'; readonly attempt: number; readonly resource: T }
  /** Attempt number `attempt` failed, or what it made was lost, for `cause`; the next one comes in `delayMs`. */
  | { readonly status: 'waiting'; readonly attempt: number; readonly delayMs: number; readonly cause: unknown };

/** What a wait ends with, for `retry` to subscribe again. */
const AGAIN = new Error('again');

/**
 * Keeps a resource up: subscribes to the source again, after a delay, whenever it errors.
 *
 * The source is any cold Observable that makes the resource on subscription, emits it when it is up, errors when it
 * breaks (or does not come about), and takes it down on unsubscription. A transport is one; so is `webSocket(…)` or a
 * worker. What broke is torn down before `waiting` is emitted.
 *
 * The delay grows exponentially, with full jitter ({@link backoffDelayMs}), and starts over once a resource has stood
 * for `stableAfterMs`. The result emits a {@link ReconnectState} at each turn, the first at once; it completes when the
 * source completes, and errors with the source's last error after `maxAttempts` failures in a row or a fatal one.
 * Unsubscribing takes the resource down and stops a wait.
 *
 * @throws {UsageError} at once, when an option makes no sense. What a function of the policy throws, or a delay that is
 * no number, is an error of the result.
 * @example
 * const port$ = serialPort('/dev/ttyUSB0').pipe(
 *   reconnect({ maxDelayMs: 5_000, isFatal: (error) => error instanceof NoSuchDevice }),
 * );
 * port$.subscribe((state) => {
 *   if (state.status === 'waiting') console.log(`next attempt in ${state.delayMs} ms: ${state.cause}`);
 * });
 */
export function reconnect<T>(policy: ReconnectPolicy = {}): OperatorFunction<T, ReconnectState<T>> {
  const { maxAttempts = Infinity, stableAfterMs = 10_000, isFatal = () => false, wake$ = NEVER } = policy;
  const { delayMs = (attempt: number) => backoffDelayMs(attempt, policy) } = policy;
  checkBackoff('reconnect', policy);
  checkNumber('reconnect', 'maxAttempts', maxAttempts, 0);
  checkNumber('reconnect', 'stableAfterMs', stableAfterMs, 0);
  const stable = stableAfterMs > LONGEST_TIMER_MS ? NEVER : timer(stableAfterMs);

  return (source) =>
    defer(() => {
      let failures = 0;
      let previous: unknown;

      const connection = defer(() => {
        const attempt = failures + 1;
        let stability: Subscription | undefined;
        const watchStability = (): void => {
          stability ??= stable.subscribe(() => {
            failures = 0;
            previous = undefined;
          });
        };
        const connected = source.pipe(
          tap(watchStability),
          finalize(() => stability?.unsubscribe()),
          map((resource) => ({ status: 'connected', attempt, resource }) as const),
        );
        return concat(of({ status: 'connecting', attempt } as const), connected);
      });

      const wait = (cause: unknown): Observable<ReconnectState<T>> => {
        const attempt = ++failures;
        const delay = attempt >= maxAttempts || isFatal(cause, previous) ? undefined : delayMs(attempt, cause);
        previous = cause;
        if (delay === undefined) return throwError(() => cause);
        checkNumber('reconnect', 'delayMs', delay, 0);
        return concat(
          of({ status: 'waiting', attempt, delayMs: delay, cause } as const),
          elapsed(delay, wake$),
          throwError(() => AGAIN),
        );
      };

      return connection.pipe(
        catchError(wait),
        retry({ delay: (error) => (error === AGAIN ? of(AGAIN) : throwError(() => error as unknown)) }),
      );
    });
}

/** Completes after the delay, or when `wake$` emits before, but never at once. */
function elapsed(delayMs: number, wake$: ObservableInput<unknown>): Observable<never> {
  return defer(() => {
    let isWaiting = false;
    const woken = from(wake$).pipe(
      filter(() => isWaiting),
      catchError(() => EMPTY),
    );
    const waiting = defer(() => {
      isWaiting = true;
      return timer(Math.min(delayMs, LONGEST_TIMER_MS));
    });
    return merge(woken, waiting).pipe(take(1), ignoreElements());
  });
}
