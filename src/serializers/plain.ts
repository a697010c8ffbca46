import { EXACT } from './options.js';
import { isWellFormed } from './well-formed.js';

/**
 * Whether a value needs no second look: nothing in it but numbers that are exact, text, booleans, null, lists and plain
 * objects, no deeper than `levels`. This one cheap walk is all that most messages cost that are sent; what it does not
 * vouch for goes the careful way, which tells good from bad.
 *
 * @param binary whether the format has bytes of its own, so that bytes are plain, and writes text as it is, so that it must be
 * well-formed. Text in JSON is looked at once it is written.
 */
export function isPlain(value: object, levels: number, binary: boolean): boolean {
  if (levels <= 0) return false;
  if (Array.isArray(value)) {
    for (const item of value) if (!isPlainItem(item, levels - 1, binary)) return false;
    return true;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return binary && value instanceof Uint8Array;
  // Inherited keys are looked at too, which can only make it more careful.
  for (const key in value) {
    if (key === '__proto__' || (binary && !isWellFormed(key))) return false;
    // A plain object is a dictionary.
    if (!isPlainItem((value as Record<string, unknown>)[key], levels - 1, binary)) return false;
  }
  return true;
}

function isPlainItem(item: unknown, levels: number, binary: boolean): boolean {
  switch (typeof item) {
    case 'string':
      return !binary || isWellFormed(item);
    case 'number':
      return item < EXACT && item > -EXACT;
    case 'boolean':
      return true;
    case 'object':
      return item === null || isPlain(item, levels, binary);
    default:
      return false;
  }
}
