import { defer, retry, tap, throwError, timer, type MonoTypeOperatorFunction } from 'rxjs';
import * as ErrorUri from '../protocol/error-uris.js';
import {
  isConnectionLostError,
  isConnectionRefusedError,
  isOverflowError,
  isTimeoutError,
  isWampError,
} from '../protocol/errors.js';
import { backoffDelayMs, checkBackoff, type BackoffPolicy } from './backoff.js';
import { checkCount } from './options.js';

/** What {@link retryCall} may repeat, and how often. */
export interface RetryCallOptions extends BackoffPolicy {
  /** The procedure does no harm when it runs twice. Default: false. */
  readonly idempotent?: boolean | undefined;
  /** Nobody has registered the procedure: its callee may be about to. Default: false. */
  readonly unregistered?: boolean | undefined;
  /** Calls at most, the first one included. Default: 3. */
  readonly maxAttempts?: number | undefined;
  /** Upper bound of every delay. Default: 5,000. */
  readonly maxDelayMs?: number | undefined;
  /** Takes the place of the rules above about errors. */
  readonly isRetryable?: ((error: unknown) => boolean) | undefined;
}

/** Answers to a call that was perhaps carried out, and perhaps not. */
const PASSING: ReadonlySet<string> = new Set([
  ErrorUri.UNAVAILABLE,
  ErrorUri.NO_AVAILABLE_CALLEE,
  ErrorUri.NETWORK_FAILURE,
  ErrorUri.TIMEOUT,
  // What a caller hears whose callee is gone; who cancels hears nothing.
  ErrorUri.CANCELED,
]);

/** Whether the CALL never left: no connection came about in time, or the queue of calls that wait for one was full. */
const wasNeverSent = (error: unknown): boolean =>
  (isConnectionRefusedError(error) && !error.fatal) || (isOverflowError(error) && error.attempted === 'CALL');

const mayPass = (error: unknown): boolean =>
  isConnectionLostError(error) || isTimeoutError(error) || (isWampError(error) && PASSING.has(error.uri));

/**
 * Repeats a call that failed for a reason that may pass, after a delay that grows (exponential backoff, full jitter):
 *
 * - a CALL that was never sent: `ConnectionRefusedError` unless it is fatal, `OverflowError` of the queue of calls;
 * - if the procedure is `idempotent`, also one that may have been carried out: `ConnectionLostError`, `TimeoutError`,
 *   and `WampError` with `wamp.error.unavailable`, `.no_available_callee`, `.network_failure`, `.timeout` or `.canceled`
 *   (the callee is gone);
 * - if it may be `unregistered`, also `wamp.error.no_such_procedure`.
 *
 * Any other error passes through at once, as does the last one. Once a progressive result has been emitted, only a call
 * that is idempotent is repeated, and its results then start over.
 *
 * @throws {UsageError} at once, when an option makes no sense.
 * @example
 * wamp.call('com.example.lookup', ['joe']).pipe(retryCall({ idempotent: true }), value()).subscribe(…);
 */
export function retryCall<T>(options: RetryCallOptions = {}): MonoTypeOperatorFunction<T> {
  const { idempotent = false, unregistered = false, maxAttempts = 3, maxDelayMs = 5_000 } = options;
  const backoff = { ...options, maxDelayMs };
  checkBackoff('retryCall', backoff);
  if (maxAttempts !== Infinity) checkCount('retryCall', 'maxAttempts', maxAttempts, 1);
  const {
    isRetryable = (error: unknown) =>
      wasNeverSent(error) ||
      (idempotent && mayPass(error)) ||
      (unregistered && isWampError(error) && error.uri === ErrorUri.NO_SUCH_PROCEDURE),
  } = options;

  return (call) =>
    defer(() => {
      let hasEmitted = false;
      return call.pipe(
        tap(() => {
          hasEmitted = true;
        }),
        retry({
          count: maxAttempts - 1,
          delay: (error: unknown, attempt) =>
            (idempotent || !hasEmitted) && isRetryable(error)
              ? timer(backoffDelayMs(attempt, backoff))
              : throwError(() => error),
        }),
      );
    });
}
