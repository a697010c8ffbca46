import * as codes from './codes.js';

export { codeName } from './layouts.js';

/**
 * Type code of every WAMP message: element 0 of the array on the wire.
 *
 * @see WAMP spec, Message Codes and Direction
 */
export const Code = {
  HELLO: codes.HELLO,
  WELCOME: codes.WELCOME,
  ABORT: codes.ABORT,
  CHALLENGE: codes.CHALLENGE,
  AUTHENTICATE: codes.AUTHENTICATE,
  GOODBYE: codes.GOODBYE,
  ERROR: codes.ERROR,
  PUBLISH: codes.PUBLISH,
  PUBLISHED: codes.PUBLISHED,
  SUBSCRIBE: codes.SUBSCRIBE,
  SUBSCRIBED: codes.SUBSCRIBED,
  UNSUBSCRIBE: codes.UNSUBSCRIBE,
  UNSUBSCRIBED: codes.UNSUBSCRIBED,
  EVENT: codes.EVENT,
  CALL: codes.CALL,
  CANCEL: codes.CANCEL,
  RESULT: codes.RESULT,
  REGISTER: codes.REGISTER,
  REGISTERED: codes.REGISTERED,
  UNREGISTER: codes.UNREGISTER,
  UNREGISTERED: codes.UNREGISTERED,
  INVOCATION: codes.INVOCATION,
  INTERRUPT: codes.INTERRUPT,
  YIELD: codes.YIELD,
} as const;

/** Any message type code. */
export type Code = (typeof Code)[keyof typeof Code];
