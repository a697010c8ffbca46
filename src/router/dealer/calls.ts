import { Code } from '../../protocol/code.js';
import type { Call as CallMessage, Cancel, ErrorMessage, Uri, WampMessage, Yield } from '../../protocol/message.js';
import { tail } from '../../protocol/payload.js';
import { isUri } from '../../protocol/uri.js';
import { ErrorUri } from '../../protocol/uris.js';
import type { RouterContext } from '../context.js';
import { isPassthru, passthruAttributes } from '../routing/passthru.js';
import { SessionTable } from '../routing/session-table.js';
import type { Session } from '../session/session.js';
import { violation } from '../session/violation.js';
import type { Call } from './call.js';
import { forwardsTimeout, invocationDetails, type RoutedCall } from './invocation-details.js';

/** The calls of a realm that have a callee and no final answer yet: their chunks, results, errors, cancels and timeouts. */
export class Calls {
  readonly #context: RouterContext;
  readonly #byCaller = new SessionTable<Call>();
  readonly #byCallee = new SessionTable<Call>();

  constructor(context: RouterContext) {
    this.#context = context;
  }

  /** How many a caller has. */
  count(caller: Session): number {
    return this.#byCaller.count(caller);
  }

  /**
   * Makes a CALL an INVOCATION.
   *
   * @returns the error URI when the callee cannot be given it.
   */
  start(message: CallMessage, routed: RoutedCall): Uri | undefined {
    const [, request, options, procedure, args, kwargs] = message;
    const { caller, callee, registration } = routed;
    const { passthru, progressiveInvocations } = callee.session.features.callee;
    const inputOpen = options['progress'] === true;
    if ((inputOpen && !progressiveInvocations) || (isPassthru(options) && !passthru)) {
      return ErrorUri.FEATURE_NOT_SUPPORTED;
    }
    const details = invocationDetails(routed);
    const invocation = callee.session.invoke((id) => [
      Code.INVOCATION,
      id,
      registration.id,
      inputOpen ? { ...details, progress: true } : details,
      ...tail(args, kwargs),
    ]);
    if (typeof invocation !== 'number') return invocation;
    const { timeout } = options;
    const call: Call = {
      caller,
      request,
      procedure,
      callee,
      invocation,
      registration: registration.id,
      details,
      receiveProgress: options['receive_progress'] === true,
      timeoutMs: typeof timeout === 'number' && timeout > 0 && !forwardsTimeout(callee) ? timeout : undefined,
      inputOpen,
      killed: false,
      timer: undefined,
    };
    callee.busy++;
    this.#byCaller.set(caller, request, call);
    this.#byCallee.set(callee.session, invocation, call);
    this.#watch(call);
    return undefined;
  }

  /**
   * A CALL whose request id is not the next in sequence: one more chunk of a progressive call, or a violation. A chunk for
   * a call that is over is dropped.
   *
   * @see WAMP spec, Progressive Call Invocations
   */
  chunk(caller: Session, message: CallMessage): void {
    const [, request, options, procedure, args, kwargs] = message;
    const final = options['progress'] !== true;
    const call = this.#byCaller.get(caller, request);
    if (call === undefined) {
      if (caller.requests.isLateChunk(request, final)) return;
      throw violation(message, `request id ${request} is out of sequence`);
    }
    if (!call.inputOpen || call.procedure !== procedure) {
      throw violation(message, `request id ${request} is that of another call`);
    }
    call.inputOpen = !final;
    if (call.killed) return;
    const details = final ? call.details : { ...call.details, progress: true };
    const error = call.callee.session.send([
      Code.INVOCATION,
      call.invocation,
      call.registration,
      details,
      ...tail(args, kwargs),
    ]);
    if (error !== undefined) this.#giveUp(call, error);
  }

  /**
   * CANCEL. One for a call that is over, or that is being killed, is dropped.
   *
   * @see WAMP spec, Call Canceling
   */
  cancel(caller: Session, [, request, options]: Cancel): void {
    const call = this.#byCaller.get(caller, request);
    if (call === undefined || call.killed) return;
    const canInterrupt = call.callee.session.features.callee.canceling;
    switch (options['mode'] ?? 'killnowait') {
      case 'skip':
        this.#fail(call, ErrorUri.CANCELED);
        return;
      case 'killnowait':
        this.#giveUp(call, ErrorUri.CANCELED);
        return;
      case 'kill':
        if (canInterrupt) this.#kill(call);
        else this.#fail(call, ErrorUri.CANCELED);
        return;
      default:
        caller.refuse(Code.CANCEL, request, ErrorUri.INVALID_ARGUMENT, 'mode must be skip, kill or killnowait');
    }
  }

