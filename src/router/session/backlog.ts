import { Subscription } from 'rxjs';
import type { SlowConsumerRule } from '../slow-consumer.js';
import type { Turns } from '../turns.js';

/** What a backlog looks at. */
export interface BacklogLink {
  /** Bytes sent that have not left. */
  readonly bufferedBytes: number;
}

/** What a backlog works with. */
export interface BacklogOptions {
  readonly link: BacklogLink;
  readonly rule: SlowConsumerRule;
  readonly turns: Turns;
  /** Something waits, as it seems: `watch` is to be called when what can leave at once has left. */
  readonly note: (backlog: Backlog) => void;
  /** Something waits too long for a client that is to be disconnected for that. */
  readonly overdue: () => void;
}

/**
 * What was sent to one client and has not left yet, with its bounds in bytes and in time.
 *
 * The time is measured without a list of what waits: when something waits, a timer is set, and what is sent from then on
 * is added up. When it fires and more waits than was sent since, something of before still waits.
 */
export class Backlog {
  readonly #options: BacklogOptions;
  #timer = Subscription.EMPTY;
  #state: 'empty' | 'noted' | 'watched' | 'closed' = 'empty';
  /** What waited right before the message that is being sent. */
  #before = 0;
  /** Bytes sent since the timer was set. */
  #sentSince = 0;
  /** Whether something waits too long, and events are dropped for it. */
  #late = false;

  constructor(options: BacklogOptions) {
    this.#options = options;
  }

  /** Whether a message may be sent; asked right before it is. */
  get hasRoom(): boolean {
    this.#before = this.#options.link.bufferedBytes;
    return this.#before <= this.#options.rule.maxBytes;
  }

  /** Whether events may be sent, when there is room at all. */
  get keepsUp(): boolean {
    const { policy, maxBytesForEvents } = this.#options.rule;
    if (policy === 'disconnect') return true;
    if (this.#late && this.#before <= this.#sentSince) this.#set();
    return !this.#late && this.#before <= maxBytesForEvents;
  }

  /** The message has been sent. */
  sent(): void {
    const { link, rule, note } = this.#options;
    if (rule.maxMs === Infinity) return;
    const waiting = link.bufferedBytes;
    if (waiting === 0) return;
    if (this.#state === 'watched') {
      this.#sentSince += Math.max(0, waiting - this.#before);
    } else if (this.#state === 'empty') {
      this.#state = 'noted';
      note(this);
    }
  }

  /** Sets the timer, if something still waits. */
  watch(): void {
    if (this.#state !== 'noted') return;
    if (this.#options.link.bufferedBytes > 0) this.#set();
    else this.#state = 'empty';
  }

  close(): void {
    this.#state = 'closed';
    this.#timer.unsubscribe();
  }

  #set(): void {
    this.#state = 'watched';
    this.#late = false;
    this.#sentSince = 0;
    this.#wait();
  }

  #wait(): void {
    const { turns, rule } = this.#options;
    this.#timer.unsubscribe();
    this.#timer = turns.after(rule.maxMs, () => this.#check());
  }

  #check(): void {
    const { link, rule, overdue } = this.#options;
    const waiting = link.bufferedBytes;
    if (waiting === 0) {
      this.#state = 'empty';
      this.#late = false;
    } else if (waiting <= this.#sentSince) {
      this.#set();
    } else if (rule.policy === 'disconnect') {
      overdue();
    } else {
      this.#late = true;
      this.#wait();
    }
  }
}
