import type { Id } from '../../protocol/message.js';
import type { Publication } from './publication.js';

/** An event in the history of a subscription. */
export interface StoredEvent {
  readonly timestamp: Date;
  readonly publication: Publication;
}

/** The last events of one subscription, in the order they were published; the oldest makes room for the newest. */
export class EventStore {
  readonly #events = new Map<Id, StoredEvent>();

  constructor(private readonly maxEvents: number) {}

  /**
   * Keeps an event, unless its publisher listed sessions by id.
   *
   * @see WAMP spec, Event History
   */
  add(publication: Publication): void {
    if (publication.eligibility?.listsSessions === true) return;
    this.#events.set(publication.id, { timestamp: new Date(), publication });
    for (const oldest of this.#events.keys()) {
      if (this.#events.size <= this.maxEvents) return;
      this.#events.delete(oldest);
    }
  }

  /** From the oldest to the newest. */
  events(): StoredEvent[] {
    return [...this.#events.values()];
  }
}
