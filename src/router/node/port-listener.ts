import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { Server as TlsServer } from 'node:tls';
import { LONGEST_TIMER_MS } from '../../protocol/longest-timer.js';
import { cbor } from '../../serializers/cbor.js';
import { json } from '../../serializers/json.js';
import { msgpack } from '../../serializers/msgpack.js';
import type { Serializer } from '../../serializers/serializer.js';
import { batched } from '../../transports/batched.js';
import { MAX_MESSAGE_BYTES, type TransportInfo } from '../../transports/link.js';
import { streamInfo } from '../../transports/stream-info.node.js';
import { listenAt, reachable, type ListenAddress } from './address.js';
import { FirstOctet } from './first-octet.js';
import { headersOf, NOT_FOUND, UPGRADE_REQUIRED } from './http-answers.js';
import type { LinkAcceptor, Listener, ListenOptions, RequestHandler } from './listener.js';
import { OpenLinks } from './open-links.js';
import { originPolicy } from './origins.js';
import { RawSocketDoor } from './rawsocket-door.js';
import { someTakes, standInFront } from './request-handlers.js';
import { SessionCookie } from './session-cookie.js';
import { unusable } from './unusable.js';
import { ANY_PATH, WebSocketDoor } from './websocket-door.js';

const DEFAULT_SERIALIZERS = (): readonly Serializer[] => [
  json(),
  msgpack(),
  cbor(),
  batched(msgpack()),
  batched(cbor()),
];

/** Where to listen, or undefined with a server that is handed over. */
function addressOf(options: ListenOptions): ListenAddress | undefined {
  const { server, port, host, socketPath, socketMode, tls } = options;
  const given = (names: Readonly<Record<string, unknown>>): string[] =>
    Object.keys(names).filter((name) => names[name] !== undefined);
  const [extra] = given(server === undefined ? {} : { port, host, socketPath, tls });
  if (extra !== undefined) throw unusable(`${extra} belongs to the server that was handed over`);
  const [tcp] = given(socketPath === undefined ? {} : { port, host });
  if (tcp !== undefined) throw unusable(`${tcp} and socketPath exclude each other`);
  if (socketMode !== undefined && socketPath === undefined) throw unusable('socketMode is the mode of a socketPath');
  if (server !== undefined) return undefined;
  if (socketPath !== undefined) return { kind: 'unix', path: socketPath, mode: socketMode };
  return { kind: 'tcp', host: host ?? '127.0.0.1', port: port ?? 0 };
}

/** Accepts connections on an HTTP server, of its own or handed over, and hands them to a router as links. */
export class PortListener implements Listener {
  readonly #address: ListenAddress | undefined;
  readonly #path: string;
  readonly #server: Server;
  readonly #links: OpenLinks;
  readonly #webSocket: WebSocketDoor;
  readonly #rawSocket: RawSocketDoor | undefined;
  readonly #handlers: readonly RequestHandler[];
  readonly #handshakeTimeoutMs: number;
  /** What undoes the start, in order. */
  readonly #undo: (() => void)[] = [];
  #port = 0;
  #host = 'localhost';
  #closed: Promise<void> | undefined;

