import { failure, tooDeep } from './failure.js';
import { EXACT, type SerializerLimits } from './options.js';

/** What a format makes of values that may not be what they seem: text that starts with U+0000, and numbers and integers beyond ±2^53. */
export type Special = (value: string | number | bigint) => unknown;

/** An integer of any size as the number it is, or as the policy has it where no number can be exact. */
export function settleInteger(value: bigint, { int64 }: SerializerLimits): number | bigint {
  if (value <= EXACT && value >= -EXACT) return Number(value);
  if (int64 === 'bigint') return value;
  throw failure('decode', "an integer is beyond ±2^53, which the option int64: 'error' forbids");
}

/** For formats with integers and bytes of their own: only a BigInt is special. */
export const settleIntegers =
  (limits: SerializerLimits): Special =>
  (value) =>
    typeof value === 'bigint' ? settleInteger(value, limits) : value;

/**
 * The walk over what a decoder made, in place: afterwards it holds nothing but numbers, BigInts where they are wanted,
 * text, booleans, null, bytes that belong to nobody else, lists and plain objects. It is all that most received messages
 * cost beside the decoder, so it makes and changes nothing that it need not.
 *
 * @param level of the value: the message itself is the first
 * @throws {SerializationError} when it holds anything else, is nested too deep or has the key `__proto__`.
 */
export function settle(value: unknown, limits: SerializerLimits, special: Special, level = 1): unknown {
  switch (typeof value) {
    case 'object':
      return value === null ? null : settleContainer(value, limits, special, level);
    case 'string':
    case 'number':
    case 'bigint':
      return isOrdinary(value) ? value : special(value);
    case 'boolean':
      return value;
    default:
      throw failure('decode', `a ${typeof value} has no place in a message`);
  }
}

/** Text and numbers that are what they seem, and booleans, as most items are. */
const isOrdinary = (value: unknown): boolean =>
  typeof value === 'string'
    ? value.charCodeAt(0) !== 0
    : typeof value === 'number'
      ? value < EXACT && value > -EXACT
      : typeof value === 'boolean';

function settleContainer(container: object, limits: SerializerLimits, special: Special, level: number): unknown {
  if (level > limits.maxDepth) throw tooDeep(limits.maxDepth);
  if (Array.isArray(container)) {
    const list: unknown[] = container;
    for (let at = 0; at < list.length; at++) {
      const item = list[at];
      if (isOrdinary(item)) continue;
      const settled = settle(item, limits, special, level + 1);
      if (settled !== item) list[at] = settled;
    }
    return list;
  }
  // A decoder may hand out a window on the frame, which would keep all of it alive.
  if (container instanceof Uint8Array)
    return container.length === container.buffer.byteLength ? container : new Uint8Array(container);
  // Decoders make no other objects.
  const dict = container as Record<string, unknown>;
  for (const key in dict) {
    if (key === '__proto__') throw failure('decode', 'a dictionary has the key __proto__');
    const item = dict[key];
    if (isOrdinary(item)) continue;
    const settled = settle(item, limits, special, level + 1);
    if (settled !== item) dict[key] = settled;
  }
  return dict;
}
