import * as Code from '../../protocol/codes.js';
import { isWampError } from '../../protocol/errors.js';
import type {
  Call as CallMessage,
  Cancel,
  Dict,
  ErrorMessage,
  Id,
  List,
  Register,
  Unregister,
  Uri,
  Yield,
} from '../../protocol/message.js';
import { NO_ARGS, NO_KWARGS, tail } from '../../protocol/payload.js';
import { isReserved, isUri, matchPolicy } from '../../protocol/uri.js';
import * as ErrorUri from '../../protocol/error-uris.js';
import type { Authorizer } from '../authorizer.js';
import type { RouterContext } from '../context.js';
import type { MetaProcedure } from '../meta/meta-call.js';
import { disclosure } from '../routing/disclosure.js';
import { hashKey } from '../routing/rendezvous.js';
import type { MembershipObserver } from '../routing/membership.js';
import { isPassthru } from '../routing/passthru.js';
import type { Session } from '../session/session.js';
import { violation } from '../session/violation.js';
import { Calls, type CallError } from './calls.js';
import { invocationPolicy, newCallee, type Registration } from './registration.js';
import type { LeftRegistration, Registrations } from './registrations.js';

/** What a dealer works with. */
export interface DealerParts {
  readonly authorizer: Authorizer;
  readonly registrations: Registrations;
  readonly observer: MembershipObserver<Registration>;
  /** The router's own procedures, under `wamp.`. */
  readonly procedures: ReadonlyMap<Uri, MetaProcedure>;
  /** Whether callers may ask to be disclosed, and callees to be told of them. */
  readonly disclose: boolean;
}

/** The reason a callee is given when another takes its registration over. */
const UNREGISTERED = 'wamp.error.unregistered';

/** The dealer of a realm: REGISTER, UNREGISTER, and CALL up to the choice of a callee. */
export class Dealer {
  readonly #context: RouterContext;
  readonly #parts: DealerParts;
  readonly #calls: Calls;

  constructor(context: RouterContext, parts: DealerParts) {
    this.#context = context;
    this.#parts = parts;
    this.#calls = new Calls(context);
  }

  register(session: Session, message: Register): void {
    const [, request, options, procedure] = message;
    const match = matchPolicy(options['match']);
    const invoke = invocationPolicy(options['invoke']);
    const refuse = (error: Uri, text?: string): void => session.refuse(Code.REGISTER, request, error, text);
    if (match === undefined || invoke === undefined) throw violation(message, 'unknown match or invoke policy');
    if (!isUri(procedure, match, this.#context.uriRule)) {
      refuse(ErrorUri.INVALID_URI);
      return;
    }
    if (isReserved(procedure)) {
      refuse(ErrorUri.INVALID_URI, 'only the router registers wamp.*');
      return;
    }
    const { authorizer, registrations, observer, disclose } = this.#parts;
    authorizer.check(session, 'register', procedure, options, (verdict) => {
      const { maxRegistrationsPerSession } = this.#context.limits;
      if (!verdict.allowed) {
        refuse(verdict.error);
        return;
      }
      if (disclosure(options['disclose_caller'] === true, verdict.disclose, disclose) === 'refused') {
        refuse(ErrorUri.DISCLOSE_ME_DISALLOWED);
        return;
      }
      if (registrations.count(session) >= maxRegistrationsPerSession) {
        refuse(ErrorUri.NOT_AUTHORIZED, `more than ${maxRegistrationsPerSession} registrations in one session`);
        return;
      }
      if (options['force_reregister'] === true) this.#evict(registrations.byPattern(match, procedure));
      const existing = registrations.byPattern(match, procedure);
      const isShared = existing?.invoke === invoke && invoke !== 'single';
      if (existing !== undefined && (!isShared || existing.callees.some((callee) => callee.session === session))) {
        refuse(ErrorUri.PROCEDURE_ALREADY_EXISTS);
        return;
      }
      const registration = existing ?? registrations.create(match, procedure, invoke);
      registrations.join(newCallee(session, options), registration);
      session.send([Code.REGISTERED, request, registration.id]);
      if (existing === undefined) observer.created(session.id, registration);
      observer.joined(session.id, registration);
    });
  }

  unregister(session: Session, [, request, id]: Unregister): void {
    const left = this.#parts.registrations.leave(session, id);
    if (left === undefined) {
      session.refuse(Code.UNREGISTER, request, ErrorUri.NO_SUCH_REGISTRATION);
      return;
    }
    session.send([Code.UNREGISTERED, request]);
    this.#left(session, left);
  }

  /**
   * Takes a registration back from a session, and tells it if it announced to understand that. Its invocations go on.
   *
   * @see WAMP spec, Registration Revocation
   */
  revoke(session: Session, id: Id, reason: string | undefined): void {
    const left = this.#parts.registrations.leave(session, id);
    if (left === undefined) return;
    if (session.features.callee.revocation) {
      session.send([Code.UNREGISTERED, 0, { registration: id, ...(reason !== undefined && { reason }) }]);
    }
    this.#left(session, left);
  }

  /** A CALL with the next request id in sequence. */
  call(caller: Session, message: CallMessage): void {
    const [, , options, procedure] = message;
    if (options['progress'] === true && !caller.features.caller.progressiveInvocations) {
      throw violation(message, 'progress without having announced progressive_call_invocations');
    }
    if (isPassthru(options) && !caller.features.caller.passthru) {
      throw violation(message, 'ppt_scheme without having announced payload_passthru_mode');
    }
    if (!isUri(procedure, 'exact', this.#context.uriRule)) {
      this.#refuseCall(caller, message, ErrorUri.INVALID_URI);
      return;
    }
    this.#parts.authorizer.check(caller, 'call', procedure, options, (verdict) => {
      if (!verdict.allowed) this.#refuseCall(caller, message, verdict.error);
      else if (this.#calls.count(caller) >= this.#context.limits.maxPendingCallsPerSession) {
        this.#refuseCall(caller, message, ErrorUri.NETWORK_FAILURE, 'too many calls pending');
      } else if (isReserved(procedure)) this.#callRouter(caller, message);
      else this.#route(caller, message, verdict, this.#parts.registrations.best(procedure));
    });
  }

