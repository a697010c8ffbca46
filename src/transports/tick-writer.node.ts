import type { Duplex } from 'node:stream';

/** What is held at the end of a tick is joined into one buffer up to this size; beyond it copying costs more than it saves. */
const JOIN_BYTES = 64 * 1024;

/** Writes to a stream what comes in one tick in one write: most of what a small message costs is the system call. */
export class TickWriter {
  readonly #stream: Duplex;
  readonly #isOpen: () => boolean;
  readonly #left: () => void;
  #held: Buffer[] = [];
  #heldBytes = 0;

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

  /** Bytes that leave at the end of this tick. */
  hold(bytes: Buffer): void {
    this.#heldBytes += bytes.length;
    if (this.#held.push(bytes) === 1) process.nextTick(() => this.flush());
  }

  /** Hands over what this tick has held back so far. */
  flush(): void {
    const held = this.#held;
    const joined = this.#heldBytes <= JOIN_BYTES;
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
}
