import { Subscription, type Observable } from 'rxjs';
import type { WampMessage } from '../../protocol/message.js';
import type { Link } from '../../transports/link.js';
import { payloadSize } from '../routing/payload-size.js';

/** What an inbox works with. */
export interface InboxOptions {
  readonly link: Link;
  /** How many messages may wait. */
  readonly capacity: number;
  /** How many bytes they may take before one more is too much. */
  readonly maxBytes: number;
  /** Does work in a turn of the connection. */
  readonly turn: (work: () => void) => void;
  readonly deliver: (message: WampMessage) => void;
  /** One message more came than may wait. */
  readonly overflow: () => void;
}

/**
 * A client's messages, in order. While something that one of them started is undecided, the rest wait here, and the link
 * is not read where it can be paused.
 */
export class Inbox {
  readonly #options: InboxOptions;
  #waiting: { readonly message: WampMessage; readonly bytes: number }[] = [];
  #waitingBytes = 0;
  #undecided: Subscription | undefined;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  push(message: WampMessage): void {
    const { link, capacity, maxBytes, deliver, overflow } = this.#options;
    if (this.#undecided === undefined) {
      deliver(message);
    } else if (this.#waiting.length >= capacity || this.#waitingBytes > maxBytes) {
      overflow();
    } else {
      const bytes = payloadSize(message);
      this.#waiting.push({ message, bytes });
      this.#waitingBytes += bytes;
      link.pause();
    }
  }

  /**
   * Lets further messages wait until the answer is there and `then` has dealt with it.
   *
   * @param answer emits once and does not error.
   */
  hold<T>(answer: Observable<T>, then: (value: T) => void): void {
    const undecided = new Subscription();
    this.#undecided = undecided;
    undecided.add(
      answer.subscribe((value) => {
        this.#options.turn(() => {
          if (this.#undecided !== undecided) return;
          this.#undecided = undefined;
          then(value);
          this.#release();
        });
      }),
    );
  }

  /** Forgets what waits and what is undecided. */
  clear(): void {
    this.#undecided?.unsubscribe();
    this.#undecided = undefined;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#options.link.resume();
  }

  /** Delivers what waits, up to the next one that has to be decided. */
  #release(): void {
    const { link, deliver } = this.#options;
    while (this.#undecided === undefined) {
      const next = this.#waiting.shift();
      if (next === undefined) {
        link.resume();
        return;
      }
      this.#waitingBytes -= next.bytes;
      deliver(next.message);
    }
  }
}
