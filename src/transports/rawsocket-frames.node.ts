import type { Duplex } from 'node:stream';
import type { Frame } from '../serializers/serializer.js';
import { FrameKind, PREFIX_OCTETS } from './rawsocket-decoder.js';
import { TickWriter } from './tick-writer.node.js';

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

/** Forgets what was sent last: it was of the tick before. */
const forget = (): void => {
  last = undefined;
};

/** Writes frames to a stream, those of one tick in one write. */
export class RawFrameWriter {
  readonly #stream: Duplex;
  readonly #out: TickWriter;

  constructor(stream: Duplex) {
    this.#stream = stream;
    this.#out = new TickWriter(stream, () => stream.writable, forget);
  }

  /** Bytes handed over that the operating system has not taken. */
  get bufferedBytes(): number {
    return this.#out.bufferedBytes;
  }

  /** A message, which leaves at the end of this tick. `length` is its size in octets. */
  message(frame: Frame, length: number): void {
    if (last?.frame !== frame) last = { frame, octets: encodeFrame(FrameKind.MESSAGE, frame, length) };
    this.#out.hold(last.octets);
  }

  /** A frame that leaves now, behind what was held back. `written` is called when the operating system has taken it, or the stream broke. */
  now(octets: Buffer, written?: () => void): void {
    this.flush();
    if (this.#stream.writable) this.#stream.write(octets, written);
  }

  /** Hands over what this tick has held back so far. */
  flush(): void {
    this.#out.flush();
  }
}
