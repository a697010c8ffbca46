import { createServer, STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Server as TlsServer } from 'node:tls';
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws';
import { UsageError } from '../../protocol/errors.js';
import { ErrorUri } from '../../protocol/uris.js';
import { cbor } from '../../serializers/cbor.js';
import { json } from '../../serializers/json.js';
import { msgpack } from '../../serializers/msgpack.js';
import { subprotocol, type Serializer } from '../../serializers/serializer.js';
import { Link, MAX_MESSAGE_BYTES } from '../../transports/link.js';
import { streamInfo } from '../../transports/stream-info.node.js';
import { WsSocket } from '../../transports/websocket-socket.node.js';
import type { LinkAcceptor, Listener, ListenOptions } from './listener.js';
import { originPolicy, type OriginPolicy } from './origins.js';
import { SessionCookie } from './session-cookie.js';

/** Why an upgrade is refused: an HTTP status, and a line for whoever looks. */
type Refusal = readonly [status: number, text: string];

const ANY_PATH = '*';
const NOT_FOUND: Refusal = [404, 'No WebSocket here'];
const UPGRADE_REQUIRED: Refusal = [426, 'This is a WAMP router: connect with a WebSocket'];
const FOREIGN_ORIGIN: Refusal = [403, 'Pages of this origin may not connect: see allowedOrigins'];
const FULL: Refusal = [503, 'Too many connections'];

const unusable = (what: string, cause?: unknown): UsageError =>
  new UsageError(ErrorUri.INVALID_ARGUMENT, what, { attempted: 'listen', cause });

/** Accepts WebSockets on an HTTP server and hands them to a router as links. */
export class WebSocketListener implements Listener {
  readonly #router: LinkAcceptor;
  readonly #serializers: ReadonlyMap<string, Serializer>;
  readonly #port: number;
  readonly #host: string;
  readonly #path: string;
  readonly #maxMessageBytes: number;
  readonly #maxConnections: number;
  readonly #mayConnect: OriginPolicy;
  readonly #server: Server;
  readonly #ownsServer: boolean;
  readonly #handshake: WebSocketServer;
  readonly #cookie: SessionCookie | undefined;
  /** By the upgrade request it came with or is given for. */
  readonly #cookieValues = new WeakMap<IncomingMessage, string>();
  readonly #links = new Map<WebSocket, Link>();
  #closed: Promise<void> | undefined;

