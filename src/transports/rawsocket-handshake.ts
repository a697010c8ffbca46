/** The first octet of a handshake, which no HTTP request can begin with. */
export const MAGIC = 0x7f;
/** Octets of a handshake, in either direction. */
export const HANDSHAKE_OCTETS = 4;
/** The least that a peer can say it accepts, in octets. */
export const LEAST_LENGTH = 2 ** 9;
/** The most that a peer can say it accepts, in octets. */
export const GREATEST_LENGTH = 2 ** 24;

/** The serializers RawSocket has a number for, by the name in their WebSocket subprotocol. */
const SERIALIZERS = new Map([
  ['json', 1],
  ['msgpack', 2],
  ['cbor', 3],
  ['ubjson', 4],
  ['flatbuffers', 5],
]);

/** The number of a serializer in the handshake, or undefined when RawSocket has none for it. */
export const serializerNumber = (name: string): number | undefined => SERIALIZERS.get(name);

/** Why a router turns a client away. */
export const HandshakeError = {
  SERIALIZER_UNSUPPORTED: 1,
  LENGTH_UNACCEPTABLE: 2,
  RESERVED_BITS: 3,
  TOO_MANY_CONNECTIONS: 4,
} as const;
/** One of {@link HandshakeError}. */
export type HandshakeError = (typeof HandshakeError)[keyof typeof HandshakeError];

/** What either side says when it agrees: the format, and the largest message it is willing to receive. */
export interface HandshakeTerms {
  /** Number of the serializer. */
  readonly serializer: number;
  /** A power of two from 2^9 to 2^24, in octets. */
  readonly maxLength: number;
}

/** A client's handshake as the router reads it. */
export type HandshakeRequest =
  | ({ readonly kind: 'terms' } & HandshakeTerms)
  | { readonly kind: 'refused'; readonly error: HandshakeError }
  /** Not RawSocket at all: nothing is answered. */
  | { readonly kind: 'foreign' };

/** A router's answer as the client reads it. */
export type HandshakeReply =
  | ({ readonly kind: 'terms' } & HandshakeTerms)
  /** An error code, known or not. */
  | { readonly kind: 'refused'; readonly code: number }
  /** What no router may answer. */
  | { readonly kind: 'malformed'; readonly what: string };

/** The largest length a peer can announce that is not above `bytes`, or the least there is. */
export const announceable = (bytes: number): number =>
  2 ** Math.max(9, 31 - Math.clz32(Math.min(bytes, GREATEST_LENGTH)));

/** A handshake with terms: a client's request, and a router's answer when it agrees. */
export const encodeTerms = ({ serializer, maxLength }: HandshakeTerms): Uint8Array =>
  Uint8Array.of(MAGIC, ((Math.log2(maxLength) - 9) << 4) | serializer, 0, 0);

/** A router's answer when it turns a client away. */
export const encodeRefusal = (error: HandshakeError): Uint8Array => Uint8Array.of(MAGIC, error << 4, 0, 0);

const termsOf = (octet: number): HandshakeTerms => ({ serializer: octet & 0x0f, maxLength: 2 ** (9 + (octet >>> 4)) });

/**
 * Reads a client's handshake: four octets, or fewer when the first is not {@link MAGIC}.
 *
 * @see WAMP spec, RawSocket Transport / Handshake
 */
export function readRequest([magic, terms = 0, ...reserved]: Uint8Array): HandshakeRequest {
  if (magic !== MAGIC) return { kind: 'foreign' };
  if (reserved.some((octet) => octet !== 0)) return { kind: 'refused', error: HandshakeError.RESERVED_BITS };
  return { kind: 'terms', ...termsOf(terms) };
}

/**
 * Reads a router's answer: four octets, or fewer when the first is not {@link MAGIC}. It has to pick the serializer it was
 * asked for.
 *
 * @see WAMP spec, RawSocket Transport / Handshake
 */
export function readReply([magic = 0, terms = 0, ...reserved]: Uint8Array): HandshakeReply {
  if (magic !== MAGIC) return { kind: 'malformed', what: `does not speak RawSocket: it answered octet ${magic}` };
  if ((terms & 0x0f) === 0) return { kind: 'refused', code: terms >>> 4 };
  if (reserved.some((octet) => octet !== 0)) return { kind: 'malformed', what: 'set octets that are reserved' };
  return { kind: 'terms', ...termsOf(terms) };
}

/** An error code in words. */
export function describeRefusal(code: number): string {
  switch (code) {
    case HandshakeError.SERIALIZER_UNSUPPORTED:
      return 'does not speak this serializer';
    case HandshakeError.LENGTH_UNACCEPTABLE:
      return 'does not accept the largest message length that was asked for';
    case HandshakeError.RESERVED_BITS:
      return 'says that reserved bits were set';
    case HandshakeError.TOO_MANY_CONNECTIONS:
      return 'has as many connections as it allows';
    default:
      return `refused with error code ${code}, which has no meaning yet`;
  }
}
