import { fromBase64 } from '../serializers/base64.js';
import type { Frame } from '../serializers/serializer.js';

/**
 * The format of a packed payload: `cbor()`, `msgpack()`, `json()`, or one of your own. It has nothing to do with that of the
 * session.
 */
export interface PayloadSerializer {
  /** What `ppt_serializer` says. */
  readonly name: string;
  /** A dictionary as bytes or text. @throws for what it cannot hold. */
  encode(payload: object): Frame;
  /** What was encoded. @throws when it cannot be decoded, or is larger or deeper than its limits. */
  decode(frame: Frame): unknown;
}

/** Default of `maxPayloadBytes`. */
export const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

const utf8 = new TextEncoder();

/** A dictionary as bytes. */
export function write(serializer: PayloadSerializer, payload: object): Uint8Array {
  const frame = serializer.encode(payload);
  return typeof frame === 'string' ? utf8.encode(frame) : frame;
}

/**
 * The bytes of a packed payload; undefined when it is something else. Peers that do not know how WAMP has bytes in JSON send
 * them as Base64.
 */
export function bytesOf(payload: unknown): Uint8Array | undefined {
  if (payload instanceof Uint8Array) return payload;
  return typeof payload === 'string' && payload !== '' ? fromBase64(payload) : undefined;
}