  yield(callee: Session, message: Yield): void {
    const [, invocation, options, args, kwargs] = message;
    const passthru = isPassthru(options);
    if (passthru && !callee.features.callee.passthru) {
      throw violation(message, 'ppt_scheme without having announced payload_passthru_mode');
    }
    const call = this.#invoked(callee, invocation, message);
    if (call === undefined) return;
    const progress = options['progress'] === true;
    if (progress && !call.receiveProgress) return;
    if (passthru && !call.caller.features.caller.passthru) {
      callee.refuse(Code.YIELD, invocation, ErrorUri.FEATURE_NOT_SUPPORTED);
      this.#fail(call, ErrorUri.FEATURE_NOT_SUPPORTED);
      return;
    }
    const details = progress ? { ...passthruAttributes(options), progress } : passthruAttributes(options);
    const error = call.caller.send([Code.RESULT, call.request, details, ...tail(args, kwargs)]);
    if (progress) {
      if (error === undefined) this.#watch(call);
      else this.#giveUp(call, error);
    } else if (error === undefined) {
      this.#finish(call);
    } else {
      this.#fail(call, error);
    }
  }

  /** ERROR of a callee. */
  error(callee: Session, message: ErrorMessage): void {
    const [, requestType, invocation, details, uri, args, kwargs] = message;
    if (requestType !== Code.INVOCATION) throw violation(message, 'a client answers only INVOCATION with ERROR');
    const passthru = isPassthru(details);
    if (passthru && !callee.features.callee.passthru) {
      throw violation(message, 'ppt_scheme without having announced payload_passthru_mode');
    }
    const call = this.#invoked(callee, invocation, message);
    if (call === undefined) return;
    if (!isUri(uri)) {
      this.#fail(call, ErrorUri.INVALID_URI, 'the callee answered with an error whose URI is malformed');
    } else if (passthru && !call.caller.features.caller.passthru) {
      this.#fail(call, ErrorUri.FEATURE_NOT_SUPPORTED);
    } else {
      const answer: WampMessage = [Code.ERROR, Code.CALL, call.request, details, uri, ...tail(args, kwargs)];
      const error = call.caller.send(answer);
      if (error === undefined) this.#finish(call);
      else this.#fail(call, error);
    }
  }

  /**
   * A session ended: its callers are told, its callees interrupted.
   *
   * @see WAMP spec, Remote Procedure Calls / Caller Leaving, Callee Leaving
   */
  leave(session: Session): void {
    for (const call of this.#byCallee.deleteAll(session)) this.#fail(call, ErrorUri.CANCELED, 'the callee left');
    for (const call of this.#byCaller.deleteAll(session)) this.#giveUp(call, ErrorUri.CANCELED);
  }

  /** The call behind an answer of a callee; undefined when the answer is late. */
  #invoked(callee: Session, invocation: number, message: WampMessage): Call | undefined {
    const call = this.#byCallee.get(callee, invocation);
    if (call === undefined && !callee.wasInvoked(invocation)) {
      throw violation(message, `there was no invocation ${invocation}`);
    }
    return call;
  }

  /** Asks the callee to stop, and lets its answer be the caller's. */
  #kill(call: Call): void {
    call.killed = true;
    call.callee.session.send([Code.INTERRUPT, call.invocation, { mode: 'kill' }]);
    call.timer?.unsubscribe();
    call.timer = this.#context.turns.after(this.#context.limits.killWaitMs, () => {
      this.#fail(call, ErrorUri.CANCELED);
    });
  }

  /** Answers the caller, and tells the callee that its answer is no longer wanted. */
  #giveUp(call: Call, error: Uri): void {
    this.#fail(call, error);
    if (!call.callee.session.features.callee.canceling) return;
    call.callee.session.send([Code.INTERRUPT, call.invocation, { mode: 'killnowait' }]);
  }

  #fail(call: Call, error: Uri, text?: string): void {
    this.#finish(call);
    call.caller.refuse(Code.CALL, call.request, error, text);
  }

  #finish(call: Call): void {
    call.timer?.unsubscribe();
    call.callee.busy--;
    this.#byCaller.delete(call.caller, call.request);
    this.#byCallee.delete(call.callee.session, call.invocation);
    if (call.inputOpen) call.caller.requests.endedEarly(call.request);
  }

  /** Starts the timeout, anew after each progressive result: it bounds the callee's silence. */
  #watch(call: Call): void {
    if (call.timeoutMs === undefined || call.killed) return;
    call.timer?.unsubscribe();
    call.timer = this.#context.turns.after(call.timeoutMs, () => {
      this.#giveUp(call, ErrorUri.TIMEOUT);
    });
  }
}
