import { decode, encode, type DecodeOptions, type EncodeOptions } from 'cborg';
import type { Id, WampMessage } from '../protocol/message.js';
import { checkStructure, subscriptionOf, TYPED_ARRAY } from './cbor-structure.js';
import { BINARY } from './binary.js';
import { asFailure, failure } from './failure.js';
import { withDefaults, type SerializerLimits, type SerializerOptions } from './options.js';
import { isPlain } from './plain.js';
import { prepare } from './prepare.js';
import type { Frame, Serializer } from './serializer.js';
import { settle, settleIntegers, type Special } from './settle.js';
import { holdsReplacement } from './utf8.js';

// Keys stay in their order; the types have no word for not sorting them.
const WRITE = { mapSorter: undefined } as unknown as EncodeOptions;
const READ: DecodeOptions = { coerceUndefinedToNull: true, tags: { [TYPED_ARRAY]: (value) => value() } };

class CborSerializer implements Serializer {
  readonly name = 'cbor';
  readonly binary = true;
  readonly #limits: SerializerLimits;
  readonly #special: Special;

  constructor(options: SerializerOptions) {
    this.#limits = withDefaults(options);
    this.#special = settleIntegers(this.#limits);
  }

  subscriptionOf(frame: Frame): Id | undefined {
    return typeof frame === 'string' ? undefined : subscriptionOf(frame);
  }

  encode(message: WampMessage): Uint8Array {
    // In Node it may be a Buffer, or lie in memory that others use as well.
    return new Uint8Array(this.encodeToCopy(message));
  }

  encodeToCopy(message: WampMessage): Uint8Array {
    try {
      const plain = isPlain(message, this.#limits.maxDepth, true);
      return encode(plain ? message : prepare(message, this.#limits, BINARY), WRITE);
    } catch (cause) {
      throw asFailure('encode', 'the message cannot be written as CBOR', cause);
    }
  }

  decode(frame: Frame): unknown {
    try {
      if (typeof frame === 'string') throw failure('decode', 'CBOR is not text');
      const { plain, longTexts } = checkStructure(frame, this.#limits);
      const value: unknown = plain ? decode(frame) : settle(decode(frame, READ), this.#limits, this.#special);
      if (longTexts && holdsReplacement(value)) checkStructure(frame, this.#limits, true);
      return value;
    } catch (cause) {
      throw asFailure('decode', 'the frame is not CBOR', cause);
    }
  }
}

/**
 * WAMP's CBOR format, `wamp.2.cbor`. What is sent, and what is refused, is the same as with `json()`, except that bytes
 * are bytes and text may start with U+0000. Lists and dictionaries of indefinite length are accepted, and `undefined`
 * is read as null, and bytes that are tagged as a `Uint8Array` (64) as bytes; other tags, text that is no UTF-8, texts and bytes in chunks, keys that are not strings and the key `__proto__` are a
 * `SerializationError`. Of duplicate keys the last one counts.
 *
 * @example
 * import { cbor } from 'rxwamp/cbor';
 * new WampClient({ url, realm, serializers: [cbor(), json()] });
 * @see WAMP spec, Serializers / CBOR
 */
export const cbor = (options: SerializerOptions = {}): Serializer => new CborSerializer(options);
