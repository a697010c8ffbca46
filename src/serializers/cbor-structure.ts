import { isId } from '../protocol/id.js';
import type { Id } from '../protocol/message.js';
import { readSize } from './big-endian.js';
import { failure, tooDeep, tooMany } from './failure.js';
import type { SerializerLimits } from './options.js';
import { checkText } from './utf8.js';

const [BYTES, TEXT, LIST, MAP, TAG] = [2, 3, 4, 5, 6];
const BREAK = 0xff;
/** The tag of bytes that are a `Uint8Array` (RFC 8746): cbor-x and Autobahn|JS write it. */
export const TYPED_ARRAY = 64;

/** What a container of indefinite length still lacks, in the place of a number. */
const ANY_ITEM = -1;
const ANY_KEY = -2;
const THE_VALUE = -3;

/** What a container lacks after one more item. */
function lessOne(missing: number): number {
  if (missing > 0) return missing - 1;
  return missing === ANY_KEY ? THE_VALUE : missing === THE_VALUE ? ANY_KEY : ANY_ITEM;
}

/**
 * Checks how a CBOR frame is built before it is decoded: the decoder recurses for every level, and takes a break in the
 * place of a value for one.
 *
 * @param isDoubtful whether every text is to be looked at, however long.
 * @returns whether there are texts that were too long to be looked at.
 * @throws {SerializationError} when it is cut short, goes on after its end, is larger than the limits, or holds text that is no UTF-8, a tag other
 * than that of a `Uint8Array`, or text or bytes in chunks.
 */
export function checkStructure(
  bytes: Uint8Array,
  { maxDepth, maxContainers }: SerializerLimits,
  isDoubtful = false,
): boolean {
  const { length } = bytes;
  /** Items still to come: in this container, and in those around it, the outermost first. */
  let missing = 1;
  const around: number[] = [];
  let containers = 0;
  let longTexts = false;
  let at = 0;
  while (missing !== 0) {
    if (at >= length) throw failure('decode', 'the frame ends in the middle of the message');
    const head = bytes[at++] ?? 0;
    if (head === BREAK) {
      if (missing !== ANY_ITEM && missing !== ANY_KEY) throw failure('decode', 'a break where nothing can end');
      missing = 0;
    } else {
      const before = missing;
      missing = lessOne(missing);
      const major = head >> 5;
      const minor = head & 31;
      const isContainer = major === LIST || major === MAP;
      let size = minor;
      if (minor >= 24 && minor <= 27) {
        const width = 1 << (minor - 24);
        if (major >= BYTES && major <= MAP) size = readSize(bytes, at, width);
        at += width;
      } else if (minor > 27 && !(minor === 31 && isContainer)) {
        throw failure('decode', `a head that is not used in a message: ${head}`);
      }
      if (major === TAG) {
        if (head !== 0xd8 || bytes[at - 1] !== TYPED_ARRAY || (bytes[at] ?? 0) >> 5 !== BYTES)
          throw failure('decode', 'a tag has no place in a message');
        missing = before;
      }
      if (major === TEXT) longTexts = checkText(bytes, at, size, isDoubtful) || longTexts;
      if (major === BYTES || major === TEXT) at += size;
      if ((isContainer || major === BYTES) && ++containers > maxContainers) throw tooMany(maxContainers);
      if (isContainer) {
        if (around.length >= maxDepth) throw tooDeep(maxDepth);
        around.push(missing);
        if (minor === 31) missing = major === MAP ? ANY_KEY : ANY_ITEM;
        else missing = major === MAP ? size * 2 : size;
      }
    }
    while (missing === 0 && around.length > 0) missing = around.pop() ?? 0;
  }
  if (at > length) throw failure('decode', 'the frame ends in the middle of the message');
  if (at < length) throw failure('decode', 'the frame goes on after the message');
  return longTexts;
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
