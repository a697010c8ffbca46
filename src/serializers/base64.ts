const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PAD = 61; // '='
const NONE = 64;

const CODES = Uint8Array.from(ALPHABET, (digit) => digit.charCodeAt(0));
const DIGITS = new Uint8Array(256).fill(NONE);
CODES.forEach((code, digit) => (DIGITS[code] = digit));

const ascii = new TextDecoder();

/** Bytes as standard Base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  const { length } = bytes;
  const codes = new Uint8Array(Math.ceil(length / 3) * 4).fill(PAD);
  let to = 0;
  for (let at = 0; at < length; at += 3) {
    const left = length - at;
    const triple = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    codes[to] = CODES[triple >> 18] ?? 0;
    codes[to + 1] = CODES[(triple >> 12) & 63] ?? 0;
    if (left > 1) codes[to + 2] = CODES[(triple >> 6) & 63] ?? 0;
    if (left > 2) codes[to + 3] = CODES[triple & 63] ?? 0;
    to += 4;
  }
  return ascii.decode(codes);
}

/** The bytes of standard Base64 with padding, read from `from` on; undefined when it is anything else. */
export function fromBase64(text: string, from = 0): Uint8Array | undefined {
  const size = text.length - from;
  if (size % 4 !== 0) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array(size > 0 ? (size / 4) * 3 - padding : 0);
  const digit = (at: number): number => DIGITS[text.charCodeAt(at)] ?? NONE;
  const whole = text.length - (padding > 0 ? 4 : 0);
  let to = 0;
  for (let at = from; at < text.length; at += 4) {
    const a = digit(at);
    const b = digit(at + 1);
    const c = at < whole || padding < 2 ? digit(at + 2) : 0;
    const d = at < whole ? digit(at + 3) : 0;
    if ((a | b | c | d) >= NONE) return undefined;
    const triple = (a << 18) | (b << 12) | (c << 6) | d;
    // Out-of-range writes, which padding leaves in the last group, are ignored by a typed array.
    bytes[to] = triple >> 16;
    bytes[to + 1] = triple >> 8;
    bytes[to + 2] = triple;
    to += 3;
  }
  return bytes;
}
