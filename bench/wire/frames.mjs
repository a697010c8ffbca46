/**
 * WebSocket frames (RFC 6455, 5.2) as the peers of this benchmark need them: prepared ahead, sent by the thousand in one
 * write, and read without decoding what is not looked at. So the peer is never what is measured.
 */

const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
const FIN = 0x80;
const MASKED = 0x80;

/** How much of a frame is handed out when not all of it is wanted: room for a type code and an id. */
const HEAD_BYTES = 32;

/**
 * @param {Buffer} payload
 * @param {boolean} binary
 * @param {{ masked?: boolean }} [options] masked: as a client sends it, with a key of zero, which leaves the bytes as they are
 */
export function frame(payload, binary, { masked = false } = {}) {
  return build(payload, binary ? BINARY : TEXT, masked);
}

/** @param {Buffer} payload @param {number} opcode @param {boolean} masked */
function build(payload, opcode, masked) {
  const { length } = payload;
  const sizeBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const start = 2 + sizeBytes + (masked ? 4 : 0);
  const bytes = Buffer.alloc(start + length);
  bytes[0] = FIN | opcode;
  bytes[1] = (masked ? MASKED : 0) | (sizeBytes === 0 ? length : sizeBytes === 2 ? 126 : 127);
  if (sizeBytes === 2) bytes.writeUInt16BE(length, 2);
  if (sizeBytes === 8) bytes.writeBigUInt64BE(BigInt(length), 2);
  payload.copy(bytes, start);
  return bytes;
}

/**
 * @typedef {object} FrameHandler
 * @property {(head: Buffer) => boolean} isWanted whether all of the frame is, seen the first bytes of its payload
 * @property {(payload: Buffer) => void} onFrame the frame has come: its payload, or the first bytes of it if no more was wanted
 * @property {(reply: Buffer, isLast: boolean) => void} onControl a control frame wants this answer; isLast: after which the connection ends
 */

const EMPTY = Buffer.alloc(0);

/** Reads frames from whatever pieces TCP delivers. Fragmented messages are not expected, and refused. */
export class FrameReader {
  /** @type {Buffer} */
  #rest = EMPTY;
  /** Bytes of the present frame that nobody wants. */
  #skip = 0;
  #isSkipping = false;
  /** @type {Buffer} */
  #head = EMPTY;
  /** @type {FrameHandler} */
  #handler;

  /** @param {FrameHandler} handler */
  constructor(handler) {
    this.#handler = handler;
  }

  /** @param {Buffer} piece */
  push(piece) {
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    let at = 0;
    for (;;) {
      if (this.#isSkipping) {
        const skipped = Math.min(this.#skip, bytes.length - at);
        at += skipped;
        this.#skip -= skipped;
        if (this.#skip > 0) break;
        this.#isSkipping = false;
        this.#handler.onFrame(this.#head);
        continue;
      }
      const used = this.#frame(bytes, at);
      if (used === 0) break;
      at += used;
    }
    this.#rest = at === bytes.length ? EMPTY : bytes.subarray(at);
  }

  /**
   * @param {Buffer} bytes
   * @param {number} at
   * @returns how many bytes were used; 0 when there are too few
   */
  #frame(bytes, at) {
    const available = bytes.length - at;
    if (available < 2) return 0;
    const first = bytes[at] ?? 0;
    const second = bytes[at + 1] ?? 0;
    const masked = (second & MASKED) !== 0;
    const size = second & 0x7f;
    const header = 2 + (size < 126 ? 0 : size === 126 ? 2 : 8) + (masked ? 4 : 0);
    if (available < header) return 0;
    const length =
      size < 126 ? size : size === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    const start = at + header;
    const key = masked ? start - 4 : -1;
    const opcode = first & 0x0f;
    if (opcode >= CLOSE) {
      if (available < header + length) return 0;
      const payload = unmasked(bytes, start, length, key);
      if (opcode === CLOSE || opcode === PING)
        this.#handler.onControl(build(payload, opcode === PING ? PONG : CLOSE, !masked), opcode === CLOSE);
      return header + length;
    }
    if ((first & FIN) === 0 || opcode === 0) throw new Error('fragmented messages are not expected here');
    const headLength = Math.min(length, HEAD_BYTES);
    if (available < header + headLength) return 0;
    const head = unmasked(bytes, start, headLength, key);
    if (this.#handler.isWanted(head)) {
      if (available < header + length) return 0;
      this.#handler.onFrame(unmasked(bytes, start, length, key));
      return header + length;
    }
    this.#head = head;
    this.#skip = length;
    this.#isSkipping = true;
    return header;
  }
}

/**
 * @param {Buffer} bytes
 * @param {number} start
 * @param {number} length
 * @param {number} key where the masking key is; -1 when there is none
 */
function unmasked(bytes, start, length, key) {
  if (key === -1) return bytes.subarray(start, start + length);
  const payload = Buffer.allocUnsafe(length);
  for (let i = 0; i < length; i++) payload[i] = (bytes[start + i] ?? 0) ^ (bytes[key + (i & 3)] ?? 0);
  return payload;
}
