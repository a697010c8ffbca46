const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PAD = 61; // '='

const CODES = Uint8Array.from(ALPHABET, (digit) => digit.charCodeAt(0));

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

/** The bytes of standard Base64 with padding; undefined when it is anything else. */
export function fromBase64(text: string): Uint8Array | undefined {
  // What `atob` would let pass.
  if (text.length % 4 !== 0 || /\s/.test(text)) return undefined;
  try {
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
    return bytes;
  } catch {
    return undefined;
  }
}
