import type { Id } from '../../protocol/message.js';
import { payloadSize } from '../routing/payload-size.js';
import { publicationSize, type Publication } from './publication.js';

/** An event in the history of a subscription. */
export interface StoredEvent {
  readonly timestamp: Date;
  readonly publication: Publication;
  /** The node key of the sharded subscription it went to; undefined when it went to all, or there was none. */
  readonly shard: string | undefined;
  readonly bytes: number;
}

/** The last events of one subscription, in the order they were published; the oldest make room for the newest. */
export class EventStore {
  readonly #events = new Map<Id, StoredEvent>();
  #bytes = 0;

  constructor(
    private readonly maxEvents: number,
    private readonly maxBytes: number,
  ) {}

  /**
   * Keeps an event, unless its publisher listed sessions by id, or it is larger than all of them may be.
   *
   * @param shard the node key of the sharded subscription it went to, if it went to one.
   * @see WAMP spec, Event History
   */
  add(publication: Publication, shard?: string): void {
    if (publication.eligibility?.listsSessions === true) return;
    const bytes = publicationSize(publication) + (shard === undefined ? 0 : payloadSize(shard));
    if (bytes > this.maxBytes) return;
    this.#events.set(publication.id, { timestamp: new Date(), publication, shard, bytes });
    this.#bytes += bytes;
    for (const [oldest, event] of this.#events) {
      if (this.#events.size <= this.maxEvents && this.#bytes <= this.maxBytes) return;
      this.#events.delete(oldest);
      this.#bytes -= event.bytes;
    }
  }

  /** From the oldest to the newest. */
  events(): StoredEvent[] {
    return [...this.#events.values()];
  }
}
