import { EXACT } from './options.js';
import { isWellFormed } from './well-formed.js';

/**
 * Whether a value needs no second look: nothing in it but numbers that are exact, text, booleans, null, lists and plain
 * objects, no deeper than `levels`. This one cheap walk is all that most messages cost that are sent; what it does not
 * vouch for goes the careful way, which tells good from bad.
 *
 * @param binary whether the format has bytes of its own, so that bytes are plain and U+0000 marks nothing
 */
export function isPlain(value: unknown, levels: number, binary: boolean): boolean {
  switch (typeof value) {
    case 'string':
      return (binary || value.charCodeAt(0) !== 0) && isWellFormed(value);
    case 'number':
      return value < EXACT && value > -EXACT;
    case 'boolean':
      return true;
    case 'object':
      return value === null || isPlainContainer(value, levels, binary);
    default:
      return false;
  }
}

function isPlainContainer(value: object, levels: number, binary: boolean): boolean {
  if (levels <= 0) return false;
  if (Array.isArray(value)) {
    for (const item of value) if (!isPlain(item, levels - 1, binary)) return false;
    return true;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return binary && value instanceof Uint8Array;
  // Inherited keys are looked at too, which can only make it more careful.
  for (const key in value) {
    if (key === '__proto__' || !isWellFormed(key)) return false;
    // A plain object is a dictionary.
    if (!isPlain((value as Record<string, unknown>)[key], levels - 1, binary)) return false;
  }
  return true;
}
