import { LONGEST_TIMER_MS } from '../protocol/longest-timer.js';
import { checkChoice, checkNumber } from './options.js';

/** How long to wait before the next attempt. */
export interface BackoffPolicy {
  /** Upper bound of the delay after the first failure. Default: 500. */
  readonly initialDelayMs?: number | undefined;
  /** Upper bound of every delay. Default: 30,000. */
  readonly maxDelayMs?: number | undefined;
  /** How much the bound grows with each further failure, at least 1. Default: 2. */
  readonly factor?: number | undefined;
  /**
   * `'full'`: the delay is anything from 0 to the bound, so that clients which lost the same router do not come back in
   * step. `'none'`: it is the bound. Default: `'full'`.
   */
  readonly jitter?: 'full' | 'none' | undefined;
  /** Where chance comes from, in [0, 1). Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/**
 * @internal
 * @throws {UsageError} that says which option is wrong.
 */
export function checkBackoff(operator: string, policy: BackoffPolicy): void {
  checkNumber(operator, 'initialDelayMs', policy.initialDelayMs ?? 0, 0);
  checkNumber(operator, 'maxDelayMs', policy.maxDelayMs ?? 0, 0);
  checkNumber(operator, 'factor', policy.factor ?? 1, 1);
  checkChoice(operator, 'jitter', policy.jitter ?? 'full', ['full', 'none']);
}

/**
 * Exponential backoff with full jitter: a random delay of at most `initialDelayMs * factor ** (attempt - 1)`, and of at
 * most `maxDelayMs`.
 *
 * @param attempt how many attempts in a row have failed, from 1.
 * @returns whole milliseconds, never more than a timer can wait (24.8 days).
 * @example
 * backoffDelayMs(3, { initialDelayMs: 500, jitter: 'none' });   // 2000
 */
export function backoffDelayMs(attempt: number, policy: BackoffPolicy = {}): number {
  const { initialDelayMs = 500, maxDelayMs = 30_000, factor = 2, jitter = 'full', random = Math.random } = policy;
  if (initialDelayMs === 0) return 0;
  const bound = Math.min(initialDelayMs * factor ** (attempt - 1), maxDelayMs, LONGEST_TIMER_MS);
  return Math.round(jitter === 'full' ? bound * random() : bound);
}
