import { mergeMap, Observable, of, throwError, timeout } from 'rxjs';
import { TimeoutError, type RxWampError } from '../protocol/errors.js';
import { LONGEST_TIMER_MS } from '../protocol/longest-timer.js';
import { json } from '../serializers/json.js';
import type { Serializer } from '../serializers/serializer.js';
import { Link, MAX_MESSAGE_BYTES } from './link.js';
import {
  checkTarget,
  infoOf,
  refused,
  shakeHands,
  unusable,
  type RawSocketOffer,
  type RawSocketTarget,
  type ShakenStream,
} from './rawsocket-dial.node.js';
import { announceable, serializerNumber } from './rawsocket-handshake.js';
import { RawSocket } from './rawsocket-socket.node.js';
import type { Transport } from './transport.js';

/** Options of {@link rawSocketTransport}: `port` and perhaps `host`, or `path`, and what follows. */
export type RawSocketTransportOptions = RawSocketTarget & {
  /**
   * Formats, in order of preference: `json()`, `msgpack()`, `cbor()`. RawSocket offers one at a time; when the router does
   * not speak it, it is dialed again for the next. Default: `[json()]`.
   */
  readonly serializers?: readonly Serializer[] | undefined;
  /**
   * Largest message accepted, in bytes. RawSocket can say powers of two from 512 to 16 MiB, so it is rounded down to one;
   * below 512 the router is told 512. Default: 16 MiB.
   */
  readonly maxMessageBytes?: number | undefined;
  /** How long it may take until the connection can be used, in milliseconds: name look-up, TCP, TLS, handshake. Default: 10,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** How long the router has to close as well before the connection is cut, in milliseconds. Default: 2,000. */
  readonly closeTimeoutMs?: number | undefined;
  /**
   * Whether the client's heartbeat may send RawSocket's PING. Crossbar.io takes one for a huge message and hangs up, so the
   * heartbeat is a CALL otherwise. PINGs of the router are answered in any case. Default: false.
   */
  readonly ping?: boolean | undefined;
};

/** @throws {UsageError} when RawSocket cannot carry one of them. */
function offersOf(serializers: readonly Serializer[], maxLength: number): readonly RawSocketOffer[] {
  const offers = serializers.map((serializer) => {
    const number = serializerNumber(serializer.name);
    if (number === undefined) throw unusable(`RawSocket has no number for the format ${serializer.name}`);
    return { serializer, number, maxLength };
  });
  if (offers.length === 0) throw unusable('no serializer is offered');
  if (new Set(offers.map(({ number }) => number)).size < offers.length) throw unusable('a format is offered twice');
  return offers;
}

/** A stream on which both have agreed on a format. */
interface AgreedStream extends ShakenStream {
  readonly serializer: Serializer;
}

/** The first of the offers that the router takes. */
function firstTaken(target: RawSocketTarget, [offer, ...others]: readonly RawSocketOffer[]): Observable<AgreedStream> {
  if (offer === undefined) return throwError(() => refused(target, 'speaks none of the formats offered', true));
  const { serializer } = offer;
  return shakeHands(target, offer).pipe(
    mergeMap((shaken) => (shaken === undefined ? firstTaken(target, others) : of({ ...shaken, serializer }))),
  );
}

/**
 * A connection over RawSocket: WAMP on a bare TCP, TLS or Unix socket, with less around each message than WebSocket has.
 *
 * Cold: each subscription dials. It emits the open {@link Link} once, completes when the connection is closed in order, by
 * either side, and errors when it breaks. Unsubscribing gives up a dial, or closes the connection.
 *
 * Errors, as notifications:
 * - `ConnectionRefusedError` when no connection comes about, with the router's reason in words. It is `fatal` when the router
 *   speaks none of the formats, picks another one than it was asked for, or does not accept the length announced.
 * - `ConnectionLostError` when the connection breaks.
 * - `OverflowError` and `ProtocolViolationError` when what came in is too large or no RawSocket frame.
 *
 * Sending a message that is larger than the router accepts, or than 16 MiB less one byte, throws an `OverflowError`; nothing
 * was sent.
 *
 * @throws {UsageError} when there is no valid address, `serializers` is empty, names a format twice or one that RawSocket has
 * no number for, or `maxMessageBytes` is not positive.
 * @see WAMP spec, RawSocket Transport
 * @example
 * const transport = rawSocketTransport({ host: 'router.internal', port: 8443, tls: { ca, cert, key }, serializers: [cbor()] });
 * const wamp = new WampClient({ transport, realm: 'realm1' });
 */
export function rawSocketTransport(options: RawSocketTransportOptions): Transport {
  const {
    serializers = [json()],
    maxMessageBytes = MAX_MESSAGE_BYTES,
    connectTimeoutMs = 10_000,
    closeTimeoutMs = 2_000,
    ping = false,
  } = options;
  checkTarget(options);
  if (!(maxMessageBytes >= 1)) throw unusable('maxMessageBytes must be positive');
  const maxLength = announceable(maxMessageBytes);
  const maxReceived = Math.min(maxLength, maxMessageBytes);
  const late = (): RxWampError => {
    const cause = new TimeoutError(connectTimeoutMs, { attempted: 'connect' });
    return refused(options, `did not open within ${connectTimeoutMs} ms`, false, cause);
  };
  const opened = firstTaken(options, offersOf(serializers, maxLength)).pipe(
    timeout({ first: Math.min(connectTimeoutMs, LONGEST_TIMER_MS), with: () => throwError(late) }),
  );

  return new Observable<Link>((subscriber) => {
    let link: Link | undefined;
    const end = (error?: unknown): void => {
      if (error === undefined) subscriber.complete();
      else subscriber.error(error);
    };
    const linkOver = ({ stream, serializer, maxSent }: AgreedStream): Link => {
      const below = { stream, serializer, maxReceived, maxSent, ping, closeTimeoutMs };
      return Link.over({ serializer, maxMessageBytes: maxReceived, info: infoOf(stream, options) }, (port) => {
        const closed = (error?: RxWampError): void => {
          port.closed(error);
          end(error);
        };
        return new RawSocket(below, { ...port, closed });
      });
    };
    subscriber.add(() => link?.complete());
    subscriber.add(
      opened.subscribe({
        next: (agreed) => {
          link = linkOver(agreed);
          subscriber.next(link);
        },
        error: end,
      }),
    );
  });
}
