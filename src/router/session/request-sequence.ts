import { nextId } from '../../protocol/id.js';
import type { Id } from '../../protocol/message.js';
import { remember } from '../../protocol/remember.js';

/** How many calls that ended while their caller still streamed into them are remembered, to tell a late chunk from a violation. */
const MAX_ENDED_EARLY = 1_000;

/**
 * The request ids of one client: one sequence for PUBLISH, SUBSCRIBE, UNSUBSCRIBE, REGISTER, UNREGISTER and CALL. Only the
 * chunks of a progressive CALL use an id again.
 *
 * @see WAMP spec, IDs / Session Scope; Progressive Call Invocations
 */
export class RequestSequence {
  #last = 0;
  readonly #endedEarly = new Set<Id>();

  /** Takes the next id in sequence. False, and nothing is changed, when it is another. */
  advance(request: Id): boolean {
    if (request !== nextId(this.#last)) return false;
    this.#last = request;
    return true;
  }

  /** Notes a progressive call that ended before its caller sent the last chunk. */
  endedEarly(request: Id): void {
    remember(this.#endedEarly, request, MAX_ENDED_EARLY);
  }

  /** Whether this is a chunk of such a call; `final` says that no other will follow. */
  isLateChunk(request: Id, final: boolean): boolean {
    return final ? this.#endedEarly.delete(request) : this.#endedEarly.has(request);
  }
}
