import { randomFillSync } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Frame } from '../serializers/serializer.js';
import { TickWriter } from './tick-writer.node.js';

const TEXT = 0x81;
const BINARY = 0x82;
const MASKED = 0x80;
/** Masks drawn at a time. */
const MASK_POOL_BYTES = 1024;

/** The unmasked bytes of the frame sent last in this tick: a router sends one frame to many. Frames are not written to once they are sent. */
let last: { readonly frame: Frame; readonly bytes: Buffer } | undefined;

/** A message as one WebSocket frame, masked when there is a key. RFC 6455, 5.2. */
function encode(frame: Frame, key?: number): Buffer {
  const text = typeof frame === 'string';
  const length = text ? Buffer.byteLength(frame) : frame.length;
  const header = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const start = key === undefined ? header : header + 4;
  const bytes = Buffer.allocUnsafe(start + length);
  bytes[0] = text ? TEXT : BINARY;
  if (header === 2) {
    bytes[1] = length;
  } else if (header === 4) {
    bytes[1] = 126;
    bytes.writeUInt16BE(length, 2);
  } else {
    bytes[1] = 127;
    bytes.writeBigUInt64BE(BigInt(length), 2);
  }
  if (text) bytes.write(frame, start);
  else bytes.set(frame, start);
  if (key !== undefined) mask(bytes, start, key);
  return bytes;
}

/** Four octets at a time: byte by byte takes six times as long. RFC 6455, 5.3. */
function mask(bytes: Buffer, start: number, key: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setUint8(1, view.getUint8(1) | MASKED);
  view.setInt32(start - 4, key);
  let at = start;
  for (; at + 4 <= bytes.length; at += 4) view.setInt32(at, view.getInt32(at) ^ key);
  for (let shift = 24; at < bytes.length; at++, shift -= 8) view.setUint8(at, view.getUint8(at) ^ (key >>> shift));
}

function shared(frame: Frame): Buffer {
  if (last?.frame !== frame) last = { frame, bytes: encode(frame) };
  return last.bytes;
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
    this.#out.hold(this.#masks === undefined ? shared(frame) : encode(frame, this.#nextKey(this.#masks)));
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
