import { timer, type Subscription } from 'rxjs';
import type { Frame } from '../serializers/serializer.js';
import type { CloseReason, LinkPort, Socket } from './link.js';
import { CLOSE_CODES, closeError, refused, type Dial, type DialRequest } from './websocket-dial.js';

/** What a {@link WebSocketLike} tells its listeners, whichever event it is. */
export interface WebSocketEvent {
  readonly type: string;
  /** Of a `message`: a string, or an ArrayBuffer. */
  readonly data?: unknown;
  /** Of a `close`. */
  readonly code?: number;
  /** Of a `close`. */
  readonly reason?: string;
}

/** As much of the standard WebSocket as is used here. */
export interface WebSocketLike {
  binaryType: string;
  readonly protocol: string;
  readonly bufferedAmount: number;
  addEventListener(type: 'open' | 'message' | 'error' | 'close', listener: (event: WebSocketEvent) => void): void;
  /** Takes a string or a Uint8Array. */
  send(data: unknown): void;
  close(code?: number): void;
}

/** A class of standard WebSockets, such as `globalThis.WebSocket`. */
export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

/** Pages may close with 1000 and 3000 to 4999 only: these are the codes of RFC 6455 moved there. */
const CODES = { ...CLOSE_CODES, violation: 3002, 'too large': 3009 };

class StandardSocket implements Socket {
  readonly #socket: WebSocketLike;
  readonly #closeTimeoutMs: number;
  #closing: Subscription | undefined;
  port: LinkPort | undefined;

  constructor(socket: WebSocketLike, closeTimeoutMs: number) {
    this.#socket = socket;
    this.#closeTimeoutMs = closeTimeoutMs;
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(frame: Frame): void {
    this.#socket.send(frame);
  }

  close(reason: CloseReason): void {
    this.#socket.close(CODES[reason]);
    this.#closing = timer(this.#closeTimeoutMs).subscribe(() => this.closed(CLOSE_CODES.normal, ''));
  }

  /** The standard has no way to cut a connection: it is closed, and no longer listened to. */
  terminate(): void {
    this.#socket.close();
    this.closed(CLOSE_CODES.normal, '');
  }

  closed(code: number, reason: string): void {
    const { port } = this;
    const error = this.#closing === undefined ? closeError(code, reason) : undefined;
    this.#closing?.unsubscribe();
    this.port = undefined;
    port?.closed(error);
  }
}

/** Dials with a class of standard WebSockets. */
export const dialStandard =
  (WebSocket: WebSocketConstructor): Dial =>
  (request, handlers) => {
    let dialing = true;
    const refuse = (what: string, fatal?: boolean, cause?: unknown): void => {
      if (!dialing) return;
      dialing = false;
      handlers.refused(refused(request.url, what, fatal, cause));
    };

    let socket: WebSocketLike;
    try {
      socket = new WebSocket(request.url.href, [...request.protocols]);
    } catch (cause) {
      refuse('cannot be dialed from here', true, cause);
      return () => undefined;
    }
    socket.binaryType = 'arraybuffer';
    const connection = connectionOf(socket, request);

    socket.addEventListener('open', () => {
      if (!dialing) return;
      dialing = false;
      handlers.opened(socket.protocol, (port) => {
        connection.port = port;
        return connection;
      });
    });
    // A close follows; `ws` throws when nobody listens.
    socket.addEventListener('error', () => undefined);
    socket.addEventListener('close', ({ code = 1006, reason = '' }) => {
      refuse(`refused the connection (${code}); the platform does not say why`);
      connection.closed(code, reason);
    });
    return () => {
      dialing = false;
      socket.close();
    };
  };

function connectionOf(socket: WebSocketLike, { closeTimeoutMs }: DialRequest): StandardSocket {
  const connection = new StandardSocket(socket, closeTimeoutMs);
  socket.addEventListener('message', ({ data }) =>
    // `binaryType` makes everything that is no string an ArrayBuffer.
    connection.port?.frame(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer)),
  );
  return connection;
}
