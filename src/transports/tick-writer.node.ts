import type { Duplex } from 'node:stream';

/** What is held at the end of a tick is joined into one buffer up to this size; beyond it copying costs more than it saves. */
const JOIN_BYTES = 64 * 1024;
/** What is larger has memory of its own: of frames that wait for a slow reader, as little more is kept as can be. */
const LARGE_BYTES = 4 * 1024;

/** Memory that frames are written into, one behind the other. */
export class Chunk {
  /** How much of it is written. */
  end = 0;
  #view: DataView | undefined;

  constructor(readonly bytes: Buffer) {}

  /** All of it. */
  get view(): DataView {
    return (this.#view ??= new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length));
  }

  /** A part of it. */
  part(start: number, end: number): Buffer {
    return start === 0 && end === this.bytes.length ? this.bytes : this.bytes.subarray(start, end);
  }
}

/**
 * Writes to a stream what comes in one tick in one write: most of what a small message costs is the system call. After that it
 * is memory of its own for every message, so that those of a tick are written side by side where there is room.
 */
export class TickWriter {
  readonly #stream: Duplex;
  readonly #isOpen: () => boolean;
  readonly #left: () => void;
  #held: Buffer[] = [];
  /** What comes next is written into it; of this tick, so that who is idle holds nothing. */
  #chunk: Chunk | undefined;
  #heldBytes = 0;
  /** What the tick before had held. */
  #usualBytes = 0;

  /** @param isOpen whether it may still be written to. @param left is called whenever nothing is held any more. */
  constructor(stream: Duplex, isOpen: () => boolean, left: () => void) {
    this.#stream = stream;
    this.#isOpen = isOpen;
    this.#left = left;
  }

  /** Bytes handed over that the operating system has not taken. */
  get bufferedBytes(): number {
    return this.#stream.writableLength + this.#heldBytes;
  }

  /** Bytes that leave at the end of this tick, and are not changed any more. */
  hold(bytes: Buffer): void {
    this.#close();
    this.#held.push(bytes);
    this.#count(bytes.length);
  }

  /** Room for so many bytes that leave at the end of this tick: from the `end` of the chunk, where the caller writes them before anything else. */
  room(length: number): Chunk {
    if (this.#chunk === undefined || this.#chunk.end + length > this.#chunk.bytes.length) {
      this.#close();
      const expected = Math.min(Math.max(this.#heldBytes, this.#usualBytes - this.#heldBytes), JOIN_BYTES);
      this.#chunk = new Chunk(Buffer.allocUnsafe(length > LARGE_BYTES ? length : Math.max(length, expected)));
    }
    this.#count(length);
    return this.#chunk;
  }

  /** Hands over what this tick has held back so far. */
  flush(): void {
    this.#close();
    const held = this.#held;
    const joined = this.#heldBytes <= JOIN_BYTES;
    if (this.#heldBytes > 0) this.#usualBytes = this.#heldBytes;
    this.#held = [];
    this.#heldBytes = 0;
    this.#left();
    const [first] = held;
    if (first === undefined || !this.#isOpen()) return;
    if (held.length === 1) {
      this.#stream.write(first);
    } else if (joined) {
      this.#stream.write(Buffer.concat(held));
    } else {
      this.#stream.cork();
      for (const bytes of held) this.#stream.write(bytes);
      this.#stream.uncork();
    }
  }

  #count(length: number): void {
    if (this.#heldBytes === 0) process.nextTick(() => this.flush());
    this.#heldBytes += length;
  }

  #close(): void {
    if (this.#chunk === undefined) return;
    const { bytes, end } = this.#chunk;
    const part = this.#chunk.part(0, end);
    // What waits for a slow reader must not keep much more memory than it counts.
    this.#held.push(4 * end < 3 * bytes.length ? Buffer.from(part) : part);
    this.#chunk = undefined;
  }
}
