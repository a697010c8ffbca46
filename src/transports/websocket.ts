import { dial } from '#websocket';
import { Observable, timer } from 'rxjs';
import { TimeoutError, type RxWampError } from '../protocol/errors.js';
import { LONGEST_TIMER_MS } from '../protocol/longest-timer.js';
import { json } from '../serializers/json.js';
import { subprotocol, type Serializer } from '../serializers/serializer.js';
import { connecting } from './batched-serializer.js';
import { Link, MAX_MESSAGE_BYTES } from './link.js';
import type { Transport } from './transport.js';
import { noSubprotocol, refused, unusable, webSocketUrl, type Dial, type DialRequest } from './websocket-dial.js';
import { dialStandard, type WebSocketConstructor } from './websocket-standard.js';

/** Options of a connection over WebSocket that every platform has. */
export interface WebSocketTransportOptions {
  /**
   * `ws:` or `wss:`, e.g. `wss://example.com/ws`; `http:` and `https:` mean the same two, and a page may give a URL relative
   * to its own. Errors show it without user, password and query.
   */
  readonly url: string;
  /** Formats to offer, in order of preference; the server picks one. Default: `[json()]`. */
  readonly serializers?: readonly Serializer[] | undefined;
  /** Largest message accepted, in bytes. Default: 16 MiB. */
  readonly maxMessageBytes?: number | undefined;
  /** How long opening may take, in milliseconds: name look-up, TCP, TLS and the WebSocket handshake. Default: 10,000. */
  readonly openTimeoutMs?: number | undefined;
  /** How long the peer has to answer a close before the connection is cut, in milliseconds. Default: 2,000. */
  readonly closeTimeoutMs?: number | undefined;
  /** A WebSocket class to use instead of the platform's own, e.g. in a test or on a platform of its own kind. */
  readonly WebSocket?: WebSocketConstructor | undefined;
}

/**
 * A connection over WebSocket: the browser's own one, in Node the one of the package `ws`.
 *
 * Cold: each subscription dials. It emits the open {@link Link} once, completes when the connection is closed in order,
 * by either side, and errors when it breaks. Unsubscribing gives up a dial, or closes the connection.
 *
 * Errors, as notifications:
 * - `ConnectionRefusedError` when no connection comes about. It is `fatal` when the server picks none of the subprotocols
 *   offered, and, in Node, where the answer can be seen, when it is an HTTP 4xx other than 404, 408, 421, 425 and 429:
 *   those five are also what a proxy says while its router restarts.
 * - `ConnectionLostError` when the connection breaks, or the peer closes it with another code than 1000, 1001 or none.
 * - `OverflowError` and `ProtocolViolationError`, in Node, when what came in is too large or no WebSocket frame.
 *
 * @throws {UsageError} when the URL is malformed, `serializers` is empty or names a format twice, or
 * `maxMessageBytes` is not positive.
 * @see WAMP spec, WebSocket Transport
 * @example
 * const wamp = new WampClient({ transport: webSocketTransport({ url: 'wss://example.com/ws' }), realm: 'realm1' });
 */
export function webSocketTransport(options: WebSocketTransportOptions): Transport {
  return webSocketOver(options.WebSocket === undefined ? dial : dialStandard(options.WebSocket), options);
}

/** A transport over one platform's way to open a WebSocket. */
export function webSocketOver(
  open: Dial,
  {
    url,
    serializers = [json()],
    maxMessageBytes = MAX_MESSAGE_BYTES,
    openTimeoutMs = 10_000,
    closeTimeoutMs = 2_000,
  }: WebSocketTransportOptions,
): Transport {
  const protocols = serializers.map(subprotocol);
  if (protocols.length === 0) throw unusable('no serializer is offered');
  if (new Set(protocols).size < protocols.length) throw unusable(`a format is offered twice: ${protocols.join(', ')}`);
  if (!(maxMessageBytes >= 1)) throw unusable('maxMessageBytes must be positive');
  const request: DialRequest = { url: webSocketUrl(url), protocols, maxMessageBytes, closeTimeoutMs };

  return new Observable<Link>((subscriber) => {
    let link: Link | undefined;
    const end = (error?: RxWampError): void => {
      if (error === undefined) subscriber.complete();
      else subscriber.error(error);
    };

    const timeout = timer(Math.min(openTimeoutMs, LONGEST_TIMER_MS)).subscribe(() => {
      const cause = new TimeoutError(openTimeoutMs, { attempted: 'connect' });
      end(refused(request.url, `did not open within ${openTimeoutMs} ms`, false, cause));
    });
    subscriber.add(timeout);

    const giveUp = open(request, {
      refused: end,
      opened(protocol, connect, info) {
        const serializer = serializers.find((candidate) => subprotocol(candidate) === protocol);
        if (serializer === undefined) {
          end(noSubprotocol(request, protocol));
          return;
        }
        timeout.unsubscribe();
        const { host, protocol: scheme } = request.url;
        link = Link.over(
          { serializer, maxMessageBytes, info: { kind: 'websocket', secure: scheme === 'wss:', peer: host, ...info } },
          connecting(serializer, (port) =>
            connect({
              ...port,
              closed(error) {
                port.closed(error);
                end(error);
              },
            }),
          ),
        );
        subscriber.next(link);
      },
    });
    subscriber.add(() => {
      if (link === undefined) giveUp();
      else link.complete();
    });
  });
}
