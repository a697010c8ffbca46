import { nextId } from '../protocol/id.js';
import type { ErrorMessage, Id, RequestCode, WampMessage } from '../protocol/message.js';
import type { Link } from '../transports/link.js';
import type { SessionInfo } from '../session/session-info.js';

/** Someone waiting for the answer to a request of the session. */
export interface Pending {
  /** The request's type code: an answer of another kind is not for this one. */
  readonly code: RequestCode;
  /** An answer came. Returns true when it was the last. */
  answered(reply: WampMessage): boolean;
  /** An ERROR came. */
  failed(message: ErrorMessage): void;
}

/** For a request whose answer changes nothing, whatever it is. */
export const unheeded = (code: RequestCode): Pending => ({
  code,
  answered: () => true,
  failed: () => undefined,
});

/** The one session that is shared, as the router knows it: its request ids, and who waits for which answer. */
export class Upstream {
  readonly #link: Link;
  readonly #pending = new Map<Id, Pending>();
  #last: Id = 0;

  constructor(
    link: Link,
    /** What the router said in WELCOME, as far as it holds for members too. */
    readonly info: SessionInfo,
  ) {
    this.#link = link;
  }

  /** Bytes that wait for the router. */
  get bufferedBytes(): number {
    return this.#link.bufferedBytes;
  }

  /** Sends what is no request. @throws {SerializationError} when it cannot be carried. */
  send(message: WampMessage): void {
    this.#link.next(message);
  }

  /**
   * Sends a request under the session's next id. Whoever waits is in place before: over a memory link the answer comes
   * before this returns.
   *
   * @throws {SerializationError} when it cannot be carried; the id is then free for the next.
   */
  request(message: (id: Id) => WampMessage, pending?: Pending): Id {
    const previous = this.#last;
    const id = nextId(previous);
    this.#last = id;
    if (pending !== undefined) this.#pending.set(id, pending);
    try {
      this.#link.next(message(id));
    } catch (error) {
      this.#pending.delete(id);
      if (this.#last === id) this.#last = previous;
      throw error;
    }
    return id;
  }

  /** Nobody waits for this answer any more; whatever still comes is dropped. */
  forget(id: Id): void {
    this.#pending.delete(id);
  }

  /** Hands an answer to who waits for it. */
  answered(id: Id, code: RequestCode, reply: WampMessage): void {
    const pending = this.#pending.get(id);
    if (pending?.code === code && pending.answered(reply)) this.#pending.delete(id);
  }

  /** Hands an ERROR to who waits for it. */
  failed(message: ErrorMessage): void {
    const [, code, id] = message;
    const pending = this.#pending.get(id);
    if (pending?.code !== code) return;
    this.#pending.delete(id);
    pending.failed(message);
  }
}
