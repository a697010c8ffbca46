import { failure, tooMany } from './failure.js';
import { EXACT } from './options.js';

const QUOTE = 34;
const MINUS = 45;
const BACKSLASH = 92;
/** Set in the code of `{`, and not in that of `[`; the rest is the same. */
const CURLY = 32;
const OPEN = 91;

/** An integer of more digits is beyond the largest double, and would only cost time. */
const MAX_DIGITS = 309;

/** A number from where it begins. */
const NUMBER = /-?(\d+)([-+.\deE]*)/y;

/** Just after the quote that ends the string which opens at `start`. */
function endOfString(text: string, start: number): number {
  for (let from = start + 1; ;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return text.length;
    let escapes = 0;
    while (text.charCodeAt(quote - 1 - escapes) === BACKSLASH) escapes++;
    from = quote + 1;
    if (escapes % 2 === 0) return from;
  }
}

/**
 * Looks for what `JSON.parse` does not tell: how much a text holds, before memory is spent on it, and the integers beyond
 * ±2^53, which it would round.
 *
 * @param mark what is to stand in the text in place of the nth of them
 * @returns the text with the marks in it, and the integers
 * @throws {SerializationError} when it holds more lists and dictionaries than are allowed, or a number that is larger
 * than any double.
 */
export function scan(
  text: string,
  maxContainers: number,
  mark: (index: number) => string,
): readonly [string, readonly bigint[]] {
  const integers: bigint[] = [];
  let marked = '';
  let copied = 0;
  let containers = 0;
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
      continue;
    }
    NUMBER.lastIndex = at;
    const [number = '', digits = '', fraction = ''] =
      code === MINUS || (code >= 48 && code <= 57) ? (NUMBER.exec(text) ?? []) : [];
    if (number !== '') {
      if ((fraction === '' && digits.length > MAX_DIGITS) || !Number.isFinite(Number(number)))
        throw failure('decode', 'a number is larger than any double');
      if (fraction === '' && digits.length >= 16) {
        const integer = BigInt(number);
        if (integer > EXACT || integer < -EXACT) {
          marked += text.slice(copied, at) + mark(integers.length);
          integers.push(integer);
          copied = at + number.length;
        }
      }
    } else if ((code & ~CURLY) === OPEN && ++containers > maxContainers) throw tooMany(maxContainers);
    at += number.length || 1;
  }
  return [marked + text.slice(copied), integers];
}
