import { Observable, Subscription, timer } from 'rxjs';
import * as ErrorUri from '../protocol/error-uris.js';
import {
  ConnectionRefusedError,
  isRxWampError,
  TimeoutError,
  UsageError,
  type RxWampError,
} from '../protocol/errors.js';
import { randomId } from '../protocol/id.js';
import { LONGEST_TIMER_MS } from '../protocol/longest-timer.js';
import { json } from '../serializers/json.js';
import { subprotocol, type Serializer } from '../serializers/serializer.js';
import { Link, MAX_MESSAGE_BYTES } from './link.js';
import type { PortFrame } from './message-port-frames.js';
import type { PortLike } from './message-port-like.js';
import { holdLock, platformLocks, type LocksLike } from './message-port-presence.js';
import { PortSocket } from './message-port-socket.js';
import { PortWire } from './message-port-wire.js';
import type { Transport } from './transport.js';

/** Options of either end of a connection over a message port. */
export interface MessagePortOptions {
  /** Formats, in order of preference; the first offered that both ends have is taken. Default: `[json()]`. */
  readonly serializers?: readonly Serializer[] | undefined;
  /** Largest message accepted, in bytes (characters of text). Default: 16 MiB. */
  readonly maxMessageBytes?: number | undefined;
  /**
   * The Web Locks by which the accepting end notices at once that a page is gone; `false`: none. Default: those of the
   * platform, where it has them.
   */
  readonly locks?: LocksLike | false | undefined;
}

/** Options of the end that dials. */
export interface MessagePortTransportOptions extends MessagePortOptions {
  /** How long the other end has to answer, in milliseconds. A worker may have to be loaded first. Default: 10,000. */
  readonly openTimeoutMs?: number | undefined;
}

/** {@link MessagePortOptions} with nothing left open. */
export interface PortSettings {
  readonly serializers: readonly Serializer[];
  readonly maxMessageBytes: number;
  readonly locks: LocksLike | undefined;
}

/** How much may be kept while a reader has paused: so many of the largest messages. */
const HELD_MESSAGES = 4;

/**
 * A connection over a `MessagePort`: to a router or another peer in a worker, a frame, or another part of the program. The
 * other end calls `acceptPort`.
 *
 * Messages pass as frames of a serializer, and not as structured clones: what may be sent, what is refused, the limits and
 * the checks of what comes in are the same as on every other transport.
 *
 * Cold: each subscription asks for a port (where a function is given) and opens a connection over it. It emits the open
 * {@link Link} once, completes when the connection is closed in order, by either side, and errors with
 * `ConnectionRefusedError` when none comes about and `ConnectionLostError` when it breaks. A port that was given as it is
 * and not by a function is closed with the connection and cannot be dialed again, unless it is a `Worker` or a `self`,
 * which stay.
 *
 * A port does not say on every platform that its other end is gone. Both ends say it when they close; where the platform
 * has a `close` event it is heeded; a page holds a Web Lock, where there are such; and `link.ping` works, so a client's
 * `heartbeat` finds the rest.
 *
 * @throws {UsageError} when `serializers` is empty or names a format twice, or `maxMessageBytes` is not positive.
 * @example
 * const { port1, port2 } = new MessageChannel();
 * worker.postMessage({ port: port2 }, [port2]);           // there: acceptPort(port, (link) => router.accept(link))
 * const wamp = new WampClient({ transport: messagePortTransport(port1), realm: 'realm1' });
 */
