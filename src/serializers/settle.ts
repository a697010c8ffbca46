import { failure, tooDeep } from './failure.js';
import { EXACT, type SerializerLimits } from './options.js';

/** An integer of any size as the number it is, or as the policy has it where no number can be exact. */
export function settleInteger(value: bigint, { int64 }: SerializerLimits): number | bigint {
  if (value <= EXACT && value >= -EXACT) return Number(value);
  if (int64 === 'bigint') return value;
  throw failure('decode', "an integer is beyond ±2^53, which the option int64: 'error' forbids");
}

/**
 * The careful walk over what a decoder made, in place: afterwards it holds nothing but numbers, BigInts where they are
 * wanted, text, booleans, null, bytes that belong to nobody else, lists and plain objects.
 *
 * @param marked what a text that starts with U+0000 stands for, in a format where it is not just text
 * @throws {SerializationError} when it holds anything else, is nested too deep or has the key `__proto__`.
 */
export function settle(value: unknown, limits: SerializerLimits, marked?: (text: string) => unknown): unknown {
  const settleItem = (item: unknown, level: number): unknown => {
    switch (typeof item) {
      case 'string':
        return marked !== undefined && item.charCodeAt(0) === 0 ? marked(item) : item;
      case 'bigint':
        return settleInteger(item, limits);
      case 'object':
        return item === null ? null : settleContainer(item, level);
      case 'number':
      case 'boolean':
        return item;
      default:
        throw failure('decode', `a ${typeof item} has no place in a message`);
    }
  };
  const settleContainer = (container: object, level: number): unknown => {
    if (level > limits.maxDepth) throw tooDeep(limits.maxDepth);
    // A decoder may hand out a window on the frame, which would keep all of it alive.
    if (container instanceof Uint8Array) return new Uint8Array(container);
    if (Array.isArray(container)) {
      for (const [at, item] of container.entries()) container[at] = settleItem(item, level + 1);
      return container;
    }
    // Decoders make no other objects.
    const dict = container as Record<string, unknown>;
    for (const [key, item] of Object.entries(dict)) {
      if (key === '__proto__') throw failure('decode', 'a dictionary has the key __proto__');
      dict[key] = settleItem(item, level + 1);
    }
    return dict;
  };
  return settleItem(value, 1);
}
