import * as Code from '../../protocol/codes.js';
import type { WampMessage } from '../../protocol/message.js';

/**
 * Where a connection is: before HELLO; while the router decides; while the client owes an AUTHENTICATE; joined; after our
 * GOODBYE; over, with the socket perhaps still there.
 */
export type ConnectionState = 'waiting' | 'deciding' | 'challenged' | 'joined' | 'closing' | 'over';

const REQUESTS: readonly WampMessage[0][] = [
  Code.ERROR,
  Code.PUBLISH,
  Code.SUBSCRIBE,
  Code.UNSUBSCRIBE,
  Code.CALL,
  Code.CANCEL,
  Code.REGISTER,
  Code.UNREGISTER,
  Code.YIELD,
];

/** What a client may send in each state. */
const ALLOWED: Readonly<Record<ConnectionState, ReadonlySet<WampMessage[0]>>> = {
  waiting: new Set([Code.HELLO, Code.ABORT]),
  deciding: new Set([Code.ABORT]),
  challenged: new Set([Code.AUTHENTICATE, Code.ABORT]),
  joined: new Set([...REQUESTS, Code.GOODBYE, Code.ABORT]),
  closing: new Set([Code.GOODBYE, Code.ABORT]),
  over: new Set<WampMessage[0]>(),
};

/**
 * What becomes of a message: it is handled, ignored because nothing matters any more, or a violation.
 *
 * @see WAMP spec, Sessions / Session State Machine
 */
export function judge(state: ConnectionState, code: WampMessage[0]): 'handle' | 'ignore' | 'violation' {
  if (ALLOWED[state].has(code)) return 'handle';
  return state === 'closing' || state === 'over' ? 'ignore' : 'violation';
}
