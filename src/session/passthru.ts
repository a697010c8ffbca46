import type { RouterRole } from '../protocol/features.js';
import type { Id, Uri, WampMessage } from '../protocol/message.js';

/** What a session knows that a message does not say by itself. */
export interface SessionContext {
  /** Whether the router announced a feature of its `broker` or `dealer`. */
  supports(role: RouterRole, feature: string): boolean;
  /** The topic of a subscription. */
  topicOf(subscription: Id): Uri | undefined;
  /** The procedure of a call that waits for its answer. */
  calledBy(request: Id): Uri | undefined;
  /** The procedure of a registration. */
  registeredAs(registration: Id): Uri | undefined;
  /** The procedure of an invocation that runs. */
  invokedBy(request: Id): Uri | undefined;
}

/**
 * What stands between a session and its link, and packs payloads so that routers pass them on unread (payload passthru
 * mode). `passthru(…)` of `rxwamp/passthru` makes one.
 *
 * @see WAMP spec, Payload Passthru Mode
 */
export interface Passthru {
  /** What is sent instead. @throws what keeps it from being sent. */
  outgoing(message: WampMessage, context: SessionContext): WampMessage;
  /** What was received, as it was before it was packed. @throws when it cannot be read. */
  incoming(message: WampMessage, context: SessionContext): WampMessage;
}
