import { EXACT } from './options.js';
import { isWellFormed } from './well-formed.js';

/** What is plain depends on the format, and on which way a value goes. */
export interface PlainRules {
  /** The format has bytes of its own, so that bytes are plain and U+0000 marks nothing. */
  readonly binary: boolean;
  /** The value is to be sent, so that its text must be well-formed. */
  readonly outgoing: boolean;
}

/**
 * Whether a value needs no second look: nothing in it but numbers that are exact, text, booleans, null, lists and plain
 * objects, no deeper than `levels`. This one cheap walk is all that most messages cost, in either direction; what it
 * does not vouch for goes the careful way, which tells good from bad.
 */
export function isPlain(value: unknown, levels: number, rules: PlainRules): boolean {
  switch (typeof value) {
    case 'string':
      return (rules.binary || value.charCodeAt(0) !== 0) && (!rules.outgoing || isWellFormed(value));
    case 'number':
      return value < EXACT && value > -EXACT;
    case 'boolean':
      return true;
    case 'object':
      return value === null || isPlainContainer(value, levels, rules);
    default:
      return false;
  }
}

function isPlainContainer(value: object, levels: number, rules: PlainRules): boolean {
  if (levels <= 0) return false;
  if (Array.isArray(value)) {
    for (const item of value) if (!isPlain(item, levels - 1, rules)) return false;
    return true;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return rules.binary && value instanceof Uint8Array;
  // Inherited keys are looked at too, which can only make it more careful.
  for (const key in value) {
    if (key === '__proto__' || (rules.outgoing && !isWellFormed(key))) return false;
    // A plain object is a dictionary.
    if (!isPlain((value as Record<string, unknown>)[key], levels - 1, rules)) return false;
  }
  return true;
}
