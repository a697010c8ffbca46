import { EXACT } from './options.js';

/**
 * Whether what a decoder gave needs no second look: no integer that may have been rounded, no text that marks bytes, no
 * key `__proto__`, and no more than `levels` of nesting. It is all that most received messages cost beside the decoder;
 * what it does not vouch for goes the careful way. A decoder makes no instances of classes but bytes, so none are
 * looked for.
 *
 * @param binary whether the format has bytes of its own, so that U+0000 marks nothing
 */
export function isPlainDecoded(value: unknown, levels: number, binary: boolean): boolean {
  if (typeof value === 'number') return value < EXACT && value > -EXACT;
  if (typeof value === 'string') return binary || value.charCodeAt(0) !== 0;
  if (typeof value !== 'object') return typeof value === 'boolean';
  if (value === null) return true;
  if (levels <= 0) return false;
  if (Array.isArray(value)) {
    for (const item of value) if (!isPlainDecoded(item, levels - 1, binary)) return false;
    return true;
  }
  if (binary && value instanceof Uint8Array) return true;
  // Measured: `for … in` costs half of the whole walk, even where there are no keys.
  for (const key of Object.keys(value)) {
    // A decoder's object that is neither list nor bytes is a dictionary.
    if (key === '__proto__' || !isPlainDecoded((value as Record<string, unknown>)[key], levels - 1, binary))
      return false;
  }
  return true;
}
