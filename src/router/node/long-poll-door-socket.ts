import type { ServerResponse } from 'node:http';
import type { RxWampError } from '../../protocol/errors.js';
import type { Frame } from '../../serializers/serializer.js';
import { connectionLost, type LinkPort, type Socket } from '../../transports/link.js';

/** What a connection by long-poll is kept with. */
export interface LongPollDoorOptions {
  readonly pollTimeoutMs: number;
  readonly idleTimeoutMs: number;
  /** Called once, when it is over. */
  readonly gone: () => void;
}

/** The router's end of a connection by HTTP long-poll. */
export class LongPollDoorSocket implements Socket {
  readonly #options: LongPollDoorOptions;
  readonly #port: LinkPort;
  /** What waits for the client to ask for it. */
  readonly #waiting: Frame[] = [];
  /** The request that waits for what comes. */
  #poll: ServerResponse | undefined;
  #pollClock: NodeJS.Timeout | undefined;
  #idleClock: NodeJS.Timeout | undefined;
  #bufferedBytes = 0;
  #paused = false;
  #resumed: (() => void) | undefined;
  #closing = false;
  #closed = false;

  constructor(options: LongPollDoorOptions, port: LinkPort) {
    this.#options = options;
    this.#port = port;
    this.#heard();
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  send(frame: Frame): void {
    this.#bufferedBytes += frame.length;
    this.#waiting.push(frame);
    this.#deliver();
  }

  /** What waits may still be asked for, until the client has been silent for too long. */
  close(): void {
    this.#closing = true;
    if (this.#waiting.length === 0) this.#end(undefined);
  }

  terminate(): void {
    this.#closing = true;
    this.#end(undefined);
  }

  /** The client asks for what waits; one that asks again takes the place of its own request before. */
  receive(response: ServerResponse): void {
    this.#answerEmpty();
    this.#heard();
    this.#poll = response;
    this.#pollClock = setTimeout(() => {
      this.#answerEmpty();
      this.#heard();
    }, this.#options.pollTimeoutMs);
    response.once('close', () => {
      if (this.#poll !== response) return;
      clearTimeout(this.#pollClock);
      this.#poll = undefined;
    });
    this.#deliver();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#resumed?.();
  }

  /**
   * The client sent one message, or a batch. It is answered when that has been read, and sends nothing more before.
   *
   * @param isText what the client says that it is.
   */
  async take(body: Uint8Array, isText: boolean): Promise<void> {
    this.#heard();
    const text = isText ? textOf(body) : undefined;
    if (this.#paused) await new Promise<void>((resolve) => (this.#resumed = resolve));
    this.#port.frame(text ?? body);
  }

  /** The client closed the connection. */
  leave(): void {
    this.#end(undefined);
  }

  #deliver(): void {
    const response = this.#poll;
    if (response === undefined) return;
    const frame = this.#waiting.shift();
    if (frame === undefined) return;
    this.#bufferedBytes -= frame.length;
    this.#poll = undefined;
    clearTimeout(this.#pollClock);
    const type = typeof frame === 'string' ? 'application/json' : 'application/octet-stream';
    response.writeHead(200, { 'Content-Type': type }).end(frame);
    if (this.#closing && this.#waiting.length === 0) this.#end(undefined);
  }

  #answerEmpty(): void {
    clearTimeout(this.#pollClock);
    this.#poll?.writeHead(204).end();
    this.#poll = undefined;
  }

  #heard(): void {
    clearTimeout(this.#idleClock);
    if (this.#closed) return;
    this.#idleClock = setTimeout(() => {
      this.#end(connectionLost(`the client has been silent for ${String(this.#options.idleTimeoutMs)} ms`));
    }, this.#options.idleTimeoutMs);
  }

  #end(error: RxWampError | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#idleClock);
    this.#answerEmpty();
    this.resume();
    this.#options.gone();
    this.#port.closed(this.#closing ? undefined : error);
  }
}

/** Text, or undefined when it is none: as bytes it is a violation. */
function textOf(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}
