import type * as codes from './codes.js';

/** A WAMP id: an integer from 1 to 2^53. */
export type Id = number;
/** A WAMP URI such as `com.example.topic`. */
export type Uri = string;
/** A dictionary on the wire: options, details, keyword arguments. */
export type Dict = Readonly<Record<string, unknown>>;
/** Positional arguments on the wire. */
export type List = readonly unknown[];

type C = typeof codes;
/** Any message type code. */
type Code = C[keyof C];

/** The optional tail of a message that carries application payload. */
export type PayloadTail = readonly [args?: List, kwargs?: Dict];

/** The request types an ERROR can answer. */
export type RequestCode =
  | C['PUBLISH']
  | C['SUBSCRIBE']
  | C['UNSUBSCRIBE']
  | C['CALL']
  | C['CANCEL']
  | C['REGISTER']
  | C['UNREGISTER']
  | C['INVOCATION']
  | C['YIELD'];

export type Hello = readonly [C['HELLO'], realm: Uri, details: Dict];
export type Welcome = readonly [C['WELCOME'], session: Id, details: Dict];
export type Abort = readonly [C['ABORT'], details: Dict, reason: Uri, ...PayloadTail];
export type Challenge = readonly [C['CHALLENGE'], authmethod: string, extra: Dict];
export type Authenticate = readonly [C['AUTHENTICATE'], signature: string, extra: Dict];
export type Goodbye = readonly [C['GOODBYE'], details: Dict, reason: Uri];
export type ErrorMessage = readonly [
  C['ERROR'],
  requestType: RequestCode,
  request: Id,
  details: Dict,
  error: Uri,
  ...PayloadTail,
];
export type Publish = readonly [C['PUBLISH'], request: Id, options: Dict, topic: Uri, ...PayloadTail];
export type Published = readonly [C['PUBLISHED'], request: Id, publication: Id];
export type Subscribe = readonly [C['SUBSCRIBE'], request: Id, options: Dict, topic: Uri];
export type Subscribed = readonly [C['SUBSCRIBED'], request: Id, subscription: Id];
export type Unsubscribe = readonly [C['UNSUBSCRIBE'], request: Id, subscription: Id];
/** With request 0 and details it is a revocation by the broker. */
export type Unsubscribed = readonly [C['UNSUBSCRIBED'], request: number, details?: Dict];
export type EventMessage = readonly [C['EVENT'], subscription: Id, publication: Id, details: Dict, ...PayloadTail];
export type Call = readonly [C['CALL'], request: Id, options: Dict, procedure: Uri, ...PayloadTail];
export type Cancel = readonly [C['CANCEL'], request: Id, options: Dict];
export type Result = readonly [C['RESULT'], request: Id, details: Dict, ...PayloadTail];
export type Register = readonly [C['REGISTER'], request: Id, options: Dict, procedure: Uri];
export type Registered = readonly [C['REGISTERED'], request: Id, registration: Id];
export type Unregister = readonly [C['UNREGISTER'], request: Id, registration: Id];
/** With request 0 and details it is a revocation by the dealer. */
export type Unregistered = readonly [C['UNREGISTERED'], request: number, details?: Dict];
export type InvocationMessage = readonly [
  C['INVOCATION'],
  request: Id,
  registration: Id,
  details: Dict,
  ...PayloadTail,
];
export type Interrupt = readonly [C['INTERRUPT'], request: Id, options: Dict];
export type Yield = readonly [C['YIELD'], request: Id, options: Dict, ...PayloadTail];

/**
 * A WAMP message exactly as it lies on the wire: a tuple whose first element says which one it is, so nothing is
 * rebuilt between the serializer and the one who handles it.
 *
 * @see WAMP spec, Messages
 */
export type WampMessage =
  | Hello
  | Welcome
  | Abort
  | Challenge
  | Authenticate
  | Goodbye
  | ErrorMessage
  | Publish
  | Published
  | Subscribe
  | Subscribed
  | Unsubscribe
  | Unsubscribed
  | EventMessage
  | Call
  | Cancel
  | Result
  | Register
  | Registered
  | Unregister
  | Unregistered
  | InvocationMessage
  | Interrupt
  | Yield;

/** The message with the given type code. */
export type MessageOf<K extends Code> = Extract<WampMessage, readonly [K, ...unknown[]]>;
