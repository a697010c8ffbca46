import type { SerializationError } from '../protocol/errors.js';
import type { WampMessage } from '../protocol/message.js';
import { fieldName } from '../protocol/validate.js';
import { failure } from './failure.js';
import { EXACT, type SerializerLimits } from './options.js';
import { isWellFormed } from './well-formed.js';

type Dict = Record<string, unknown>;

/** What differs from format to format. */
export interface Format {
  /** What takes the place of bytes, in a format that has none; U+0000 in front tells it from other texts. */
  readonly bytesAsText?: (bytes: Uint8Array) => string;
  /** Whether an integer has at most 64 bits. */
  readonly bits64: boolean;
  /** The integers from here on, in either direction, go to the encoder as BigInts. */
  readonly bigintFrom: number;
}

/** The formats whose encoders would write a float for an integer of more than 32 bits that is a number. */
export const BINARY: Format = { bits64: true, bigintFrom: 2 ** 31 };

/** Where the walk is: a container, and the key it is looking at. */
interface Place {
  readonly container: object;
  readonly within: Place | undefined;
  readonly level: number;
  key: string | number;
}

const step = (key: string | number): string =>
  typeof key === 'string' && /^[\w$]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;

// By tag and not by class, which tells those of other realms as well.
const tagOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1);

/** What keeps its content where `Object.keys` does not see it, and would be sent as `{}`. */
const OPAQUE: ReadonlySet<string> = new Set(
  'Map Set WeakMap WeakSet WeakRef Promise RegExp Error Number String Boolean Symbol BigInt'.split(' '),
);

/** The bytes of a buffer or of a view on one, uncopied; undefined for anything else. */
function bytesOf(value: object): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  // The tag says that it is a buffer.
  return ['ArrayBuffer', 'SharedArrayBuffer'].includes(tagOf(value)) ? new Uint8Array(value as ArrayBuffer) : undefined;
}

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
  const refuse = (what: string, place: Place): SerializationError => {
    let path = '';
    let at = place;
    for (; at.within !== undefined; at = at.within) path = step(at.key) + path;
    return failure('encode', `${fieldName(message[0], Number(at.key))}${path} holds ${what}`);
  };

  const enter = (container: object, within: Place | undefined): Place => {
    const level = (within?.level ?? 0) + 1;
    for (let around = within; around !== undefined; around = around.within)
      if (around.container === container) throw refuse('a cycle', within ?? around);
    if (within !== undefined && level > maxDepth) throw refuse(`more than ${maxDepth} levels of nesting`, within);
    return { container, within, level, key: 0 };
  };

  const integer = (value: bigint, place: Place): number | bigint => {
    const wide = value > EXACT || value < -EXACT;
    if (wide && int64 === 'error')
      throw refuse("an integer beyond ±2^53, which the option int64: 'error' forbids", place);
    if (format.bits64 && BigInt.asUintN(64, value) !== value && BigInt.asIntN(64, value) !== value)
      throw refuse('an integer of more than 64 bits', place);
    return value < format.bigintFrom && value > -format.bigintFrom ? Number(value) : value;
  };

  const item = (value: unknown, place: Place): unknown => {
    switch (typeof value) {
      case 'string':
        if (!isWellFormed(value)) throw refuse('a text with half a surrogate pair', place);
        if (format.bytesAsText !== undefined && value.charCodeAt(0) === 0)
          throw refuse('a text that starts with U+0000, which marks bytes in this format', place);
        return value;
      case 'number':
        if (!Number.isFinite(value)) throw refuse(String(value), place);
        if (!Number.isInteger(value) || value > EXACT || value < -EXACT) return value;
        return value < format.bigintFrom && value > -format.bigintFrom ? value : BigInt(value);
      case 'bigint':
        return integer(value, place);
      case 'boolean':
        return value;
      case 'undefined':
        return undefined;
      case 'object':
        return value === null ? null : object(value, place, false);
      default:
        throw refuse(`a ${typeof value}`, place);
    }
  };

  const object = (value: object, place: Place, converted: boolean): unknown => {
    const bytes = bytesOf(value);
    if (bytes !== undefined) return format.bytesAsText?.(bytes) ?? bytes;
    if (converted || !converts(value)) return container(value, place);
    const result = value.toJSON(String(place.key));
    // It is not asked again, so that one that answers with itself comes to an end.
    return typeof result === 'object' && result !== null ? object(result, place, true) : item(result, place);
  };

  const container = (value: object, within: Place | undefined): unknown => {
    if (within !== undefined && OPAQUE.has(tagOf(value))) throw refuse(`an object of type ${tagOf(value)}`, within);
    const place = enter(value, within);
    if (Array.isArray(value)) {
      return Array.from(value as readonly unknown[], (element, at) => {
        place.key = at;
        return item(element, place) ?? null;
      });
    }
    const copy: Dict = {};
    for (const [key, element] of Object.entries(value)) {
      place.key = key;
      if (key === '__proto__' || !isWellFormed(key)) throw refuse('a value under a key that cannot be sent', place);
      const ready = item(element, place);
      if (ready !== undefined) copy[key] = ready;
    }
    return copy;
  };

  return container(message, undefined);
}
