import { isId } from '../protocol/id.js';
import type { Id } from '../protocol/message.js';
import { readSize } from './big-endian.js';
import { failure, tooDeep, tooMany } from './failure.js';
import type { SerializerLimits } from './options.js';
import { isNarrow, structureOf, type Structure } from './structure.js';
import { checkText } from './utf8.js';

/** No such type in WAMP: an extension, or a head that MessagePack never uses. */
const NONE = 255;
/** With type 0 and a zero it is how msgpackr, and wampy with it, writes `undefined`. */
const FIXEXT_1 = 0xd4;
/** How many bytes follow each head from 0xc0 to 0xdf: a value, or the size of what comes next. */
const WIDTHS = Uint8Array.of(
  ...[0, NONE, 0, 0], // nil, never used, false, true
  ...[1, 2, 4], // bin
  ...[NONE, NONE, NONE], // ext
  ...[4, 8], // float
  ...[1, 2, 4, 8, 1, 2, 4, 8], // uint, int
  ...[NONE, NONE, NONE, NONE, NONE], // fixext
  ...[1, 2, 4, 2, 4, 2, 4], // str, array, map
);

/** Whether a signed integer of 64 bits is nearer to 0 than ±2^53. */
const isNarrowSigned = (bytes: Uint8Array, at: number): boolean =>
  isNarrow(bytes, at) || (bytes[at] === 0xff && (bytes[at + 1] ?? 0) >= 0xe0);

/**
 * Checks how a MessagePack frame is built before anything is allocated for it: the decoder makes room for as many
 * elements as a header claims, on every level.
 *
 * @param isDoubtful whether every text is to be looked at, however long.
 * @throws {SerializationError} when it is cut short, holds text that is no UTF-8, goes on after its end, is larger than the limits or holds an
 * extension other than msgpackr's `undefined`.
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
  while (missing > 0) {
    const head = bytes[at++] ?? NONE;
    if (at > length) throw failure('decode', 'the frame ends in the middle of the message');
    missing--;
    let items = -1;
    if (head >= 0x80 && head <= 0xbf) {
      if (head < 0x90) items = 2 * (head & 15);
      else if (head < 0xa0) items = head & 15;
      else {
        longTexts = checkText(bytes, at, head & 31, isDoubtful) || longTexts;
        at += head & 31;
      }
    } else if (head >= 0xc0 && head <= 0xdf) {
      const isUndefined = head === FIXEXT_1 && bytes[at] === 0 && bytes[at + 1] === 0;
      const width = isUndefined ? 2 : (WIDTHS[head - 0xc0] ?? NONE);
      if (width === NONE) throw failure('decode', 'an extension type has no place in a message');
      if (head === 0xcf) plain &&= isNarrow(bytes, at);
      else if (head === 0xd3) plain &&= isNarrowSigned(bytes, at);
      else if (head >= 0xde) items = 2 * readSize(bytes, at, width);
      else if (head >= 0xdc) items = readSize(bytes, at, width);
      else if (head >= 0xd9) {
        const size = readSize(bytes, at, width);
        longTexts = checkText(bytes, at + width, size, isDoubtful) || longTexts;
        at += size;
      } else if (head >= 0xc4 && head <= 0xc6) {
        plain = false;
        if (++containers > maxContainers) throw tooMany(maxContainers);
        at += readSize(bytes, at, width);
      }
      at += width;
    }
    if (items >= 0) {
      if (around.length >= maxDepth) throw tooDeep(maxDepth);
      if (++containers > maxContainers) throw tooMany(maxContainers);
      around.push(missing);
      missing = items;
    }
    while (missing === 0 && around.length > 0) missing = around.pop() ?? 0;
  }
  if (at > length) throw failure('decode', 'the frame ends in the middle of the message');
  if (at < length) throw failure('decode', 'the frame goes on after the message');
  return structureOf(plain, longTexts);
}

/** The subscription of an EVENT in a frame that is written as short as it can be; else undefined. */
export function subscriptionOf(bytes: Uint8Array): Id | undefined {
  const list = bytes[0] ?? 0;
  const head = bytes[2] ?? NONE;
  // A list of 4 to 6 items, the first of them 36.
  if (list < 0x94 || list > 0x96 || bytes[1] !== 36) return undefined;
  const isWide = head >= 0xcc && head <= 0xcf;
  const id = head < 0x80 ? head : isWide ? readSize(bytes, 3, 1 << (head - 0xcc)) : 0;
  return isId(id) ? id : undefined;
}
