// @ts-check
import { last, lastValueFrom, throwError, timeout } from 'rxjs';
import { begin, failed, succeeded } from './terminal.mjs';

/**
 * Runs one step of the quickstart until it completes, within its bound, and shows how it went.
 *
 * @template T
 * @param {string} title
 * @param {import('rxjs').Observable<T>} work$
 * @param {(outcome: T) => string} tell what came of it
 * @returns {Promise<T>} the last value of the work
 */
export async function step(title, work$, tell, boundMs = 60_000) {
  const late = () => throwError(() => new Error(`it did not happen within ${boundMs / 1_000} s`));
  begin(title);
  try {
    const outcome = await lastValueFrom(work$.pipe(last(), timeout({ first: boundMs, with: late })));
    succeeded(tell(outcome));
    return outcome;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    failed(reason);
    throw new Error(`Step "${title}" failed: ${reason}`, { cause: error });
  }
}
