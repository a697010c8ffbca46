import type { RxWampError } from '../protocol/errors.js';
import { WampError } from '../protocol/errors.js';
import { nextId } from '../protocol/id.js';
import type {
  Call,
  ErrorMessage,
  Id,
  Publish,
  Register,
  Subscribe,
  Unregister,
  Unsubscribe,
  Uri,
  WampMessage,
} from '../protocol/message.js';
import { codeName } from '../protocol/code.js';

/** A message that takes an id from the session's counter. */
export type Request = Publish | Subscribe | Unsubscribe | Register | Unregister | Call;

/** Someone waiting for the answer to a request. */
export interface Pending<Reply extends WampMessage = WampMessage> {
  /** The request's type code: an answer of another kind is not for this one. */
  readonly code: Request[0];
  /** The topic or procedure, for errors. */
  readonly on: Uri;
  /** An answer came. Returns true when it was the last. */
  settle(reply: Reply): boolean;
  /** An ERROR came, an answer that cannot be read, or the session ended. */
  fail(error: unknown): void;
}

/** For a request whose answer changes nothing, whatever it is; `answered` hears that it came. */
export const unheeded = (code: Request[0], on: Uri, answered: () => void = () => undefined): Pending => ({
  code,
  on,
  settle: () => {
    answered();
    return true;
  },
  fail: answered,
});

/**
 * The requests of one session: the one counter that the six request types share, and who waits for which answer.
 *
 * @see WAMP spec, IDs / Session Scope
 */
export class Requests {
  #last: Id = 0;
  #ended: ((attempted: string, on: Uri) => RxWampError) | undefined;
  readonly #pending = new Map<Id, Pending>();
  /** Called after each last answer. */
  answered: (() => void) | undefined;

  constructor(private readonly send: (message: WampMessage) => void) {}

  /** How many answers are waited for. */
  get size(): number {
    return this.#pending.size;
  }

  /**
   * Sends a request under the next id, with whoever waits for its answer already in place: over a memory link the
   * answer comes before this returns.
   *
   * @throws {SerializationError} when the message cannot be encoded; the id is then free for the next request.
   * @throws what the session ended with, once it has.
   */
  open<Reply extends WampMessage>(request: (id: Id) => Request, pending?: Pending<Reply>): Id {
    const previous = this.#last;
    if (this.#ended !== undefined && pending !== undefined) throw this.#ended(codeName(pending.code), pending.on);
    const id = nextId(previous);
    this.#last = id;
    // `settle` is only handed replies to the code it waits for.
    if (pending !== undefined) this.#pending.set(id, pending);
    try {
      this.send(request(id));
    } catch (error) {
      this.#pending.delete(id);
      if (this.#last === id) this.#last = previous;
      throw error;
    }
    return id;
  }

  /** What a request of this kind that waits for its answer was about. */
  on(id: Id, code: Request[0]): Uri | undefined {
    const pending = this.#pending.get(id);
    return pending?.code === code ? pending.on : undefined;
  }

  /** An answer came that cannot be read: whoever waits for it gets this error, and whatever still comes is dropped. */
  reject(id: Id, error: unknown): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.fail(error);
    this.answered?.();
  }

  /** Nobody waits for this answer any more; whatever still comes is dropped. */
  forget(id: Id): void {
    this.#pending.delete(id);
    this.answered?.();
  }

  /** Hands an answer to who waits for it. One that nobody waits for is late and dropped: that is no violation. */
  settle(id: Id, code: Request[0], reply: WampMessage): void {
    const pending = this.#pending.get(id);
    if (pending?.code !== code || !pending.settle(reply)) return;
    this.#pending.delete(id);
    this.answered?.();
  }

  /** Hands an ERROR to who waits for it. */
  fail(message: ErrorMessage): void {
    const [, code, id, details, uri, args, kwargs] = message;
    const pending = this.#pending.get(id);
    if (pending?.code !== code) return;
    this.#pending.delete(id);
    pending.fail(new WampError(uri, { args, kwargs, details }, { attempted: codeName(code), on: pending.on }));
    this.answered?.();
  }

  /** The session ended: everybody hears it, each with what was being done. */
  end(error: (attempted: string, on: Uri) => RxWampError): void {
    this.#ended = error;
    const all = [...this.#pending.values()];
    this.#pending.clear();
    for (const pending of all) pending.fail(error(codeName(pending.code), pending.on));
  }
}