export function messagePortTransport(
  port: PortLike | (() => PortLike),
  options: MessagePortTransportOptions = {},
): Transport {
  const settings = portSettings(options);
  const { serializers, locks } = settings;
  const { openTimeoutMs = 10_000 } = options;

  return new Observable<Link>((subscriber) => {
    const connection = randomId();
    const opening = new Subscription();
    let socket: PortSocket | undefined;
    let link: Link | undefined;
    const end = (error?: RxWampError): void => {
      if (error === undefined) subscriber.complete();
      else subscriber.error(error);
    };
    const refuse = (what: string, fatal = false, cause?: unknown): void => {
      end(refused(what, fatal, cause));
    };
    const opened = (protocol: string): void => {
      const serializer = serializers.find((candidate) => subprotocol(candidate) === protocol);
      if (serializer === undefined) {
        refuse(`picked ${JSON.stringify(protocol)}, which was not offered`, true);
        return;
      }
      opening.unsubscribe();
      [link, socket] = portLink(settings, serializer, post, end);
      subscriber.next(link);
    };

    let wire: PortWire;
    try {
      wire = new PortWire(typeof port === 'function' ? port() : port, {
        frame(to, frame) {
          if (to !== connection) return;
          if (socket !== undefined) socket.receive(frame);
          else if (frame[0] === 'opened') opened(frame[1]);
          else if (frame[0] === 'refused') refuse(`refused: ${frame[1]}`, true);
          else if (frame[0] === 'close') refuse('closed the connection before it was open');
        },
        violated(to, error) {
          if (to !== connection) return;
          if (socket === undefined) refuse('sent what is no frame', true, error);
          else socket.violated(error);
        },
        lost(error) {
          if (socket === undefined) refuse('is gone', false, error);
          else socket.end(error);
        },
        failed() {
          if (socket === undefined) refuse('failed; the platform does not say why');
        },
      });
    } catch (cause) {
      refuse('could not be made', true, cause);
      return;
    }
    const post = (frame: PortFrame): void => wire.post(connection, frame);
    subscriber.add(() => {
      if (link === undefined) post(['close', 'terminated']);
      else link.complete();
      wire.close();
    });
    subscriber.add(opening);
    opening.add(
      timer(Math.min(openTimeoutMs, LONGEST_TIMER_MS)).subscribe(() => {
        const cause = new TimeoutError(openTimeoutMs, { attempted: 'connect' });
        refuse(`did not answer within ${String(openTimeoutMs)} ms`, false, cause);
      }),
    );
    const open = (presence?: string): void => post(['open', serializers.map(subprotocol), presence]);
    if (locks === undefined) open();
    else subscriber.add(announced(locks, connection, open));
  });
}

/** Opens with the name of a lock that is held from then on; without one where the platform refuses. */
function announced(locks: LocksLike, connection: number, open: (presence?: string) => void): Subscription {
  const name = `rxwamp.${String(connection)}`;
  return holdLock(locks, name).subscribe({
    next: () => {
      open(name);
    },
    error: () => {
      open();
    },
  });
}

/** The options, checked, with their defaults. */
export function portSettings({
  serializers = [json()],
  maxMessageBytes = MAX_MESSAGE_BYTES,
  locks = platformLocks(),
}: MessagePortOptions): PortSettings {
  const protocols = serializers.map(subprotocol);
  if (protocols.length === 0) throw unusable('no serializer is offered');
  if (new Set(protocols).size < protocols.length) throw unusable(`a format is offered twice: ${protocols.join(', ')}`);
  if (!(maxMessageBytes >= 1)) throw unusable('maxMessageBytes must be positive');
  return { serializers, maxMessageBytes, locks: locks === false ? undefined : locks };
}

/** A link over an open connection, with the socket below it. `ended` is called when the connection is over. */
export function portLink(
  { maxMessageBytes }: PortSettings,
  serializer: Serializer,
  post: (frame: PortFrame) => void,
  ended: (error: RxWampError | undefined) => void,
): readonly [Link, PortSocket] {
  const socket = new PortSocket(post, HELD_MESSAGES * maxMessageBytes);
  const link = Link.over({ serializer, maxMessageBytes, info: { kind: 'message-port', secure: true } }, (port) => {
    socket.link = {
      ...port,
      closed(error) {
        port.closed(error);
        ended(error);
      },
    };
    return socket;
  });
  return [link, socket];
}

const unusable = (what: string): UsageError =>
  new UsageError(ErrorUri.INVALID_ARGUMENT, what, { attempted: 'connect' });

const refused = (what: string, fatal: boolean, cause?: unknown): ConnectionRefusedError =>
  new ConnectionRefusedError(
    `the other end of the port ${what}${isRxWampError(cause) || !(cause instanceof Error) ? '' : `: ${cause.message}`}`,
    { attempted: 'connect', fatal, cause },
  );
