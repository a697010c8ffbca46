import type { Link } from '../../transports/link.js';
import type { LinkAcceptor } from './listener.js';

/** As much of a WebSocket or a stream as is used here. */
export interface Closing {
  once(event: 'close', listener: () => void): unknown;
}

/** The connections a listener has made, up to a number. */
export class OpenLinks {
  readonly #router: LinkAcceptor;
  readonly #max: number;
  readonly #links = new Map<Closing, Link>();

  constructor(router: LinkAcceptor, max: number) {
    this.#router = router;
    this.#max = max;
  }

  get size(): number {
    return this.#links.size;
  }

  get isFull(): boolean {
    return this.#links.size >= this.#max;
  }

  /** Hands a link to the router. It counts until what it stands on has closed. */
  accept(link: Link, below: Closing): void {
    this.#links.set(below, link);
    below.once('close', () => this.#links.delete(below));
    this.#router.accept(link);
  }

  /** Closes all in order; done when they are gone. */
  async close(): Promise<void> {
    const gone = [...this.#links.keys()].map((below) => new Promise<void>((resolve) => below.once('close', resolve)));
    for (const link of this.#links.values()) link.complete();
    await Promise.all(gone);
  }
}
