import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { TlsOptions } from 'node:tls';
import type { Serializer } from '../../serializers/serializer.js';
import type { Link } from '../../transports/link.js';
import type { CompressionOptions } from '../../transports/websocket-compression.node.js';
import type { AllowedOrigins } from './origins.js';
import type { CookieOptions } from './session-cookie.js';

/** Takes the connections of a listener: a router. */
export interface LinkAcceptor {
  accept(link: Link): void;
}

/**
 * Serves HTTP requests on a listener's port, beside the WebSocket: HTTP long-poll, a status page. It takes a request and will
 * answer it, or leaves it to the next by returning false.
 */
export interface RequestHandler {
  (request: IncomingMessage, response: ServerResponse): boolean;
  /** Called when the listener closes: ends what it holds. */
  close?(): Promise<void> | void;
}

/** Options of RawSocket at a listener. */
export interface RawSocketListenOptions {
  /**
   * The least that a client must be willing to receive, in bytes; one that accepts less is turned away with error code 2.
   * Default: 512, which is the least a client can say.
   */
  readonly minPeerMessageBytes?: number | undefined;
  /**
   * Whether the router may send RawSocket's PING. Clients built on older versions of Autobahn for Python take one for a huge
   * message and hang up. PINGs of clients are answered in any case. Default: false.
   */
  readonly ping?: boolean | undefined;
}

/** Options of `listen`. */
export interface ListenOptions {
  /** TCP port; 0 takes a free one. Default: 0. Not with `socketPath` or `server`. */
  readonly port?: number | undefined;
  /** Address to listen on. Default: `127.0.0.1`, which other machines cannot reach. Not with `socketPath` or `server`. */
  readonly host?: string | undefined;
  /**
   * Unix socket to listen on instead of a TCP port, e.g. `/run/wamp.sock`. One that a crashed process left behind is replaced.
   * Not with `server`.
   */
  readonly socketPath?: string | undefined;
  /** File mode of the Unix socket, which says who may connect, e.g. `0o660`. Default: what the umask leaves. */
  readonly socketMode?: number | undefined;
  /**
   * TLS, as `tls.createServer` of Node takes it: `key` and `cert`; for client certificates `ca`, `requestCert: true`, and
   * `rejectUnauthorized: false` where some clients come without. Default: no TLS. Not with `server`.
   */
  readonly tls?: TlsOptions | undefined;
  /** Path of the WebSocket, or `*` for every path. Default: `/ws`. */
  readonly path?: string | undefined;
  /**
   * RawSocket on the same port: its clients are told apart by the first octet. Default: true on a server of its own, false
   * on one handed over (`server`).
   */
  readonly rawSocket?: boolean | RawSocketListenOptions | undefined;
  /**
   * Formats served; which one is the client's choice. Those RawSocket has no number for, e.g. batched ones, are served over WebSocket
   * only. Default: JSON, MessagePack, CBOR, and batched MessagePack and CBOR.
   */
  readonly serializers?: readonly Serializer[] | undefined;
  /** Largest message accepted, in bytes. RawSocket rounds it down to a power of two from 512 on. Default: 16 MiB. */
  readonly maxMessageBytes?: number | undefined;
  /** Connections at a time; further ones get HTTP 503, or RawSocket's error code 4. Default: 10,000. */
  readonly maxConnections?: number | undefined;
  /**
   * How long a client may take for the first octet, for its TLS or RawSocket handshake, and for its HTTP request, in
   * milliseconds each. Default: 10,000. With `server`, that server says how long HTTP and TLS may take.
   */
  readonly handshakeTimeoutMs?: number | undefined;
  /** How long a client has to answer a close before the connection is cut, in milliseconds. Default: 2,000. */
  readonly closeTimeoutMs?: number | undefined;
  /**
   * Finds connections whose other end is gone without a word: one that is silent for `intervalMs` is pinged, and cut off when it
   * stays silent for as long again. RawSocket is pinged only with its own option `ping`. Default: 30,000; false: none is.
   */
  readonly heartbeat?: { readonly intervalMs: number } | false | undefined;
  /**
   * permessage-deflate where a client offers it. It costs time and memory, and what an attacker can guess about a compressed
   * secret beside text of his own (CRIME) leaks. Default: false.
   */
  readonly perMessageDeflate?: boolean | CompressionOptions | undefined;
  /**
   * Origins of web pages that may connect, e.g. `['https://example.com']`, beside those of this host and of loopback
   * (`http://localhost:4200`); `'*'` lets every page in the world connect. Default: `[]`.
   */
  readonly allowedOrigins?: AllowedOrigins | undefined;
  /**
   * Gives every client a cookie, so that one that logged in can come back without a secret where the realm has
   * `checkCookie` with the same store. It is a bearer's token: serve it over TLS. Default: no cookie.
   */
  readonly cookie?: CookieOptions | undefined;
  /** Asked in turn for each HTTP request that is no WebSocket's. Default: none. */
  readonly requestHandlers?: readonly RequestHandler[] | undefined;
  /**
   * A server to hang on instead of one of its own. It is neither started nor stopped here, and requests and upgrades that
   * are not the router's stay its own.
   */
  readonly server?: Server | undefined;
}

/** Where a router listens. */
export interface Listener extends AsyncDisposable {
  /** The TCP port, also after it was closed; 0 on a Unix socket, and before a server handed over has begun to listen. */
  readonly port: number;
  /** What clients on this machine dial, e.g. `ws://127.0.0.1:8080/ws`, or `ws+unix:/run/wamp.sock:/ws`. */
  readonly url: string;
  /** Connections that are open. */
  readonly connections: number;
  /** Accepts no more, closes the connections that were made here, and frees the port. Emits when all of it is done. */
  close(): Promise<void>;
}
