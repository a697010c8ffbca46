import { tooDeep, tooMany } from './failure.js';
import type { SerializerLimits } from './options.js';

export const QUOTE = 34;
const BACKSLASH = 92;
/** Set in the codes of `{` and `}`, and not in those of `[` and `]`; the rest is the same. */
const CURLY = 32;
const OPEN = 91;
const CLOSE = 93;

/** Just after the quote that ends the string which opens at `start`. */
export function endOfString(text: string, start: number): number {
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
 * Counts what JSON text opens, before memory is spent on it. Text too short to hold more containers than are allowed is
 * passed at once: what is wrong with it is found when it has been parsed.
 *
 * @throws {SerializationError} when longer text is larger or deeper than the limits.
 */
export function checkStructure(text: string, { maxDepth, maxContainers }: SerializerLimits): void {
  // The shortest is `[],`.
  if (text.length <= 3 * maxContainers) return;
  let depth = 0;
  let containers = 0;
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
      continue;
    }
    at++;
    if ((code & ~CURLY) === OPEN) {
      if (++depth > maxDepth) throw tooDeep(maxDepth);
      if (++containers > maxContainers) throw tooMany(maxContainers);
    } else if ((code & ~CURLY) === CLOSE) depth--;
  }
}
