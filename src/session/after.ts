import { timer, type Observable } from 'rxjs';
import { LONGEST_TIMER_MS } from '../protocol/longest-timer.js';

/** Emits once, after this many milliseconds; `Infinity` and whatever else no timer can wait is as long as one can. */
export const after = (ms: number): Observable<0> => timer(Math.min(ms, LONGEST_TIMER_MS));
