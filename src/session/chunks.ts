import { Observable, type Subscriber } from 'rxjs';
import type { Payload } from '../protocol/payload.js';

/** How many chunks may wait for the handler to subscribe. */
export const MAX_WAITING_CHUNKS = 1_000;

/** The chunks a caller streams in, kept until the handler reads them. One reader. */
export class Chunks {
  #waiting: Payload[] = [];
  #ended = false;
  #reader: Subscriber<Payload> | undefined;

  readonly input$ = new Observable<Payload>((subscriber) => {
    this.#reader = subscriber;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const chunk of waiting) subscriber.next(chunk);
    if (this.#ended) subscriber.complete();
  });

  /** One more chunk. False when too many wait: the handler does not read. */
  push(chunk: Payload): boolean {
    if (this.#reader !== undefined) this.#reader.next(chunk);
    else if (this.#waiting.push(chunk) > MAX_WAITING_CHUNKS) return false;
    return true;
  }

  /** That was the last. */
  end(): void {
    this.#ended = true;
    this.#reader?.complete();
  }
}
