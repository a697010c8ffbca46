import { failure } from './failure.js';
import { endOfString, QUOTE } from './json-text.js';
import { EXACT } from './options.js';

const MINUS = 45;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isFloatPart = (code: number): boolean =>
  isDigit(code) || code === 46 || code === 43 || code === MINUS || code === 69 || code === 101;

/** An integer of more digits is beyond the largest double, and would only cost time. */
const MAX_DIGITS = 309;

/**
 * Finds the integers beyond ±2^53 in JSON text, which `JSON.parse` would round.
 *
 * @param mark what is to stand in the text in place of the nth of them
 * @returns the text with the marks in it, and the integers
 * @throws {SerializationError} when a number is larger than any double.
 */
export function markIntegers(text: string, mark: (index: number) => string): readonly [string, readonly bigint[]] {
  const integers: bigint[] = [];
  let marked = '';
  let copied = 0;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
    } else if (code === MINUS || isDigit(code)) {
      const start = at++;
      while (isDigit(text.charCodeAt(at))) at++;
      const digits = at - start;
      while (isFloatPart(text.charCodeAt(at))) at++;
      const isInteger = at - start === digits;
      if ((isInteger && digits > MAX_DIGITS) || !Number.isFinite(Number(text.slice(start, at))))
        throw failure('decode', 'a number is larger than any double');
      if (!isInteger || digits < 16) continue;
      const integer = BigInt(text.slice(start, at));
      if (integer <= EXACT && integer >= -EXACT) continue;
      marked += text.slice(copied, start) + mark(integers.length);
      integers.push(integer);
      copied = at;
    } else {
      at++;
    }
  }
  return [marked + text.slice(copied), integers];
}
