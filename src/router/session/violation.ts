import { codeName } from '../../protocol/code.js';
import { ProtocolViolationError } from '../../protocol/errors.js';
import type { WampMessage } from '../../protocol/message.js';

/** The error to throw when a client sent what it must not: its session is aborted with this text. */
export const violation = (message: WampMessage, what: string): ProtocolViolationError =>
  new ProtocolViolationError(what, { attempted: codeName(message[0]) });
