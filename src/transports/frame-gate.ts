import type { Frame } from '../serializers/serializer.js';

/**
 * Lets frames through in order, and holds back those that had been read already when reading was paused: at most what one
 * read of the socket brought.
 */
export class FrameGate {
  readonly #deliver: (frame: Frame) => void;
  readonly #held: Iterator<Frame, unknown>[] = [];
  #paused = false;

  constructor(deliver: (frame: Frame) => void) {
    this.#deliver = deliver;
  }

  /** Whether a frame that comes now is delivered now. */
  get isOpen(): boolean {
    return !this.#paused && this.#held.length === 0;
  }

  /** A frame came in. */
  push(frame: Frame): void {
    if (this.isOpen) this.#deliver(frame);
    else this.#held.push([frame].values());
  }

  /** Frames came in together. They are taken out of `frames` one by one, as they are delivered. */
  pushAll(frames: Iterable<Frame>): void {
    if (this.#held.push(frames[Symbol.iterator]()) === 1) this.#release();
  }

  pause(): void {
    this.#paused = true;
  }

  /** Lets through again, though not from within the delivery of a frame; `then` is called when nothing is held any more. */
  resume(then: () => void): void {
    this.#paused = false;
    queueMicrotask(() => {
      this.#release();
      if (!this.#paused) then();
    });
  }

  /** Delivers what is held, paused or not: nothing comes after it. */
  end(): void {
    this.#paused = false;
    this.#release();
  }

  #release(): void {
    for (let frames = this.#held[0]; frames !== undefined && !this.#paused; frames = this.#held[0]) {
      const next = frames.next();
      if (next.done === true) this.#held.shift();
      else this.#deliver(next.value);
    }
  }
}