  constructor(router: LinkAcceptor, options: ListenOptions) {
    const {
      path = '/ws',
      serializers = DEFAULT_SERIALIZERS(),
      maxMessageBytes = MAX_MESSAGE_BYTES,
      maxConnections = 10_000,
      handshakeTimeoutMs = 10_000,
      closeTimeoutMs = 2_000,
      heartbeat = { intervalMs: 30_000 },
      perMessageDeflate = false,
      allowedOrigins = [],
      cookie,
      server,
      rawSocket = server === undefined,
      requestHandlers = [],
    } = options;
    if (serializers.length === 0) throw unusable('no serializer is served');
    if (!(maxMessageBytes >= 1)) throw unusable('maxMessageBytes must be positive');
    if (heartbeat !== false && !(heartbeat.intervalMs >= 1 && heartbeat.intervalMs <= LONGEST_TIMER_MS))
      throw unusable('heartbeat.intervalMs must be between 1 and 2^31 - 1');
    this.#address = addressOf(options);
    this.#path = path;
    this.#handlers = requestHandlers;
    this.#handshakeTimeoutMs = handshakeTimeoutMs;
    this.#server = server ?? this.#createServer(options, handshakeTimeoutMs, maxConnections);
    this.#links = new OpenLinks(router, maxConnections, heartbeat === false ? undefined : heartbeat.intervalMs);
    const common = {
      links: this.#links,
      serializers,
      maxMessageBytes,
      closeTimeoutMs,
      infoOf: (stream: Duplex) => this.#infoOf(stream),
    };
    this.#webSocket = new WebSocketDoor({
      ...common,
      path,
      perMessageDeflate,
      mayConnect: originPolicy(allowedOrigins, this.#address?.kind === 'tcp' ? this.#address.host : '127.0.0.1'),
      cookie:
        cookie &&
        new SessionCookie(cookie, { tls: this.#server instanceof TlsServer, everyOrigin: allowedOrigins === '*' }),
    });
    if (rawSocket !== false) {
      const { minPeerMessageBytes = 0, ping = false } = rawSocket === true ? {} : rawSocket;
      this.#rawSocket = new RawSocketDoor({ ...common, minPeerMessageBytes, handshakeTimeoutMs, ping });
    }
  }

  get port(): number {
    this.#remember();
    return this.#port;
  }

  get url(): string {
    this.#remember();
    const path = this.#path === ANY_PATH ? '/' : this.#path;
    const scheme = this.#server instanceof TlsServer ? 'wss' : 'ws';
    if (this.#address?.kind === 'unix') return `${scheme}+unix:${this.#address.path}:${path}`;
    return `${scheme}://${this.#host}:${this.#port}${path}`;
  }

  get connections(): number {
    return this.#links.size;
  }

  /** Begins to accept. */
  async start(): Promise<void> {
    const server = this.#server;
    const rawSocket = this.#rawSocket;
    if (rawSocket !== undefined) {
      const sorter = new FirstOctet(server, this.#handshakeTimeoutMs, (stream) => rawSocket.greet(stream));
      this.#undo.push(() => {
        sorter.close();
        rawSocket.close();
      });
    }
    if (this.#address !== undefined) {
      await listenAt(server, this.#address);
      // A connection that could not be accepted, for want of file descriptors, is no reason to stop.
      server.on('error', () => undefined);
    } else if (this.#handlers.length > 0) {
      this.#undo.push(standInFront(server, this.#handlers));
    }
    server.on('upgrade', this.#upgrade);
    server.on('listening', this.#remember);
    this.#undo.push(() => server.off('upgrade', this.#upgrade).off('listening', this.#remember));
    this.#remember();
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#remember();
    for (const undo of this.#undo) undo();
    const gone = [this.#links.close(), ...this.#handlers.map(async (handler) => handler.close?.())];
    if (this.#address !== undefined) {
      gone.push(new Promise((resolve) => this.#server.close(() => resolve())));
      // Those that have not become WebSockets.
      this.#server.closeAllConnections();
    }
    await Promise.all(gone);
  }

  #createServer({ tls }: ListenOptions, timeoutMs: number, maxConnections: number): Server {
    const times: ServerOptions = {
      headersTimeout: timeoutMs,
      requestTimeout: timeoutMs,
      connectionsCheckingInterval: Math.ceil(timeoutMs / 4),
    };
    const answer = (request: IncomingMessage, response: ServerResponse): void => this.#answer(request, response);
    let server: Server;
    try {
      server =
        tls === undefined
          ? createServer(times, answer)
          : createTlsServer({ handshakeTimeout: timeoutMs, ...tls, ...times }, answer);
    } catch (cause) {
      throw unusable('no server can be made with these tls options', cause);
    }
    // As many again, or at least some, may be shaking hands or waiting to be told that there are too many.
    server.maxConnections = maxConnections + Math.max(maxConnections, 64);
    return server;
  }

  /** A request that is no WebSocket's. */
  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (someTakes(this.#handlers, request, response)) return;
    const [status, text] = this.#webSocket.serves(request) ? UPGRADE_REQUIRED : NOT_FOUND;
    response.writeHead(status, headersOf(text)).end(text);
  }

  readonly #upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    // Another path on a shared server may be somebody else's.
    if (!this.#webSocket.serves(request) && this.#server.listenerCount('upgrade') > 1) return;
    this.#webSocket.upgrade(request, stream, head);
  };

  /** Where it listens is known only while it does. */
  readonly #remember = (): void => {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) return;
    this.#port = address.port;
    this.#host = reachable(address.address);
  };

  #infoOf(stream: Duplex): Omit<TransportInfo, 'kind'> {
    const info = streamInfo(stream, false);
    if (this.#address?.kind !== 'unix') return info;
    return { ...info, secure: true, peer: `unix:${this.#address.path}` };
  }
}