  /**
   * A call of the router's own, by a caller that is no session of the realm. No authorizer is asked, and no pattern is
   * looked at: whoever may register one is not thereby trusted by the router.
   */
  callAsRouter(caller: Session, message: CallMessage): void {
    this.#route(caller, message, { disclose: true }, this.#parts.registrations.byPattern('exact', message[3]));
  }

  /** Whether a session has registered exactly this procedure. */
  offers(session: Id, procedure: Uri): boolean {
    const registration = this.#parts.registrations.byPattern('exact', procedure);
    return registration?.callees.some((callee) => callee.session.id === session) === true;
  }

  /** How many calls have no final answer yet. */
  get calls(): number {
    return this.#calls.size;
  }

  /** A CALL with another request id: a chunk of a progressive call. */
  chunk(caller: Session, message: CallMessage): void {
    this.#calls.chunk(caller, message);
  }

  cancel(caller: Session, message: Cancel): void {
    this.#calls.cancel(caller, message);
  }

  yield(callee: Session, message: Yield): void {
    this.#calls.yield(callee, message);
  }

  error(callee: Session, message: ErrorMessage): void {
    this.#calls.error(callee, message);
  }

  /** A session ended: it offers nothing any more, and its calls and invocations are over. */
  leave(session: Session): void {
    const left = this.#parts.registrations.leaveAll(session);
    this.#calls.leave(session);
    for (const one of left) this.#left(session, one);
  }

  #route(
    caller: Session,
    message: CallMessage,
    {
      disclose: mayDisclose,
      trustlevel,
    }: { readonly disclose?: boolean | undefined; readonly trustlevel?: number | undefined },
    registration: Registration | undefined,
  ): void {
    const [, request, options, procedure, args, kwargs] = message;
    const key = partitionKey(options);
    if (typeof key === 'object') {
      this.#refuseCall(caller, message, key.error, key.text);
      return;
    }
    const { disclose: realmDiscloses } = this.#parts;
    if (disclosure(options['disclose_me'] === true, mayDisclose, realmDiscloses) === 'refused') {
      this.#refuseCall(caller, message, ErrorUri.DISCLOSE_ME_DISALLOWED);
      return;
    }
    if (registration === undefined) {
      this.#refuseCall(caller, message, ErrorUri.NO_SUCH_PROCEDURE);
      return;
    }
    const refusal = this.#calls.start(
      { caller, request, procedure, options, registration, key, trustlevel, mayDisclose, realmDiscloses },
      { args, kwargs, final: options['progress'] !== true },
    );
    if (refusal !== undefined) this.#refuseCall(caller, message, refusal.error, refusal.text);
  }

  #callRouter(caller: Session, message: CallMessage): void {
    const [, request, options, uri, args = NO_ARGS, kwargs = NO_KWARGS] = message;
    const procedure = this.#parts.procedures.get(uri);
    if (procedure === undefined) {
      this.#refuseCall(caller, message, ErrorUri.NO_SUCH_PROCEDURE);
      return;
    }
    if (options['progress'] === true || isPassthru(options)) {
      this.#refuseCall(caller, message, ErrorUri.FEATURE_NOT_SUPPORTED);
      return;
    }
    const error = (reason: Uri, text?: string): void => this.#refuseCall(caller, message, reason, text);
    const result = (list?: List, dict?: Dict): void => {
      const unsendable = caller.send([Code.RESULT, request, {}, ...tail(list, dict)]);
      if (unsendable !== undefined) error(unsendable);
    };
    try {
      procedure({ caller, args, kwargs, result, error });
    } catch (thrown) {
      if (!isWampError(thrown)) throw thrown;
      const [text] = thrown.args;
      error(thrown.uri, typeof text === 'string' ? text : undefined);
    }
  }

  #refuseCall(caller: Session, [, request, options]: CallMessage, error: Uri, text?: string): void {
    caller.refuse(Code.CALL, request, error, text);
    if (options['progress'] === true) caller.requests.endedEarly(request);
  }

  #evict(registration: Registration | undefined): void {
    if (registration === undefined) return;
    for (const { session } of [...registration.callees]) this.revoke(session, registration.id, UNREGISTERED);
  }

  #left(session: Session, { registration, deleted }: LeftRegistration): void {
    const { observer } = this.#parts;
    observer.left(session.id, registration);
    if (deleted) observer.deleted(session.id, registration);
  }
}

/**
 * The hash of a partitioned call's resource key; undefined when the call is not partitioned.
 *
 * @see WAMP spec, Sharded Registration
 */
function partitionKey({ runmode, rkey }: Dict): number | undefined | CallError {
  if (runmode === undefined || runmode === null) return undefined;
  if (runmode !== 'partition') {
    return { error: ErrorUri.OPTION_NOT_ALLOWED, text: 'runmode can only be partition' };
  }
  if (typeof rkey === 'string') return hashKey(rkey);
  return { error: ErrorUri.INVALID_ARGUMENT, text: 'runmode partition needs an rkey' };
}
