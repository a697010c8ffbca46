import { randomFillSync } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Frame } from '../serializers/serializer.js';
import { TickWriter, type Chunk } from './tick-writer.node.js';

const TEXT = 0x81;
const BINARY = 0x82;
const MASKED = 0x80;
/** Masks drawn at a time. */
const MASK_POOL_BYTES = 1024;

/** A frame that was written unmasked, where it was, and that place as bytes once it is sent to another. */
interface Written {
  readonly frame: Frame;
  readonly chunk: Chunk;
  readonly start: number;
  readonly end: number;
  bytes: Buffer | undefined;
}

/** The one sent last in this tick: a router sends one frame to many. */
let last: Written | undefined;

/** Writes a message as one WebSocket frame, masked when there is a key. RFC 6455, 5.2. */
function write(frame: Frame, out: TickWriter, key?: number): void {
  const text = typeof frame === 'string';
  const length = text ? Buffer.byteLength(frame) : frame.length;
  const header = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const payload = key === undefined ? header : header + 4;
  const chunk = out.room(payload + length);
  const { bytes, end: start } = chunk;
  bytes[start] = text ? TEXT : BINARY;
  if (header === 2) {
    bytes[start + 1] = length;
  } else if (header === 4) {
    bytes[start + 1] = 126;
    bytes.writeUInt16BE(length, start + 2);
  } else {
    bytes[start + 1] = 127;
    bytes.writeBigUInt64BE(BigInt(length), start + 2);
  }
  const end = start + payload + length;
  chunk.end = end;
  if (text) bytes.write(frame, start + payload);
  else bytes.set(frame, start + payload);
  if (key !== undefined) mask(chunk, start, start + payload, key);
  else last = { frame, chunk, start, end, bytes: undefined };
}

/** Four octets at a time: byte by byte takes six times as long. RFC 6455, 5.3. */
function mask({ view, end }: Chunk, frame: number, payload: number, key: number): void {
  view.setUint8(frame + 1, view.getUint8(frame + 1) | MASKED);
  view.setInt32(payload - 4, key);
  let at = payload;
  for (; at + 4 <= end; at += 4) view.setInt32(at, view.getInt32(at) ^ key);
  for (let shift = 24; at < end; at++, shift -= 8) view.setUint8(at, view.getUint8(at) ^ (key >>> shift));
}

/** Forgets what was sent last: it was of the tick before. */
const forget = (): void => {
  last = undefined;
};

/**
 * Writes data frames to the stream below a WebSocket of `ws`, those of one tick in one write: most of what a small message
 * costs is the system call. It may do so beside `ws` because frames are whole and, without compression, `ws` holds none
 * back. Frames are copied when they are handed over.
 */
export class FrameWriter {
  readonly #out: TickWriter;
  readonly #masks: Buffer | undefined;
  #nextMask = MASK_POOL_BYTES;

  /** @param masked whether this end is the client: its frames are masked. @param isOpen whether data may still be sent. */
  constructor(stream: Duplex, masked: boolean, isOpen: () => boolean) {
    this.#out = new TickWriter(stream, isOpen, forget);
    this.#masks = masked ? Buffer.alloc(MASK_POOL_BYTES) : undefined;
  }

  /** Bytes handed over that the operating system has not taken. */
  get bufferedBytes(): number {
    return this.#out.bufferedBytes;
  }

  write(frame: Frame): void {
    if (this.#masks !== undefined) write(frame, this.#out, this.#nextKey(this.#masks));
    else if (last?.frame === frame) this.#out.hold((last.bytes ??= last.chunk.part(last.start, last.end)));
    else write(frame, this.#out);
  }

  /** Hands over what this tick has held back so far. */
  flush(): void {
    this.#out.flush();
  }

  #nextKey(masks: Buffer): number {
    if (this.#nextMask === MASK_POOL_BYTES) {
      randomFillSync(masks);
      this.#nextMask = 0;
    }
    this.#nextMask += 4;
    return masks.readInt32BE(this.#nextMask - 4);
  }
}
