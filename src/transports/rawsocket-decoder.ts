import { OverflowError, ProtocolViolationError, type RxWampError } from '../protocol/errors.js';

/** What a frame is. The numbers are those on the wire. */
export const FrameKind = { MESSAGE: 0, PING: 1, PONG: 2 } as const;
/** One of {@link FrameKind}. */
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

/** Octets in front of every frame. */
export const PREFIX_OCTETS = 4;
/** What can be written in the 24 bits that every implementation reads. */
export const GREATEST_FRAME = 2 ** 24 - 1;

/** A buffer for a payload in pieces starts with this much: memory follows what came, not what was announced. */
const FIRST_OCTETS = 4096;
const NOTHING = new Uint8Array(0);

const violation = (what: string): ProtocolViolationError => new ProtocolViolationError(what, { attempted: 'receive' });

/**
 * Takes a stream of octets apart into RawSocket frames, however it is cut. Memory and time grow with what has come, not
 * with what was announced.
 *
 * @see WAMP spec, RawSocket Transport / Framing
 */
export class FrameDecoder {
  readonly #limit: number;
  readonly #deliver: (kind: FrameKind, payload: Uint8Array) => void;
  #prefix = 0;
  #prefixOctets = 0;
  #kind: FrameKind = FrameKind.MESSAGE;
  #length = 0;
  /** Of a payload in pieces; empty while it has none. */
  #buffer = NOTHING;
  #filled = 0;
  #failed: RxWampError | undefined;

  /**
   * @param limit largest payload accepted, in octets.
   * @param deliver is handed each frame. A payload that came in one piece is a view of that piece.
   */
  constructor(limit: number, deliver: (kind: FrameKind, payload: Uint8Array) => void) {
    this.#limit = limit;
    this.#deliver = deliver;
  }

  /** Whether a frame has begun and not ended. */
  get isInFrame(): boolean {
    return this.#prefixOctets > 0;
  }

  /**
   * Takes the next octets, and delivers the frames that end in them.
   *
   * @throws {OverflowError} when a frame is announced that is larger than the limit.
   * @throws {ProtocolViolationError} when reserved bits are set, or a message has no octets. Nothing is delivered after
   * either, and every further call throws the same.
   */
  push(octets: Uint8Array): void {
    if (this.#failed !== undefined) throw this.#failed;
    let at = 0;
    while (at < octets.length)
      at = this.#prefixOctets < PREFIX_OCTETS ? this.#readPrefix(octets, at) : this.#readPayload(octets, at);
  }

  #readPrefix(octets: Uint8Array, start: number): number {
    let at = start;
    while (at < octets.length && this.#prefixOctets < PREFIX_OCTETS) {
      this.#prefix = (this.#prefix << 8) | (octets[at++] ?? 0);
      this.#prefixOctets++;
    }
    if (this.#prefixOctets === PREFIX_OCTETS) this.#begin(this.#prefix >>> 24, this.#prefix & GREATEST_FRAME);
    return at;
  }

  #begin(head: number, low: number): void {
    const kind = head & 0x07;
    // The fourth bit is the length's 25th.
    const length = low + ((head & 0x08) === 0 ? 0 : GREATEST_FRAME + 1);
    if ((head & 0xf0) !== 0) throw this.#fail(violation('a frame sets bits that are reserved'));
    if (!isKind(kind)) throw this.#fail(violation(`a frame is of type ${kind}, which is reserved`));
    if (length > this.#limit) throw this.#fail(oversize(length, this.#limit));
    if (length === 0 && kind === FrameKind.MESSAGE) throw this.#fail(violation('a message has no octets'));
    this.#kind = kind;
    this.#length = length;
    if (length === 0) this.#end(NOTHING);
  }

  #readPayload(octets: Uint8Array, start: number): number {
    const part = octets.subarray(start, start + this.#length - this.#filled);
    if (part.length === this.#length) {
      this.#end(part);
    } else {
      this.#append(part);
      if (this.#filled === this.#length) this.#end(this.#buffer);
    }
    return start + part.length;
  }

  /** The buffer doubles, so that what is copied stays in proportion to what came. */
  #append(part: Uint8Array): void {
    const needed = this.#filled + part.length;
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.min(this.#length, Math.max(needed, 2 * this.#buffer.length, FIRST_OCTETS)));
      larger.set(this.#buffer.subarray(0, this.#filled));
      this.#buffer = larger;
    }
    this.#buffer.set(part, this.#filled);
    this.#filled = needed;
  }

  #end(payload: Uint8Array): void {
    this.#prefix = this.#prefixOctets = this.#filled = 0;
    this.#buffer = NOTHING;
    this.#deliver(this.#kind, payload);
  }

  #fail(error: RxWampError): RxWampError {
    this.#buffer = NOTHING;
    this.#failed = error;
    return error;
  }
}

const isKind = (kind: number): kind is FrameKind => kind <= FrameKind.PONG;

const oversize = (octets: number, limit: number): OverflowError =>
  new OverflowError(`a frame of ${octets} bytes is beyond the limit of ${limit}`, { attempted: 'receive', limit });
