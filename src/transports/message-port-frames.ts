import { ProtocolViolationError } from '../protocol/errors.js';
import { isId } from '../protocol/id.js';
import type { Id } from '../protocol/message.js';
import type { Frame } from '../serializers/serializer.js';
import type { CloseReason } from './link.js';

/** How an end of a connection says that it is over: `terminated` is without notice, and an error for the other end. */
export type PortClose = CloseReason | 'terminated';

/**
 * What the two ends of a port say to each other. A WebSocket has all of this below its messages; a port only posts, and
 * on many platforms not even tells that the other end is gone.
 */
export type PortFrame =
  /** Asks for a connection: the subprotocols offered, and the Web Lock that is held for as long as whoever asks is there. */
  | readonly ['open', protocols: readonly string[], presence: string | undefined]
  | readonly ['opened', protocol: string]
  | readonly ['refused', why: string]
  /** One frame of the serializer. */
  | readonly ['frame', frame: Frame]
  /** So many bytes (characters of text) more have been handled. */
  | readonly ['ack', bytes: number]
  | readonly ['ping']
  | readonly ['pong']
  | readonly ['close', how: PortClose];

/** In front of all we post: a port may carry somebody else's messages as well. */
const TAG = 'rxwamp';

/** How long a name may be that the other end gives: of a lock, of a subprotocol. */
const MAX_NAME_LENGTH = 100;
/** How many subprotocols may be offered. */
const MAX_PROTOCOLS = 32;

/** What is posted: the frame, with the connection it belongs to. */
export const toPosted = (connection: Id, frame: PortFrame): readonly unknown[] => [TAG, connection, ...frame];

/** What came over a port; undefined when it is not ours. */
export function connectionOf(posted: unknown): Id | undefined {
  if (!Array.isArray(posted) || posted[0] !== TAG) return undefined;
  return isId(posted[1]) ? posted[1] : undefined;
}

const isName = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_NAME_LENGTH;
const isNatural = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
/** By tag: what crossed a port may come from another realm's class. */
const isBytes = (value: unknown): value is Uint8Array =>
  ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]';
const isFrame = (value: unknown): value is Frame => typeof value === 'string' || isBytes(value);
const isClose = (value: unknown): value is PortClose =>
  value === 'normal' || value === 'violation' || value === 'too large' || value === 'terminated';

/**
 * The frame in what was posted, checked.
 *
 * @throws {ProtocolViolationError} when it is none.
 */
export function toFrame(posted: unknown): PortFrame {
  // `connectionOf` has seen that it is a list.
  const [, , kind, first, second] = posted as readonly unknown[];
  switch (kind) {
    case 'open':
      if (
        Array.isArray(first) &&
        first.length <= MAX_PROTOCOLS &&
        first.every(isName) &&
        (second === undefined || isName(second))
      )
        return ['open', first, second];
      break;
    case 'opened':
      if (isName(first)) return ['opened', first];
      break;
    case 'refused':
      if (typeof first === 'string') return ['refused', first.slice(0, MAX_NAME_LENGTH)];
      break;
    case 'frame':
      if (isFrame(first)) return ['frame', first];
      break;
    case 'ack':
      if (isNatural(first)) return ['ack', first];
      break;
    case 'ping':
    case 'pong':
      return [kind];
    case 'close':
      if (isClose(first)) return ['close', first];
  }
  throw new ProtocolViolationError('what came over the port is no frame', { attempted: 'receive' });
}
