import type { Link } from '../../transports/link.js';
import type { LinkAcceptor } from './listener.js';

/** As much of a WebSocket or a stream as is used here. */
export interface Closing {
  once(event: 'close', listener: () => void): unknown;
}

/** A connection, and what was known of it when it was last looked at. */
interface OpenLink {
  readonly link: Link;
  received: number;
  isAsked: boolean;
}

/** The connections a listener has made, up to a number. Those that can ping are asked for a sign of life when they are silent. */
export class OpenLinks {
  readonly #router: LinkAcceptor;
  readonly #max: number;
  readonly #links = new Map<Closing, OpenLink>();
  readonly #clock: NodeJS.Timeout | undefined;

  /** @param heartbeatMs how long a connection may be silent before it is asked, and then before it is cut off; undefined: for ever. */
  constructor(router: LinkAcceptor, max: number, heartbeatMs: number | undefined) {
    this.#router = router;
    this.#max = max;
    if (heartbeatMs !== undefined) this.#clock = setInterval(() => this.#look(), heartbeatMs).unref();
  }

  get size(): number {
    return this.#links.size;
  }

  get isFull(): boolean {
    return this.#links.size >= this.#max;
  }

  /** Hands a link to the router. It counts until what it stands on has closed. */
  accept(link: Link, below: Closing): void {
    this.#links.set(below, { link, received: link.received, isAsked: false });
    below.once('close', () => this.#links.delete(below));
    this.#router.accept(link);
  }

  /** Closes all in order; done when they are gone. */
  async close(): Promise<void> {
    const gone = [...this.#links.keys()].map((below) => new Promise<void>((resolve) => below.once('close', resolve)));
    clearInterval(this.#clock);
    for (const { link } of this.#links.values()) link.complete();
    await Promise.all(gone);
  }

  #look(): void {
    for (const open of this.#links.values()) {
      const { link, received, isAsked } = open;
      const isSilent = link.received === received;
      open.received = link.received;
      open.isAsked = isSilent && link.ping !== undefined;
      if (!open.isAsked) continue;
      if (isAsked) link.terminate();
      else link.ping?.().subscribe();
    }
  }
}
