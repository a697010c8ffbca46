import * as ErrorUri from '../protocol/error-uris.js';
import { ConnectionRefusedError, UsageError, type ConnectionLostError } from '../protocol/errors.js';
import { connectionLost, type CloseReason, type LinkPort, type Socket, type TransportInfo } from './link.js';

/** What a platform is asked to open. */
export interface DialRequest {
  readonly url: URL;
  /** Subprotocols to offer, in order of preference. */
  readonly protocols: readonly string[];
  /** Largest message to accept, in bytes. */
  readonly maxMessageBytes: number;
  /** How long a closing handshake may take. */
  readonly closeTimeoutMs: number;
}

/** Told how it went: one of the two, once, and neither after the dial was given up. */
export interface DialHandlers {
  /** Open. `connect` puts the socket under a link; what is not connected is given up. */
  opened(protocol: string, connect: (port: LinkPort) => Socket, info?: Partial<TransportInfo>): void;
  refused(error: ConnectionRefusedError): void;
}

/** A platform's way to open a WebSocket. Returns how to give up before it is connected. */
export type Dial = (request: DialRequest, handlers: DialHandlers) => () => void;

/**
 * The URL to dial: `http:` and `https:` mean `ws:` and `wss:`, and a URL relative to the page is completed, as browsers do.
 *
 * @throws {UsageError} when it is no URL, or one of another kind.
 */
export function webSocketUrl(text: string): URL {
  const page = (globalThis as { readonly location?: { readonly href?: string } }).location?.href;
  let url: URL;
  try {
    url = new URL(text, page);
  } catch {
    // Neither the text nor the cause is shown: both may hold credentials.
    throw unusable('the URL is malformed');
  }
  url.protocol = url.protocol.replace(/^http/, 'ws');
  if (!/^wss?:$/.test(url.protocol)) throw unusable(`a WebSocket URL begins with ws: or wss:, not ${url.protocol}`);
  url.hash = '';
  return url;
}

/** The error for options no WebSocket can be made of. */
export const unusable = (what: string): UsageError =>
  new UsageError(ErrorUri.INVALID_ARGUMENT, what, { attempted: 'connect' });

/** The error for a dial that came to nothing. The URL is named without user, password and query: they hold secrets. */
export const refused = (url: URL, what: string, fatal = false, cause?: unknown): ConnectionRefusedError =>
  new ConnectionRefusedError(`${url.protocol}//${url.host}${url.pathname} ${what}`, {
    attempted: 'connect',
    fatal,
    cause,
  });

/**
 * The error for a server that picked none of the subprotocols offered.
 *
 * @see WAMP spec, WebSocket Transport
 */
export const noSubprotocol = ({ url, protocols }: DialRequest, picked: string | undefined): ConnectionRefusedError =>
  refused(
    url,
    `was offered ${protocols.join(', ')} and picked ${picked === undefined || picked === '' ? 'none' : JSON.stringify(picked)}`,
    true,
  );

/** Close codes by reason, for a peer that may send every code. RFC 6455, 7.4.1. */
export const CLOSE_CODES: Readonly<Record<CloseReason, number>> = { normal: 1000, violation: 1002, 'too large': 1009 };

/** Closed in order: normally, because the peer goes away, or without a code, which is how a browser's plain `close()` arrives. */
const ORDERLY: readonly number[] = [1000, 1001, 1005];

/** What a close by the peer means for the link: nothing wrong, or a lost connection. */
export function closeError(code: number, reason: string, cause?: Error): ConnectionLostError | undefined {
  if (ORDERLY.includes(code)) return undefined;
  if (code === 1006) {
    const why = cause === undefined ? '' : `: ${cause.message}`;
    return connectionLost(`the WebSocket broke without a closing handshake (1006)${why}`, cause);
  }
  return connectionLost(
    `the peer closed the WebSocket with ${code}${reason === '' ? '' : ` ${JSON.stringify(reason)}`}`,
    cause,
  );
}
