import { timer } from 'rxjs';
import { isRxWampError, type RxWampError } from '../protocol/errors.js';
import { LONGEST_TIMER_MS } from '../protocol/longest-timer.js';
import type { Frame } from '../serializers/serializer.js';
import { connectionLost, type LinkPort, type Socket } from './link.js';
import { bodyOf, type FetchLike, type ResponseLike } from './long-poll-http.js';

/** What a socket over HTTP is made of. */
export interface LongPollSocketOptions {
  /** The URL of this connection: of `open`, with the transport's id in its place. */
  readonly base: string;
  readonly fetch: FetchLike;
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: 'include' | 'same-origin' | undefined;
  /** Whether frames are bytes. */
  readonly binary: boolean;
  readonly maxMessageBytes: number;
  readonly closeTimeoutMs: number;
}

/** A connection by HTTP long-poll: one request always waits for what comes, one at a time sends, in order. */
export class LongPollSocket implements Socket {
  readonly #options: LongPollSocketOptions;
  readonly #port: LinkPort;
  readonly #abort = new AbortController();
  #waiting: Frame[] = [];
  #sending: Promise<void> | undefined;
  #bufferedBytes = 0;
  #paused = false;
  #resumed: (() => void) | undefined;
  #closing = false;
  #closed = false;

  constructor(options: LongPollSocketOptions, port: LinkPort) {
    this.#options = options;
    this.#port = port;
    this.#receive().catch((error: unknown) => {
      this.#end(asLost(error));
    });
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  send(frame: Frame): void {
    this.#bufferedBytes += frame.length;
    this.#waiting.push(frame);
    this.#sending ??= this.#flush();
  }

  close(): void {
    this.#closing = true;
    const clock = timer(Math.min(this.#options.closeTimeoutMs, LONGEST_TIMER_MS)).subscribe(() => {
      this.terminate();
    });
    const finish = async (): Promise<void> => {
      await this.#sending;
      await this.#post('close');
    };
    finish()
      // A server that is gone is closed as well.
      .catch(() => undefined)
      .then(() => {
        clock.unsubscribe();
        this.terminate();
      })
      .catch(() => undefined);
  }

  terminate(): void {
    this.#closing = true;
    this.#end(undefined);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#resumed?.();
  }

  async #receive(): Promise<void> {
    while (!this.#closed) {
      const response = await this.#post('receive');
      const bytes = await bodyOf(response, this.#options.maxMessageBytes);
      if (this.#paused) await new Promise<void>((resolve) => (this.#resumed = resolve));
      // Nothing came within what the server waits.
      if (bytes.length === 0 || this.#isOver()) continue;
      this.#port.frame(this.#options.binary ? bytes : new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    }
  }

  async #flush(): Promise<void> {
    try {
      for (let frame = this.#waiting.shift(); frame !== undefined; frame = this.#waiting.shift()) {
        // A frame's bytes are its own.
        await this.#post('send', typeof frame === 'string' ? frame : (frame as Uint8Array<ArrayBuffer>));
        this.#bufferedBytes -= frame.length;
      }
    } catch (error) {
      this.#end(asLost(error));
    }
    this.#sending = undefined;
  }

  async #post(what: 'receive' | 'send' | 'close', body?: string | Uint8Array<ArrayBuffer>): Promise<ResponseLike> {
    const { base, fetch, headers, credentials } = this.#options;
    const response = await fetch(`${base}/${what}`, {
      method: 'POST',
      headers: {
        ...headers,
        ...(body !== undefined && { 'Content-Type': typeof body === 'string' ? 'application/json' : BINARY }),
      },
      ...(body !== undefined && { body }),
      ...(credentials && { credentials }),
      signal: this.#abort.signal,
    });
    // The connection was closed at the other end, or it never was.
    if (response.status === 404 || response.status === 410) throw new Gone();
    if (!response.ok) throw connectionLost(`the router answered ${what} with HTTP ${String(response.status)}`);
    return response;
  }

  #isOver(): boolean {
    return this.#closed;
  }

  #end(error: RxWampError | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#waiting = [];
    this.#bufferedBytes = 0;
    this.#abort.abort();
    this.#resumed?.();
    this.#port.closed(this.#closing ? undefined : error);
  }
}

const BINARY = 'application/octet-stream';

/** The other end has closed in order. */
class Gone extends Error {}

const asLost = (error: unknown): RxWampError | undefined => {
  if (error instanceof Gone) return undefined;
  return isRxWampError(error) ? error : connectionLost('a request to the router failed', error);
};
