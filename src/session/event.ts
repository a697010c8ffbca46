import type { Dict, EventMessage, Id, List, Uri } from '../protocol/message.js';
import { NO_ARGS, NO_KWARGS, Payload } from '../protocol/payload.js';

/**
 * One event of a topic.
 *
 * `details` holds what the broker says of it beside the payload: `publisher`, `publisher_authid`, `publisher_authrole`,
 * `trustlevel`, `retained`, … each only where the router sends it.
 *
 * @see WAMP spec, Publish and Subscribe / EVENT
 */
export class WampEvent<A extends List = List, K extends object = Dict> extends Payload<A, K> {
  /**
   * One that is always there: when a full collection finds no event, V8 forgets their shape, and throws away what it has compiled
   * for events. Its ids are nothing, which is the shape of ids of any size.
   *
   * @internal
   */
  static readonly lasting = new WampEvent([], {}, {}, '', undefined as unknown as Id, undefined as unknown as Id);

  constructor(
    args: A,
    kwargs: K,
    readonly details: Dict,
    /** The topic it was published to; of a pattern subscription the real one. */
    readonly topic: Uri,
    /** Id of the publication: the same for every subscription it reaches. */
    readonly publication: Id,
    /** Id of the subscription it came by. */
    readonly subscription: Id,
  ) {
    super(args, kwargs);
  }
}

/** The event in an EVENT of a subscription to `subscribed`. By index: on the hot path, taking a tuple apart costs more. */
export function toEvent(message: EventMessage, subscribed: Uri): WampEvent {
  const details = message[3];
  const topic = details['topic'];
  return new WampEvent(
    message[4] ?? NO_ARGS,
    message[5] ?? NO_KWARGS,
    details,
    typeof topic === 'string' ? topic : subscribed,
    message[2],
    message[1],
  );
}
