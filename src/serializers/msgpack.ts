import { Decoder, Encoder, type ExtensionCodecType } from '@msgpack/msgpack';
import type { Id, WampMessage } from '../protocol/message.js';
import { BINARY } from './binary.js';
import { asFailure, failure } from './failure.js';
import { checkStructure, subscriptionOf } from './msgpack-structure.js';
import { withDefaults, type SerializerLimits, type SerializerOptions } from './options.js';
import { isPlain } from './plain.js';
import { prepare } from './prepare.js';
import type { Frame, Serializer } from './serializer.js';
import { settle, settleIntegers, type Special } from './settle.js';
import { holdsReplacement } from './utf8.js';

/** An encoder keeps the buffer of its largest message, a decoder its last frame; they do not outlive one this large. */
const LARGE_BYTES = 256 * 1024;

const noExtensions: ExtensionCodecType<undefined> = {
  tryToEncode: () => null,
  decode: (_, type) => {
    // The structure has been checked: type 0 is the `undefined` of msgpackr.
    if (type === 0) return null;
    throw failure('decode', 'an extension type has no place in a message');
  },
};

const createEncoder = (useBigInt64: boolean): Encoder =>
  // The depth has been checked when a value gets there.
  new Encoder({ extensionCodec: noExtensions, useBigInt64, maxDepth: Infinity });

const createDecoder = (useBigInt64: boolean): Decoder =>
  new Decoder({
    extensionCodec: noExtensions,
    useBigInt64,
    mapKeyConverter: (key) => {
      if (typeof key === 'string') return key;
      throw failure('decode', 'a dictionary has a key that is not a string');
    },
  });

class MsgpackSerializer implements Serializer {
  readonly name = 'msgpack';
  readonly binary = true;
  readonly #limits: SerializerLimits;
  readonly #special: Special;
  #encoder = createEncoder(false);
  readonly #decoder = createDecoder(false);
  readonly #carefulDecoder = createDecoder(true);

  constructor(options: SerializerOptions) {
    this.#limits = withDefaults(options);
    this.#special = settleIntegers(this.#limits);
  }

  subscriptionOf(frame: Frame): Id | undefined {
    return typeof frame === 'string' ? undefined : subscriptionOf(frame);
  }

  encode(message: WampMessage): Uint8Array {
    return this.encodeToCopy(message).slice();
  }

  encodeToCopy(message: WampMessage): Uint8Array {
    try {
      if (!isPlain(message, this.#limits.maxDepth, true))
        // In this mode the encoder writes numbers beyond 32 bits as floats; `prepare` has made BigInts of them.
        return createEncoder(true).encodeSharedRef(prepare(message, this.#limits, BINARY));
      const frame = this.#encoder.encodeSharedRef(message);
      if (frame.length > LARGE_BYTES) this.#encoder = createEncoder(false);
      return frame;
    } catch (cause) {
      this.#encoder = createEncoder(false);
      throw asFailure('encode', 'the message cannot be written as MessagePack', cause);
    }
  }

  decode(frame: Frame): unknown {
    try {
      if (typeof frame === 'string') throw failure('decode', 'MessagePack is not text');
      const isLarge = frame.length > LARGE_BYTES;
      const { plain, longTexts } = checkStructure(frame, this.#limits);
      const value = plain
        ? (isLarge ? createDecoder(false) : this.#decoder).decode(frame)
        : settle((isLarge ? createDecoder(true) : this.#carefulDecoder).decode(frame), this.#limits, this.#special);
      if (longTexts && holdsReplacement(value)) checkStructure(frame, this.#limits, true);
      return value;
    } catch (cause) {
      throw asFailure('decode', 'the frame is not MessagePack', cause);
    }
  }
}

/**
 * WAMP's MessagePack format, `wamp.2.msgpack`. What is sent, and what is refused, is the same as with `json()`, except
 * that bytes are bytes and text may start with U+0000. `undefined`, as msgpackr writes it, is read as
 * null; other extension types, timestamps among them, text that is no UTF-8, keys that are not strings and the key `__proto__` are a `SerializationError`; of duplicate keys the last one counts.
 *
 * @example
 * import { msgpack } from 'rxwamp/msgpack';
 * new WampClient({ url, realm, serializers: [msgpack(), json()] });
 * @see WAMP spec, Serializers / MessagePack
 */
export const msgpack = (options: SerializerOptions = {}): Serializer => new MsgpackSerializer(options);
