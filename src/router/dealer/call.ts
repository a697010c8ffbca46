import type { Subscription } from 'rxjs';
import type { Dict, Id, Uri } from '../../protocol/message.js';
import type { Session } from '../session/session.js';
import type { Callee } from './registration.js';

/** A call that has no final answer yet, with the invocation it became. */
export interface Call {
  readonly caller: Session;
  /** CALL.Request. */
  readonly request: Id;
  readonly procedure: Uri;
  readonly callee: Callee;
  /** INVOCATION.Request. */
  readonly invocation: Id;
  readonly registration: Id;
  /** INVOCATION.Details of every chunk: options after the first are ignored. */
  readonly details: Dict;
  readonly receiveProgress: boolean;
  /** The longest silence of the callee, if the dealer is to watch it. */
  readonly timeoutMs: number | undefined;
  /** Whether the caller may still send chunks. */
  inputOpen: boolean;
  /** Whether the callee was asked to stop, with the caller waiting for its answer. */
  killed: boolean;
  /** Runs while there is a timeout, or a kill that waits. */
  timer: Subscription | undefined;
}