  constructor(
    router: LinkAcceptor,
    {
      port = 0,
      host = '127.0.0.1',
      path = '/ws',
      serializers = [json(), msgpack(), cbor()],
      maxMessageBytes = MAX_MESSAGE_BYTES,
      maxConnections = 10_000,
      handshakeTimeoutMs = 10_000,
      closeTimeoutMs = 2_000,
      allowedOrigins = [],
      cookie,
      server,
    }: ListenOptions,
  ) {
    if (serializers.length === 0) throw unusable('no serializer is served');
    if (!(maxMessageBytes >= 1)) throw unusable('maxMessageBytes must be positive');
    this.#router = router;
    this.#serializers = new Map(serializers.map((serializer) => [subprotocol(serializer), serializer]));
    this.#port = port;
    this.#host = host;
    this.#path = path;
    this.#maxMessageBytes = maxMessageBytes;
    this.#maxConnections = maxConnections;
    this.#mayConnect = originPolicy(allowedOrigins, host);
    this.#ownsServer = server === undefined;
    this.#server = server ?? this.#createServer(handshakeTimeoutMs);
    // The declarations of `ws` lack `closeTimeout`.
    const options: ServerOptions & { readonly closeTimeout: number } = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: maxMessageBytes,
      closeTimeout: closeTimeoutMs,
      handleProtocols: (offered) => this.#pick([...offered]) ?? false,
    };
    this.#handshake = new WebSocketServer(options);
    this.#cookie =
      cookie &&
      new SessionCookie(cookie, { tls: this.#server instanceof TlsServer, everyOrigin: allowedOrigins === '*' });
    this.#handshake.on('headers', (headers, request) => this.#giveCookie(headers, request));
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get url(): string {
    const scheme = this.#server instanceof TlsServer ? 'wss' : 'ws';
    const address = this.#server.address();
    const host = typeof address === 'object' && address !== null ? reachable(address.address) : 'localhost';
    return `${scheme}://${host}:${this.port}${this.#path === ANY_PATH ? '/' : this.#path}`;
  }

  get connections(): number {
    return this.#links.size;
  }

  async start(): Promise<void> {
    const server = this.#server;
    if (this.#ownsServer) {
      await new Promise<void>((resolve, reject) => {
        server.once('error', (cause) =>
          reject(unusable(`cannot listen on ${this.#host}:${this.#port}: ${cause.message}`, cause)),
        );
        server.listen(this.#port, this.#host, resolve);
      });
      // A connection that could not be accepted, for want of file descriptors, is no reason to stop.
      server.on('error', () => undefined);
    }
    server.on('upgrade', this.#upgrade);
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#server.off('upgrade', this.#upgrade);
    const gone = [...this.#links.keys()].map((webSocket) => new Promise((resolve) => webSocket.once('close', resolve)));
    if (this.#ownsServer) {
      gone.push(new Promise((resolve) => this.#server.close(resolve)));
      // Those that have not become WebSockets.
      this.#server.closeAllConnections();
    }
    for (const link of this.#links.values()) link.complete();
    await Promise.all(gone);
  }

  #createServer(handshakeTimeoutMs: number): Server {
    const server = createServer(
      {
        headersTimeout: handshakeTimeoutMs,
        requestTimeout: handshakeTimeoutMs,
        connectionsCheckingInterval: Math.ceil(handshakeTimeoutMs / 4),
      },
      (request, response) => {
        const [status, text] = this.#serves(request) ? UPGRADE_REQUIRED : NOT_FOUND;
        response.writeHead(status, headersOf(text)).end(text);
      },
    );
    // As many again may be shaking hands.
    server.maxConnections = 2 * this.#maxConnections;
    return server;
  }

  readonly #upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    // Another path on a shared server may be somebody else's.
    if (!this.#serves(request) && this.#server.listenerCount('upgrade') > 1) return;
    const refusal = this.#refusal(request);
    if (refusal !== undefined) {
      refuse(stream, refusal);
      return;
    }
    this.#handshake.handleUpgrade(request, stream, head, (webSocket) => this.#accept(webSocket, request, stream));
  };

  #accept(webSocket: WebSocket, request: IncomingMessage, stream: Duplex): void {
    const serializer = this.#serializers.get(webSocket.protocol);
    if (serializer === undefined) {
      webSocket.terminate();
      return;
    }
    const maxMessageBytes = this.#maxMessageBytes;
    const info = { kind: 'websocket', ...streamInfo(stream, false), cookie: this.#cookieValues.get(request) };
    const link = Link.over(
      { serializer, maxMessageBytes, info },
      (port) => new WsSocket({ webSocket, stream, isClient: false, maxMessageBytes }, port),
    );
    this.#links.set(webSocket, link);
    webSocket.once('close', () => this.#links.delete(webSocket));
    this.#router.accept(link);
  }

  /** Adds to the headers of the answer to an upgrade that is accepted. */
  #giveCookie(headers: string[], request: IncomingMessage): void {
    if (this.#cookie === undefined) return;
    const { value, setCookie } = this.#cookie.of(request.headers.cookie);
    this.#cookieValues.set(request, value);
    if (setCookie !== undefined) headers.push(`Set-Cookie: ${setCookie}`);
  }

  #refusal(request: IncomingMessage): Refusal | undefined {
    if (!this.#serves(request)) return NOT_FOUND;
    if (!this.#mayConnect(request.headers.origin, request.socket.localAddress)) return FOREIGN_ORIGIN;
    if (this.#links.size >= this.#maxConnections) return FULL;
    const offered = request.headers['sec-websocket-protocol'] ?? '';
    if (this.#pick(offered.split(',').map((name) => name.trim())) !== undefined) return undefined;
    return [400, `No common subprotocol; served: ${[...this.#serializers.keys()].join(', ')}`];
  }

  #serves({ url = '' }: IncomingMessage): boolean {
    return this.#path === ANY_PATH || url.replace(/\?.*$/s, '') === this.#path;
  }

  /** The first of the client's subprotocols that is served. */
  #pick(offered: readonly string[]): string | undefined {
    return offered.find((name) => this.#serializers.has(name));
  }
}

/** An address as a URL of this machine writes it: one that stands for all of them by its loopback. */
function reachable(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return address.includes(':') ? `[${address}]` : address;
}

const headersOf = (text: string): Record<string, string | number> => ({
  Connection: 'close, Upgrade',
  Upgrade: 'websocket',
  'Content-Type': 'text/plain',
  'Content-Length': Buffer.byteLength(text),
});

/** Answers an upgrade with HTTP and hangs up. */
function refuse(stream: Duplex, [status, text]: Refusal): void {
  stream.on('error', () => stream.destroy());
  stream.once('finish', () => stream.destroy());
  const headers = Object.entries(headersOf(text)).map(([name, value]) => `${name}: ${value}\r\n`);
  stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${headers.join('')}\r\n${text}`);
}
