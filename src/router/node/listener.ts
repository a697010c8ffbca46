import type { Server } from 'node:http';
import type { Serializer } from '../../serializers/serializer.js';
import type { Link } from '../../transports/link.js';
import type { AllowedOrigins } from './origins.js';
import type { CookieOptions } from './session-cookie.js';

/** Takes the connections of a listener: a router. */
export interface LinkAcceptor {
  accept(link: Link): void;
}

/** Options of `listen`. */
export interface ListenOptions {
  /** TCP port; 0 takes a free one. Default: 0. */
  readonly port?: number | undefined;
  /** Address to listen on. Default: `127.0.0.1`, which other machines cannot reach. */
  readonly host?: string | undefined;
  /** Path of the WebSocket, or `*` for every path. Default: `/ws`. */
  readonly path?: string | undefined;
  /** Formats served; which one is the client's choice. Default: JSON, MessagePack and CBOR. */
  readonly serializers?: readonly Serializer[] | undefined;
  /** Largest message accepted, in bytes. Default: 16 MiB. */
  readonly maxMessageBytes?: number | undefined;
  /** Connections at a time; further ones get HTTP 503. Default: 10,000. */
  readonly maxConnections?: number | undefined;
  /** How long a client may take to send its HTTP request, in milliseconds. Default: 10,000. Not with `server`. */
  readonly handshakeTimeoutMs?: number | undefined;
  /** How long a client has to answer a close before the connection is cut, in milliseconds. Default: 2,000. */
  readonly closeTimeoutMs?: number | undefined;
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
  /** A server to hang on instead of one of its own, e.g. one with TLS. It is neither started nor stopped here. */
  readonly server?: Server | undefined;
}

/** Where a router listens. */
export interface Listener extends AsyncDisposable {
  /** The TCP port; 0 while a server handed over does not listen. */
  readonly port: number;
  /** What clients on this machine dial, e.g. `ws://127.0.0.1:8080/ws`. */
  readonly url: string;
  /** Connections that are open. */
  readonly connections: number;
  /** Accepts no more, closes the connections that were made here, and frees the port. Emits when all of it is done. */
  close(): Promise<void>;
}
