import type { Frame } from '../../src/serializers/serializer.js';
import type { WebSocketEvent, WebSocketLike } from '../../src/transports/websocket-standard.js';

/** A standard WebSocket without a network: a spec says what its server does, and reads what was asked of it. */
export class FakeWebSocket implements WebSocketLike {
  binaryType = 'blob';
  protocol = '';
  bufferedAmount = 0;
  readonly log: unknown[] = [];
  readonly #listeners: (readonly [type: string, listener: (event: WebSocketEvent) => void])[] = [];

  constructor(
    readonly url: string,
    readonly protocols: readonly string[],
  ) {}

  addEventListener(type: string, listener: (event: WebSocketEvent) => void): void {
    this.#listeners.push([type, listener]);
  }
  send(data: Frame): void {
    this.log.push(['send', data]);
  }
  close(code?: number): void {
    this.log.push(code === undefined ? ['close'] : ['close', code]);
  }

  /** The server accepts. */
  accept(protocol: string): void {
    this.protocol = protocol;
    this.emit({ type: 'open' });
  }
  /** Something happens. */
  emit(event: WebSocketEvent): void {
    for (const [type, listener] of this.#listeners) if (type === event.type) listener(event);
  }
}

/** A class of them that keeps what it makes. */
export function fakeWebSockets() {
  const made: FakeWebSocket[] = [];
  class WebSocket extends FakeWebSocket {
    constructor(url: string, protocols: readonly string[]) {
      super(url, protocols);
      made.push(this);
    }
  }
  return {
    WebSocket,
    made,
    /** The one made last. */
    get last(): FakeWebSocket {
      const last = made.at(-1);
      if (last === undefined) throw new Error('no WebSocket was made');
      return last;
    },
  };
}
