import type { Session } from '../session/session.js';
import { payloadSize } from '../routing/payload-size.js';
import type { Chunk } from './placement.js';

/** What of a call is kept as long as another callee may have to be given it. */
export interface Replay {
  /** All that the caller has sent of it. */
  readonly chunks: Chunk[];
  bytes: number;
}

/** What is kept of the calls of all sessions: of each only so many bytes. */
export class Replays {
  readonly #bytes = new Map<Session, number>();

  constructor(private readonly maxBytesPerSession: number) {}

  /** Keeps a chunk. False when it does not fit, and then nothing of that call is kept any more. */
  add(caller: Session, replay: Replay, chunk: Chunk): boolean {
    const bytes = payloadSize(chunk.args) + payloadSize(chunk.kwargs);
    const all = (this.#bytes.get(caller) ?? 0) + bytes;
    if (all > this.maxBytesPerSession) {
      this.close(caller, replay);
      return false;
    }
    this.#bytes.set(caller, all);
    replay.chunks.push(chunk);
    replay.bytes += bytes;
    return true;
  }

  /** Keeps nothing of a call any more. */
  close(caller: Session, replay: Replay): void {
    const left = (this.#bytes.get(caller) ?? 0) - replay.bytes;
    if (left > 0) this.#bytes.set(caller, left);
    else this.#bytes.delete(caller);
    replay.chunks.length = 0;
    replay.bytes = 0;
  }
}
