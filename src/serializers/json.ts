import { fromBase64, toBase64 } from './base64.js';
import { asFailure, failure } from './failure.js';
import { subscriptionOf } from './json-event.js';
import { scan } from './json-text.js';
import { EXACT, withDefaults, type SerializerOptions } from './options.js';
import { isPlain } from './plain.js';
import { prepare, type Format } from './prepare.js';
import type { Serializer } from './serializer.js';
import { settle, settleInteger, type Special } from './settle.js';

/** Begins a text that stands for a number which JSON.parse and JSON.stringify do not know; no Base64 begins with it. */
const MARK = '\0#';
/** Such a text as JSON.stringify writes it, where a value stands. */
const MARKED = /([[:,])"\\u0000#([^"]*)"(?!:)/g;

/** How JSON.stringify writes U+0000, which would mark bytes, and half a surrogate pair. */
const DOUBTFUL = /\\u(?:0000|d)/;

const FORMAT: Format = {
  marksBytes: true,
  bytes: (bytes) => `\0${toBase64(bytes)}`,
  // So that nobody reads an integer in it.
  number: (value) => (Math.abs(value) > EXACT ? MARK + value.toExponential() : value),
  integer: (value) => (value <= EXACT && value >= -EXACT ? Number(value) : MARK + String(value)),
};

const utf8 = new TextDecoder('utf-8', { fatal: true });

function bytesIn(text: string): Uint8Array {
  const bytes = fromBase64(text.slice(1));
  if (bytes === undefined) throw failure('decode', 'a text starts with U+0000 but is no Base64');
  return bytes;
}

/**
 * WAMP's JSON format, `wamp.2.json`. Bytes travel as Base64 in a text marked by U+0000, at any depth, as the spec has
 * it; other text that starts with U+0000 cannot be sent.
 *
 * What is sent is the same in every format: `undefined` is left out of dictionaries and null in lists, `toJSON()` is
 * applied (a `Date` is its ISO text), any kind of buffer is bytes, an instance of a class is the dictionary of its own
 * keys. NaN, the infinities, functions, symbols, `Map`, `Set` and their like, cycles, text with half a surrogate pair
 * and the key `__proto__` are a `SerializationError` that says where they are. Of duplicate keys that are received the
 * last one counts.
 *
 * @example
 * new WampClient({ url, realm, serializers: [json({ maxDepth: 16 })] });
 * @see WAMP spec, Serializers; Binary conversion of JSON strings
 */
export function json(options: SerializerOptions = {}): Serializer {
  const limits = withDefaults(options);
  let isDoubtful = false;
  const atFirstSight: Special = (value) => {
    if (typeof value === 'string' && !value.startsWith(MARK)) return bytesIn(value);
    isDoubtful = true;
    return value;
  };

  /** Reads a text that may be too large, or has numbers in it that JSON.parse may have rounded. */
  const decodeDoubtful = (text: string): unknown => {
    const [marked, integers] = scan(text, limits.maxContainers, (index) => JSON.stringify(MARK + String(index)));
    return settle(JSON.parse(marked), limits, (value) => {
      // A float.
      if (typeof value !== 'string') return value;
      // A peer that sends the mark only repeats the integer.
      const integer = value.startsWith(MARK) ? integers[Number(value.slice(MARK.length))] : undefined;
      return integer === undefined ? bytesIn(value) : settleInteger(integer, limits);
    });
  };

  return {
    name: 'json',
    binary: false,
    subscriptionOf,

    encode(message) {
      try {
        if (isPlain(message, limits.maxDepth, false)) {
          const text = JSON.stringify(message);
          // Few texts have such escapes at all, which is found out many times faster.
          if (!text.includes('\\u') || !DOUBTFUL.test(text)) return text;
        }
        return JSON.stringify(prepare(message, limits, FORMAT)).replace(MARKED, '$1$2');
      } catch (cause) {
        throw asFailure('encode', 'the message cannot be written as JSON', cause);
      }
    },

    decode(frame) {
      try {
        const text = typeof frame === 'string' ? frame : utf8.decode(frame);
        // The shortest list is `[],`: a longer text may hold more of them than are allowed.
        isDoubtful = text.length > 3 * limits.maxContainers;
        const value = isDoubtful ? undefined : settle(JSON.parse(text), limits, atFirstSight);
        return isDoubtful ? decodeDoubtful(text) : value;
      } catch (cause) {
        throw asFailure('decode', 'the frame is not JSON', cause);
      }
    },
  };
}
