import type { Dict, List, Uri } from './message.js';

/** What was being done when an error happened, for the reader of a log. */
export interface ErrorContext {
  /** What was attempted, in the spec's words where it has them: `'CALL'`, `'SUBSCRIBE'`, `'HELLO'`, `'decode'`, … */
  readonly attempted: string;
  /** The topic, procedure or realm it was attempted on. */
  readonly on?: Uri | undefined;
  /** The error underneath, if there is one. */
  readonly cause?: unknown;
}

const BRAND = Symbol.for('rxwamp.error');

/**
 * The root of every error of this library. `name` tells them apart also where two copies of the package are loaded and
 * `instanceof` fails; `isRxWampError` and the `is…` guards rely on it.
 */
export abstract class RxWampError extends Error {
  abstract override readonly name: string;
  /** What was attempted: `'CALL'`, `'SUBSCRIBE'`, `'HELLO'`, … */
  readonly attempted: string;
  /** The topic, procedure or realm it was attempted on, if it was on one. */
  readonly on: Uri | undefined;

  constructor(what: string, { attempted, on, cause }: ErrorContext) {
    super(`${attempted}${on === undefined ? '' : ` ${on}`}: ${what}`, cause === undefined ? undefined : { cause });
    this.attempted = attempted;
    this.on = on;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Whether a value is an error of this library, of whichever copy of it. */
export const isRxWampError = (error: unknown): error is RxWampError => error instanceof Error && BRAND in error;

const guard =
  <E extends RxWampError>(name: E['name']) =>
  (error: unknown): error is E =>
    isRxWampError(error) && error.name === name;

/** What a peer said in an ERROR or ABORT: the payload and the details that came with its URI. */
export interface WampErrorPayload {
  readonly args?: List | undefined;
  readonly kwargs?: Dict | undefined;
  readonly details?: Dict | undefined;
}

/**
 * An ERROR or ABORT. From the other side of the wire it is what the peer said; thrown by a procedure's handler it is
 * sent to the caller as it is.
 *
 * @example
 * wamp.register('com.example.div', ({ args: [a, b] }) => {
 *   if (b === 0) throw new WampError('com.example.error.div_by_zero', { args: ['b must not be 0'] });
 *   return a / b;
 * });
 * @see WAMP spec, Remote Procedure Calls / ERROR
 */
export class WampError extends RxWampError {
  override readonly name = 'WampError';
  /** The error URI: what a program branches on. */
  readonly uri: Uri;
  readonly args: List;
  readonly kwargs: Dict;
  readonly details: Dict;

  constructor(
    uri: Uri,
    { args = [], kwargs = {}, details = {} }: WampErrorPayload = {},
    context: ErrorContext = { attempted: 'ERROR' },
  ) {
    const said = args[0] ?? details['message'];
    super(typeof said === 'string' ? `${uri}: ${said}` : uri, context);
    this.uri = uri;
    this.args = args;
    this.kwargs = kwargs;
    this.details = details;
  }
}
/** Guard for {@link WampError} that survives two copies of the package. */
export const isWampError = /* @__PURE__ */ guard<WampError>('WampError');

/** The peer sent what the protocol does not allow, here and now. The session ends; nothing else is touched. */
export class ProtocolViolationError extends RxWampError {
  override readonly name = 'ProtocolViolationError';
}
/** Guard for {@link ProtocolViolationError}. */
export const isProtocolViolationError = /* @__PURE__ */ guard<ProtocolViolationError>('ProtocolViolationError');

/** The connection ended before the answer came, whether by a broken socket, silence or the router's GOODBYE. */
export class ConnectionLostError extends RxWampError {
  override readonly name = 'ConnectionLostError';
  /** The reason URI of the router's GOODBYE or ABORT, if it said one. */
  readonly reason: Uri | undefined;

  constructor(what: string, context: ErrorContext & { readonly reason?: Uri | undefined }) {
    super(what, context);
    this.reason = context.reason;
  }
}
/** Guard for {@link ConnectionLostError}. */
export const isConnectionLostError = /* @__PURE__ */ guard<ConnectionLostError>('ConnectionLostError');

/** No connection came about: nobody answered, the handshake failed, or the router refused the session. */
export class ConnectionRefusedError extends RxWampError {
  override readonly name = 'ConnectionRefusedError';
  /** The reason URI of the router's ABORT, if it was the router that refused. */
  readonly reason: Uri | undefined;
  /** Whether asking again in the same words cannot help: no such realm, refused credentials, no common serializer. */
  readonly fatal: boolean;

  constructor(what: string, context: ErrorContext & { readonly reason?: Uri | undefined; readonly fatal?: boolean }) {
    super(what, context);
    this.reason = context.reason;
    this.fatal = context.fatal === true;
  }
}
/** Guard for {@link ConnectionRefusedError}. */
export const isConnectionRefusedError = /* @__PURE__ */ guard<ConnectionRefusedError>('ConnectionRefusedError');

/** Something did not happen within its time: a call, a handshake. */
export class TimeoutError extends RxWampError {
  override readonly name = 'TimeoutError';
  /** The time that was allowed, in milliseconds. */
  readonly timeoutMs: number;

  constructor(timeoutMs: number, context: ErrorContext) {
    super(`no answer within ${timeoutMs} ms`, context);
    this.timeoutMs = timeoutMs;
  }
}
/** Guard for {@link TimeoutError}. */
export const isTimeoutError = /* @__PURE__ */ guard<TimeoutError>('TimeoutError');

/** A value that a serializer cannot carry without loss, or bytes that are no message. Nothing was sent. */
export class SerializationError extends RxWampError {
  override readonly name = 'SerializationError';
}
/** Guard for {@link SerializationError}. */
export const isSerializationError = /* @__PURE__ */ guard<SerializationError>('SerializationError');

/** A limit was reached: a message's size, a queue's capacity. */
export class OverflowError extends RxWampError {
  override readonly name = 'OverflowError';
  /** The limit that was reached. */
  readonly limit: number;

  constructor(what: string, context: ErrorContext & { readonly limit: number }) {
    super(what, context);
    this.limit = context.limit;
  }
}
/** Guard for {@link OverflowError}. */
export const isOverflowError = /* @__PURE__ */ guard<OverflowError>('OverflowError');

/** The router took a subscription or a registration back. */
export class RevokedError extends RxWampError {
  override readonly name = 'RevokedError';
  /** The router's reason, if it gave one. */
  readonly reason: string | undefined;

  constructor(reason: string | undefined, context: ErrorContext) {
    super(`revoked by the router${reason === undefined ? '' : `: ${reason}`}`, context);
    this.reason = reason;
  }
}
/** Guard for {@link RevokedError}. */
export const isRevokedError = /* @__PURE__ */ guard<RevokedError>('RevokedError');

/** A peer's payload is not what the contract says: the validator's findings are in the message, the payload is not. */
export class ContractError extends RxWampError {
  override readonly name = 'ContractError';
}
/** Guard for {@link ContractError}. */
export const isContractError = /* @__PURE__ */ guard<ContractError>('ContractError');

/** The client was closed, by `close()` or for a reason that is the `cause`. */
export class ClientClosedError extends RxWampError {
  override readonly name = 'ClientClosedError';
}
/** Guard for {@link ClientClosedError}. */
export const isClientClosedError = /* @__PURE__ */ guard<ClientClosedError>('ClientClosedError');

/** What was asked for cannot be: a malformed URI, an option of the wrong type, a feature the router did not announce. Nothing was sent. */
export class UsageError extends RxWampError {
  override readonly name = 'UsageError';
  /** The error URI a router would have answered with. */
  readonly uri: Uri;

  constructor(uri: Uri, what: string, context: ErrorContext) {
    super(what, context);
    this.uri = uri;
  }
}
/** Guard for {@link UsageError}. */
export const isUsageError = /* @__PURE__ */ guard<UsageError>('UsageError');
