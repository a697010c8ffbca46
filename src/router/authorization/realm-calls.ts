import type { Observable } from 'rxjs';
import type { Id, List, Uri } from '../../protocol/message.js';

/** What an authorizer may do in the realm it works for. */
export interface RealmCalls {
  /**
   * Calls a procedure in the router's own name, which no authorizer is asked about. Only those that registered exactly
   * this URI are called, not those whose pattern matches it.
   *
   * @returns emits the first argument of the result and completes; errors with a `WampError`, which is
   * `wamp.error.no_such_procedure` when nobody registered it. Unsubscribing cancels the call.
   */
  call(procedure: Uri, args: List): Observable<unknown>;
  /** Whether a session has registered exactly this procedure. */
  offers(session: Id, procedure: Uri): boolean;
}
