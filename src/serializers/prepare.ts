import { tagOf } from '../protocol/dict.js';
import type { SerializationError } from '../protocol/errors.js';
import type { WampMessage } from '../protocol/message.js';
import { fieldName } from '../protocol/layouts.js';
import { failure } from './failure.js';
import { EXACT, type SerializerLimits } from './options.js';
import { isWellFormed } from './well-formed.js';

/** What differs from format to format. */
export interface Format {
  /** Whether bytes are text that is marked by U+0000, so that no other text may start with it. */
  readonly marksBytes: boolean;
  /** What the encoder is given for bytes. */
  bytes(bytes: Uint8Array): unknown;
  /** What the encoder is given for a finite number. */
  number(value: number): unknown;
  /** What the encoder is given for an integer; undefined when it has too many bits for this format. */
  integer(value: bigint): unknown;
}

const step = (key: string | number): string =>
  typeof key === 'string' && /^[\w$]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;

/** What keeps its content where `Object.keys` does not see it, and would be sent as `{}`. */
const OPAQUE = /^((Weak)?(Map|Set)|WeakRef|Promise|RegExp|Error|Number|String|Boolean|Symbol|BigInt)$/;

const converts = (value: object): value is { toJSON(key: string): unknown } =>
  'toJSON' in value && typeof value.toJSON === 'function';

/**
 * The careful walk over a message that is to be encoded, which copies it, so that every format sends the same and none
 * loses anything in silence: `undefined` is dropped from dictionaries and null in lists, `toJSON()` is applied, any
 * kind of buffer is bytes, and what has no place in a message is refused.
 *
 * @throws {SerializationError} that says where in the message the value is that cannot be sent.
 */
export function prepare(message: WampMessage, { int64, maxDepth }: SerializerLimits, format: Format): unknown {
  // Where the walk is: the containers it is in, the message first, and the key it is looking at in each.
  const containers: object[] = [];
  const keys: (string | number)[] = [];

  const refuse = (what: string): SerializationError => {
    const [element, ...path] = keys;
    return failure('encode', `${fieldName(message[0], Number(element))}${path.map(step).join('')} holds ${what}`);
  };

  const item = (value: unknown): unknown => {
    switch (typeof value) {
      case 'string':
        if (!isWellFormed(value)) throw refuse('a text with half a surrogate pair');
        if (format.marksBytes && value.charCodeAt(0) === 0)
          throw refuse('a text that starts with U+0000, which marks bytes in this format');
        return value;
      case 'number':
        if (!Number.isFinite(value)) throw refuse(String(value));
        return format.number(value);
      case 'bigint': {
        if (int64 === 'error' && (value > EXACT || value < -EXACT))
          throw refuse("an integer beyond ±2^53, which the option int64: 'error' forbids");
        const integer = format.integer(value);
        if (integer === undefined) throw refuse('an integer of more than 64 bits');
        return integer;
      }
      case 'boolean':
      case 'undefined':
        return value;
      case 'object':
        return value === null ? null : object(value);
      default:
        throw refuse(`a ${typeof value}`);
    }
  };

  const object = (value: object, converted = false): unknown => {
    const tag = tagOf(value);
    if (ArrayBuffer.isView(value))
      return format.bytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    // The tag says that it is a buffer.
    if (/^(Shared)?ArrayBuffer$/.test(tag)) return format.bytes(new Uint8Array(value as ArrayBuffer));
    if (!converted && converts(value)) {
      const result = value.toJSON(String(keys.at(-1)));
      // It is not asked again, so that one that answers with itself comes to an end.
      return typeof result === 'object' && result !== null ? object(result, true) : item(result);
    }
    if (OPAQUE.test(tag)) throw refuse(`an object of type ${tag}`);
    if (containers.includes(value)) throw refuse('a cycle');
    const level = containers.push(value);
    if (level > maxDepth) throw refuse(`more than ${maxDepth} levels of nesting`);
    const copy = copyOf(value, level - 1);
    containers.pop();
    keys.pop();
    return copy;
  };

  const copyOf = (value: object, level: number): unknown => {
    if (Array.isArray(value))
      return Array.from(value as readonly unknown[], (element, at) => {
        keys[level] = at;
        return item(element) ?? null;
      });
    const copy: Record<string, unknown> = {};
    for (const [key, element] of Object.entries(value)) {
      keys[level] = key;
      if (key === '__proto__' || !isWellFormed(key)) throw refuse('a value under a key that cannot be sent');
      const ready = item(element);
      if (ready !== undefined) copy[key] = ready;
    }
    return copy;
  };

  return object(message);
}
