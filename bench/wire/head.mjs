/**
 * The type code and the id at the beginning of a message, read without a decoder, and answers that repeat the id as it was
 * written.
 *
 * @typedef {import('./codecs.mjs').Codec} Codec
 * @typedef {object} Head
 * @property {number} code
 * @property {Buffer} id the request's id (or whatever comes second), as it stands in the message
 */

/**
 * @param {Codec} codec
 * @param {Buffer} bytes
 * @returns {Head}
 */
export function readHead({ name }, bytes) {
  if (name === 'json') return readText(bytes);
  const [code, at] = name === 'msgpack' ? [bytes[1] ?? 0, 2] : readCborCode(bytes);
  const length = name === 'msgpack' ? msgpackLength(bytes[at] ?? 0) : cborLength(bytes[at] ?? 0);
  return { code, id: bytes.subarray(at, at + length) };
}

const COMMA = 0x2c;
const END = 0x5d;
const ZERO = 0x30;

/** @param {Buffer} bytes @returns {Head} */
function readText(bytes) {
  let at = 1;
  let code = 0;
  for (; bytes[at] !== COMMA; at++) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) throw new Error(`not a message: ${bytes.toString()}`);
    code = code * 10 + digit;
  }
  const start = ++at;
  while (at < bytes.length && bytes[at] !== COMMA && bytes[at] !== END) at++;
  return { code, id: bytes.subarray(start, at) };
}

/** @param {Buffer} bytes @returns {[code: number, at: number]} */
const readCborCode = (bytes) => (bytes[1] === 0x18 ? [bytes[2] ?? 0, 3] : [bytes[1] ?? 0, 2]);

/** @param {number} first */
function msgpackLength(first) {
  if (first < 0x80) return 1;
  const length = { 0xca: 5, 0xcb: 9, 0xcc: 2, 0xcd: 3, 0xce: 5, 0xcf: 9, 0xd2: 5, 0xd3: 9 }[first];
  return length ?? 1;
}

/** @param {number} first */
function cborLength(first) {
  const size = first & 0x1f;
  return size < 24 ? 1 : 1 + 2 ** (size - 24);
}

/**
 * A message whose id, the second element, is filled in later.
 *
 * @param {Codec} codec
 * @param {[code: number, ...rest: unknown[]]} message without the id
 * @returns {(id: Buffer) => Buffer}
 */
export function template(codec, [code, ...rest]) {
  const whole = codec.encode([code, 0, ...rest]);
  const { id } = readHead(codec, whole);
  const start = id.byteOffset - whole.byteOffset;
  const prefix = whole.subarray(0, start);
  const suffix = whole.subarray(start + 1);
  return (number) => Buffer.concat([prefix, number, suffix]);
}
