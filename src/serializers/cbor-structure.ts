import { isId } from '../protocol/id.js';
import type { Id } from '../protocol/message.js';
import { readSize } from './big-endian.js';
import { failure, tooDeep, tooMany } from './failure.js';
import type { SerializerLimits } from './options.js';
import { isNarrow, structureOf, type Structure } from './structure.js';
import { checkText } from './utf8.js';

const [NEGATIVE, BYTES, TEXT, LIST, MAP, TAG] = [1, 2, 3, 4, 5, 6];
/** The simple values that WAMP has: false, true and null. */
const [FALSE, NULL] = [0xf4, 0xf6];
/** Floats of 16 to 64 bits. */
const [FLOAT_16, FLOAT_64] = [0xf9, 0xfb];
const PROTO_BYTES = '__proto__'.length;
const UNDERSCORE = 0x5f;
const BREAK = 0xff;
/** The tag of bytes that are a `Uint8Array` (RFC 8746): cbor-x and Autobahn|JS write it. */
export const TYPED_ARRAY = 64;

/** What a container of indefinite length still lacks, in the place of a number. */
const ANY_ITEM = -1;
const ANY_KEY = -2;
const THE_VALUE = -3;

/** What a container of indefinite length lacks after one more item. */
function lessOne(missing: number): number {
  return missing === ANY_KEY ? THE_VALUE : missing === THE_VALUE ? ANY_KEY : ANY_ITEM;
}

/**
 * Checks how a CBOR frame is built before it is decoded: the decoder recurses for every level, and takes a break in the
 * place of a value for one.
 *
 * @param isDoubtful whether every text is to be looked at, however long.
 * @throws {SerializationError} when it is cut short, goes on after its end, is larger than the limits, or holds text that is no UTF-8, a tag other
 * than that of a `Uint8Array`, or text or bytes in chunks.
 */
export function checkStructure(
  bytes: Uint8Array,
  { maxDepth, maxContainers }: SerializerLimits,
  isDoubtful = false,
): Structure {
  const { length } = bytes;
  /** Items still to come: in this container, and in those around it, the outermost first. */
  let missing = 1;
  const around: number[] = [];
  let plain = true;
  let longTexts = false;
  let containers = 0;
  let at = 0;
  for (;;) {
    while (missing !== 0) {
      if (at >= length) throw failure('decode', 'the frame ends in the middle of the message');
      const head = bytes[at++] ?? 0;
      if (head === BREAK) {
        if (missing !== ANY_ITEM && missing !== ANY_KEY) throw failure('decode', 'a break where nothing can end');
        missing = 0;
        continue;
      }
      const before = missing;
      missing = missing > 0 ? missing - 1 : lessOne(missing);
      // An integer in one byte.
      if (head < 0x18) continue;
      const major = head >> 5;
      const minor = head & 31;
      const isContainer = major === LIST || major === MAP;
      let size = minor;
      if (minor >= 24 && minor <= 27) {
        const width = 1 << (minor - 24);
        if (major >= BYTES && major <= MAP) size = readSize(bytes, at, width);
        // Of −2^53 the decoder makes a BigInt.
        else if (minor === 27 && major <= NEGATIVE) plain &&= major !== NEGATIVE && isNarrow(bytes, at);
        at += width;
      } else if (minor > 27 && !(minor === 31 && isContainer)) {
        throw failure('decode', `a head that is not used in a message: ${head}`);
      }
      if (isContainer) {
        if (++containers > maxContainers) throw tooMany(maxContainers);
        if (around.length >= maxDepth) throw tooDeep(maxDepth);
        around.push(missing);
        if (minor === 31) missing = major === MAP ? ANY_KEY : ANY_ITEM;
        else missing = major === MAP ? size * 2 : size;
      } else if (major === TEXT) {
        longTexts = checkText(bytes, at, size, isDoubtful) || longTexts;
        // Perhaps the key __proto__.
        if (size === PROTO_BYTES && bytes[at] === UNDERSCORE) plain = false;
        at += size;
      } else if (major === BYTES) {
        if (++containers > maxContainers) throw tooMany(maxContainers);
        plain = false;
        at += size;
      } else if (major === TAG) {
        if (head !== 0xd8 || bytes[at - 1] !== TYPED_ARRAY || (bytes[at] ?? 0) >> 5 !== BYTES)
          throw failure('decode', 'a tag has no place in a message');
        missing = before;
      } else if (major > TAG && !(head >= FALSE && head <= NULL) && !(head >= FLOAT_16 && head <= FLOAT_64)) {
        plain = false;
      }
    }
    if (around.length === 0) break;
    missing = around.pop() ?? 0;
  }
  if (at > length) throw failure('decode', 'the frame ends in the middle of the message');
  if (at < length) throw failure('decode', 'the frame goes on after the message');
  return structureOf(plain, longTexts);
}

/** The subscription of an EVENT in a frame that is written as short as it can be; else undefined. */
export function subscriptionOf(bytes: Uint8Array): Id | undefined {
  const list = bytes[0] ?? 0;
  const head = bytes[3] ?? BREAK;
  // A list of 4 to 6 items, the first of them 36.
  if (list < 0x84 || list > 0x86 || bytes[1] !== 0x18 || bytes[2] !== 36) return undefined;
  const id = head < 0x18 ? head : head <= 0x1b ? readSize(bytes, 4, 1 << (head - 0x18)) : 0;
  return isId(id) ? id : undefined;
}
