import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws';
import { subprotocol, type Serializer } from '../../serializers/serializer.js';
import { connecting } from '../../transports/batched-serializer.js';
import { Link, type TransportInfo } from '../../transports/link.js';
import { deflateOptions, type CompressionOptions } from '../../transports/websocket-compression.node.js';
import { WsSocket } from '../../transports/websocket-socket.node.js';
import { FOREIGN_ORIGIN, FULL, NOT_FOUND, refuse, type Refusal } from './http-answers.js';
import type { OpenLinks } from './open-links.js';
import type { OriginPolicy } from './origins.js';
import type { SessionCookie } from './session-cookie.js';

/** The path that stands for all of them. */
export const ANY_PATH = '*';

/** What a {@link WebSocketDoor} works with. */
export interface WebSocketDoorOptions {
  readonly links: OpenLinks;
  readonly path: string;
  readonly serializers: readonly Serializer[];
  readonly maxMessageBytes: number;
  readonly closeTimeoutMs: number;
  readonly perMessageDeflate: boolean | CompressionOptions;
  readonly mayConnect: OriginPolicy;
  readonly cookie: SessionCookie | undefined;
  readonly infoOf: (stream: Duplex) => Omit<TransportInfo, 'kind'>;
}

/** Turns HTTP upgrades into links over WebSocket. */
export class WebSocketDoor {
  readonly #options: WebSocketDoorOptions;
  /** By subprotocol. */
  readonly #serializers: ReadonlyMap<string, Serializer>;
  readonly #handshake: WebSocketServer;
  /** By the upgrade request it came with or is given for. */
  readonly #cookieValues = new WeakMap<IncomingMessage, string>();

  constructor(options: WebSocketDoorOptions) {
    const { serializers, maxMessageBytes, closeTimeoutMs, perMessageDeflate } = options;
    this.#options = options;
    this.#serializers = new Map(serializers.map((serializer) => [subprotocol(serializer), serializer]));
    // The declarations of `ws` lack `closeTimeout`.
    const settings: ServerOptions & { readonly closeTimeout: number } = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: deflateOptions(perMessageDeflate),
      maxPayload: maxMessageBytes,
      closeTimeout: closeTimeoutMs,
      handleProtocols: (offered) => this.#pick([...offered]) ?? false,
    };
    this.#handshake = new WebSocketServer(settings);
    this.#handshake.on('headers', (headers, request) => this.#giveCookie(headers, request));
  }

  /** Whether the WebSocket is at this request's path. */
  serves({ url = '' }: IncomingMessage): boolean {
    const { path } = this.#options;
    return path === ANY_PATH || url.replace(/\?.*$/s, '') === path;
  }

  /** Accepts or refuses an upgrade. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const refusal = this.#refusal(request);
    if (refusal !== undefined) refuse(stream, refusal);
    else this.#handshake.handleUpgrade(request, stream, head, (webSocket) => this.#accept(webSocket, request, stream));
  }

  #accept(webSocket: WebSocket, request: IncomingMessage, stream: Duplex): void {
    const serializer = this.#serializers.get(webSocket.protocol);
    if (serializer === undefined) {
      webSocket.terminate();
      return;
    }
    const { links, maxMessageBytes, infoOf } = this.#options;
    const info = { kind: 'websocket', ...infoOf(stream), cookie: this.#cookieValues.get(request) };
    const below = { webSocket, stream, isClient: false, maxMessageBytes };
    const connect = connecting(serializer, (port) => new WsSocket(below, port));
    links.accept(Link.over({ serializer, maxMessageBytes, info }, connect), webSocket);
  }

  /** Adds to the headers of the answer to an upgrade that is accepted. */
  #giveCookie(headers: string[], request: IncomingMessage): void {
    const { cookie } = this.#options;
    if (cookie === undefined) return;
    const { value, setCookie } = cookie.of(request.headers.cookie);
    this.#cookieValues.set(request, value);
    if (setCookie !== undefined) headers.push(`Set-Cookie: ${setCookie}`);
  }

  #refusal(request: IncomingMessage): Refusal | undefined {
    const { links, mayConnect } = this.#options;
    if (!this.serves(request)) return NOT_FOUND;
    if (!mayConnect(request.headers.origin, request.socket.localAddress)) return FOREIGN_ORIGIN;
    if (links.isFull) return FULL;
    const offered = request.headers['sec-websocket-protocol'] ?? '';
    if (this.#pick(offered.split(',').map((name) => name.trim())) !== undefined) return undefined;
    return [400, `No common subprotocol; served: ${[...this.#serializers.keys()].join(', ')}`];
  }

  /** The first of the client's subprotocols that is served. */
  #pick(offered: readonly string[]): string | undefined {
    return offered.find((name) => this.#serializers.has(name));
  }
}
