import { timer, type Observable } from 'rxjs';

/** The longest a platform's timer can wait, 24.8 days; it fires at once when asked for more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Emits once, after this many milliseconds; `Infinity` and whatever else no timer can wait is as long as one can. */
export const after = (ms: number): Observable<0> => timer(Math.min(ms, LONGEST_TIMER_MS));
