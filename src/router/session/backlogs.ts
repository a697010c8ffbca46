import { asapScheduler } from 'rxjs';
import type { SlowConsumerRule } from '../slow-consumer.js';
import type { Turns } from '../turns.js';
import { Backlog, type BacklogLink } from './backlog.js';

/** Makes the backlogs of all sessions, and looks after those in which something waits. */
export class Backlogs {
  readonly #rule: SlowConsumerRule;
  readonly #turns: Turns;
  #noted: Backlog[] = [];

  constructor(rule: SlowConsumerRule, turns: Turns) {
    this.#rule = rule;
    this.#turns = turns;
  }

  /** @param overdue something waits too long for a client that is to be disconnected for that. */
  of(link: BacklogLink, overdue: () => void): Backlog {
    return new Backlog({
      link,
      rule: this.#rule,
      turns: this.#turns,
      overdue,
      note: (backlog) => this.#note(backlog),
    });
  }

  /**
   * Looks at a backlog again when all that is under way in this process has been delivered: what was sent to a client here
   * does not wait, it is only not there yet.
   */
  #note(backlog: Backlog): void {
    if (this.#noted.push(backlog) > 1) return;
    asapScheduler.schedule(() => {
      const noted = this.#noted;
      this.#noted = [];
      for (const one of noted) one.watch();
    });
  }
}
