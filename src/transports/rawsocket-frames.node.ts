import type { Duplex } from 'node:stream';
import type { Frame } from '../serializers/serializer.js';
import { FrameKind, PREFIX_OCTETS } from './rawsocket-decoder.js';

/** Frames held at the end of a tick are joined into one buffer up to this size; beyond it copying costs more than it saves. */
const JOIN_BYTES = 64 * 1024;

/** The octets of the message sent last in this tick: a router sends one message to many. */
let last: { readonly frame: Frame; readonly octets: Buffer } | undefined;

/** Size of a frame's payload, in octets. */
export const lengthOf = (frame: Frame): number => (typeof frame === 'string' ? Buffer.byteLength(frame) : frame.length);

/**
 * A payload with its prefix in front.
 *
 * @see WAMP spec, RawSocket Transport / Framing
 */
export function encodeFrame(kind: FrameKind, frame: Frame, length = lengthOf(frame)): Buffer {
  const octets = Buffer.allocUnsafe(PREFIX_OCTETS + length);
  octets.writeUInt32BE(kind * 2 ** 24 + length);
  if (typeof frame === 'string') octets.write(frame, PREFIX_OCTETS);
  else octets.set(frame, PREFIX_OCTETS);
  return octets;
}

/** Writes frames to a stream, those of one tick in one write: most of what a small message costs is the system call. */
export class RawFrameWriter {
  readonly #stream: Duplex;
  #held: Buffer[] = [];
  #heldBytes = 0;

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  /** Bytes handed over that the operating system has not taken. */
  get bufferedBytes(): number {
    return this.#stream.writableLength + this.#heldBytes;
  }

  /** A message, which leaves at the end of this tick. `length` is its size in octets. */
  message(frame: Frame, length: number): void {
    if (last?.frame !== frame) last = { frame, octets: encodeFrame(FrameKind.MESSAGE, frame, length) };
    this.#heldBytes += last.octets.length;
    if (this.#held.push(last.octets) === 1) process.nextTick(() => this.flush());
  }

  /** A frame that leaves now, behind what was held back. `written` is called when the operating system has taken it, or the stream broke. */
  now(octets: Buffer, written?: () => void): void {
    this.flush();
    if (this.#stream.writable) this.#stream.write(octets, written);
  }

  /** Hands over what this tick has held back so far. */
  flush(): void {
    const held = this.#held;
    const joined = this.#heldBytes <= JOIN_BYTES;
    this.#held = [];
    this.#heldBytes = 0;
    last = undefined;
    const [first] = held;
    if (first === undefined || !this.#stream.writable) return;
    if (held.length === 1) {
      this.#stream.write(first);
    } else if (joined) {
      this.#stream.write(Buffer.concat(held));
    } else {
      this.#stream.cork();
      for (const octets of held) this.#stream.write(octets);
      this.#stream.uncork();
    }
  }
}
