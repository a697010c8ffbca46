import type { WampMessage } from '../protocol/message.js';
import { fromBase64, toBase64 } from './base64.js';
import { asFailure, failure } from './failure.js';
import { markIntegers } from './json-integers.js';
import { checkStructure } from './json-text.js';
import { EXACT, withDefaults, type SerializerLimits, type SerializerOptions } from './options.js';
import { isPlainDecoded } from './plain-decoded.js';
import { isPlain } from './plain.js';
import { prepare, type Format } from './prepare.js';
import type { Frame, Serializer } from './serializer.js';
import { settle, settleInteger } from './settle.js';

const FORMAT: Format = { bytesAsText: (bytes) => `\0${toBase64(bytes)}`, bits64: false, bigintFrom: EXACT };

/**
 * Stands for an integer while a text is read; no Base64 starts with it. A peer that sends it only repeats that integer.
 */
const MARK = '\0#';

const utf8 = new TextDecoder('utf-8', { fatal: true });

class JsonSerializer implements Serializer {
  readonly name = 'json';
  readonly binary = false;
  readonly #limits: SerializerLimits;

  constructor(options: SerializerOptions) {
    this.#limits = withDefaults(options);
  }

  encode(message: WampMessage): string {
    try {
      if (isPlain(message, this.#limits.maxDepth, false)) return JSON.stringify(message);
      const ready = prepare(message, this.#limits, FORMAT);
      // Its bytes are text by now, which starts with U+0000.
      return isPlain(ready, this.#limits.maxDepth, true) ? JSON.stringify(ready) : write(ready);
    } catch (cause) {
      throw asFailure('encode', 'the message cannot be written as JSON', cause);
    }
  }

  decode(frame: Frame): unknown {
    try {
      const text = typeof frame === 'string' ? frame : utf8.decode(frame);
      checkStructure(text, this.#limits);
      const value: unknown = JSON.parse(text);
      return isPlainDecoded(value, this.#limits.maxDepth, false) ? value : this.#settle(value, text);
    } catch (cause) {
      throw asFailure('decode', 'the frame is not JSON', cause);
    }
  }

  /** What was parsed, with the bytes and the integers that JSON.parse does not know of. */
  #settle(value: unknown, text: string): unknown {
    const [marked, integers] = markIntegers(text, (index) => JSON.stringify(MARK + String(index)));
    return settle(integers.length === 0 ? value : JSON.parse(marked), this.#limits, (string) => {
      const integer = string.startsWith(MARK) ? integers[Number(string.slice(MARK.length))] : undefined;
      if (integer !== undefined) return settleInteger(integer, this.#limits);
      const bytes = fromBase64(string, 1);
      if (bytes === undefined) throw failure('decode', 'a text starts with U+0000 but is no Base64');
      return bytes;
    });
  }
}

/** A prepared value as JSON: integers as digits, and floats so that nobody reads an integer in them. */
function write(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number' && (value > EXACT || value < -EXACT)) return value.toExponential();
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${write(item)}`);
  return `{${entries.join(',')}}`;
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
export const json = (options: SerializerOptions = {}): Serializer => new JsonSerializer(options);
