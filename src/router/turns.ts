import { Subscription, timer } from 'rxjs';
import { LONGEST_TIMER_MS } from '../protocol/longest-timer.js';

/**
 * Does one thing at a time, in order of arrival. What a router does may reach a client in the same process, whose answer
 * comes back before the router is done: that answer waits its turn, so tables never change under a loop.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #busy = false;

  /** Does the work now, or as soon as what is being done is done. */
  run(work: () => void): void {
    if (this.#busy) {
      this.#waiting.push(work);
      return;
    }
    this.#busy = true;
    try {
      work();
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) next();
    } finally {
      this.#busy = false;
    }
  }

  /** Does the work in a turn of its own after a while, unless unsubscribed before that turn comes. */
  after(delayMs: number, work: () => void): Subscription {
    const due = new Subscription();
    due.add(
      timer(Math.min(delayMs, LONGEST_TIMER_MS)).subscribe(() => {
        this.run(() => {
          if (due.closed) return;
          due.unsubscribe();
          work();
        });
      }),
    );
    return due;
  }
}
