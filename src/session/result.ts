import type { Dict, List, Result } from '../protocol/message.js';
import { NO_ARGS, NO_KWARGS, Payload } from '../protocol/payload.js';

/**
 * One result of a call: a progressive one, or the last.
 *
 * @see WAMP spec, Remote Procedure Calls / RESULT
 */
export class WampResult<A extends List = List, K extends object = Dict> extends Payload<A, K> {
  /**
   * One that is always there, as of `WampEvent`.
   *
   * @internal
   */
  static readonly lasting = new WampResult([], {}, {});

  constructor(
    args: A,
    kwargs: K,
    readonly details: Dict,
  ) {
    super(args, kwargs);
  }

  /** Whether more results follow. */
  get progress(): boolean {
    return this.details['progress'] === true;
  }
}

/** The result in a RESULT. */
export const toResult = ([, , details, args, kwargs]: Result): WampResult =>
  new WampResult(args ?? NO_ARGS, kwargs ?? NO_KWARGS, details);
