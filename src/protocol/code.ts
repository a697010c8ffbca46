/**
 * Type code of every WAMP message: element 0 of the array on the wire.
 *
 * @see WAMP spec, Message Codes and Direction
 */
export const Code = {
  HELLO: 1,
  WELCOME: 2,
  ABORT: 3,
  CHALLENGE: 4,
  AUTHENTICATE: 5,
  GOODBYE: 6,
  ERROR: 8,
  PUBLISH: 16,
  PUBLISHED: 17,
  SUBSCRIBE: 32,
  SUBSCRIBED: 33,
  UNSUBSCRIBE: 34,
  UNSUBSCRIBED: 35,
  EVENT: 36,
  CALL: 48,
  CANCEL: 49,
  RESULT: 50,
  REGISTER: 64,
  REGISTERED: 65,
  UNREGISTER: 66,
  UNREGISTERED: 67,
  INVOCATION: 68,
  INTERRUPT: 69,
  YIELD: 70,
} as const;

/** Any message type code. */
export type Code = (typeof Code)[keyof typeof Code];

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(Code).map(([name, code]) => [code, name]));

/** The spec's name of a type code (`'EVENT'` for 36), or `'message <code>'` for one it does not define. */
export const codeName = (code: number): string => NAMES.get(code) ?? `message ${String(code)}`;
