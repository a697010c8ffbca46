import * as Code from '../../protocol/codes.js';
import type { Call as CallMessage, Cancel, ErrorMessage, Uri, WampMessage, Yield } from '../../protocol/message.js';
import { tail } from '../../protocol/payload.js';
import { isUri } from '../../protocol/uri.js';
import * as ErrorUri from '../../protocol/error-uris.js';
import type { RouterContext } from '../context.js';
import { isPassthru, passthruAttributes } from '../routing/passthru.js';
import type { Session } from '../session/session.js';
import { violation } from '../session/violation.js';
import type { Call } from './call.js';
import { CallTable } from './call-table.js';
import { place, sendChunk, type Chunk } from './placement.js';
import { chooseCallee } from './registration.js';
import { isReroutable, placeElsewhere, timeLeft } from './reroute.js';
import { timeoutOf, type Route } from './route.js';

/** Why a CALL is not routed. */
export interface CallError {
  readonly error: Uri;
  readonly text?: string;
}

/** The calls of a realm that have a callee and no final answer yet: their chunks, results, errors, cancels and timeouts. */
export class Calls {
  readonly #context: RouterContext;
  readonly #table: CallTable;

  constructor(context: RouterContext) {
    this.#context = context;
    this.#table = new CallTable(context.limits.maxReroutableBytesPerSession);
  }

  /** How many there are. */
  get size(): number {
    return this.#table.size;
  }

  /** How many a caller has. */
  count(caller: Session): number {
    return this.#table.count(caller);
  }

  /**
   * Makes a CALL an INVOCATION.
   *
   * @returns the error when there is no callee that can be given it.
   */
  start(route: Route, chunk: Chunk): CallError | undefined {
    const { options, registration, key } = route;
    const callee = chooseCallee(registration, { key });
    if (callee === undefined) return { error: ErrorUri.NO_AVAILABLE_CALLEE, text: 'all callees are busy' };
    const timeoutMs = timeoutOf(route);
    const placement = place(route, callee, chunk, timeoutMs);
    if (typeof placement === 'string') return { error: placement };
    const call: Call = {
      route,
      placement,
      receiveProgress: options['receive_progress'] === true,
      deadline: timeoutMs === undefined ? undefined : performance.now() + timeoutMs,
      inputOpen: !chunk.final,
      answered: false,
      killed: false,
      replay: undefined,
      tried: undefined,
      timer: undefined,
    };
    this.#table.add(call);
    if (isReroutable(callee, registration)) this.#table.keep(call, chunk);
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
    const call = this.#table.of(caller, request);
    if (call === undefined) {
      if (caller.requests.isLateChunk(request, final)) return;
      throw violation(message, `request id ${request} is out of sequence`);
    }
    const { route, placement, replay } = call;
    if (!call.inputOpen || route.procedure !== procedure) {
      throw violation(message, `request id ${request} is that of another call`);
    }
    call.inputOpen = !final;
    if (call.killed) return;
    const further = { args, kwargs, final };
    if (replay !== undefined) this.#table.keep(call, further);
    const error = sendChunk(route, placement, further);
    if (error !== undefined) this.#giveUp(call, error);
  }

  /**
   * CANCEL. One for a call that is over, or that is being killed, is dropped.
   *
   * @see WAMP spec, Call Canceling
   */
  cancel(caller: Session, [, request, options]: Cancel): void {
    const call = this.#table.of(caller, request);
    if (call === undefined || call.killed) return;
    const canInterrupt = call.placement.callee.session.features.callee.canceling;
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
    const { caller, request } = call.route;
    if (passthru && !caller.features.caller.passthru) {
      callee.refuse(Code.YIELD, invocation, ErrorUri.FEATURE_NOT_SUPPORTED);
      this.#fail(call, ErrorUri.FEATURE_NOT_SUPPORTED);
      return;
    }
    const details = progress ? { ...passthruAttributes(options), progress } : passthruAttributes(options);
    const error = caller.send([Code.RESULT, request, details, ...tail(args, kwargs)]);
    if (progress) {
      call.answered = true;
      this.#table.forget(call);
      if (error === undefined) this.#watch(call);
      else this.#giveUp(call, error);
    } else if (error === undefined) {
      this.#finish(call);
    } else {
      this.#fail(call, error);
    }
  }

  /**
   * ERROR of a callee. `wamp.error.unavailable` has the call tried elsewhere, if the callee announced `call_reroute`. Where
   * it cannot be, because the caller has had a result, or has canceled, or too much would have to be kept, it is an error
   * like any other.
   *
   * @see WAMP spec, Call Re-Routing
   */
  error(callee: Session, message: ErrorMessage): void {
    const [, requestType, invocation, details, uri, args, kwargs] = message;
    if (requestType !== Code.INVOCATION) throw violation(message, 'a client answers only INVOCATION with ERROR');
    const passthru = isPassthru(details);
    if (passthru && !callee.features.callee.passthru) {
      throw violation(message, 'ppt_scheme without having announced payload_passthru_mode');
    }
    const call = this.#invoked(callee, invocation, message);
    if (call === undefined) return;
    const { caller, request } = call.route;
    if (uri === ErrorUri.UNAVAILABLE && callee.features.callee.reroute && this.#reroute(call)) return;
    if (!isUri(uri)) {
      this.#fail(call, ErrorUri.INVALID_URI, 'the callee answered with an error whose URI is malformed');
    } else if (passthru && !caller.features.caller.passthru) {
      this.#fail(call, ErrorUri.FEATURE_NOT_SUPPORTED);
    } else {
      const answer: WampMessage = [Code.ERROR, Code.CALL, request, details, uri, ...tail(args, kwargs)];
      const error = caller.send(answer);
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
    for (const call of this.#table.allInvoked(session)) this.#fail(call, ErrorUri.CANCELED, 'the callee left');
    for (const call of this.#table.allOf(session)) this.#giveUp(call, ErrorUri.CANCELED);
  }

  /** The call behind an answer of a callee; undefined when the answer is late. */
  #invoked(callee: Session, invocation: number, message: WampMessage): Call | undefined {
    const call = this.#table.invoked(callee, invocation);
    if (call === undefined && !callee.wasInvoked(invocation)) {
      throw violation(message, `there was no invocation ${invocation}`);
    }
    return call;
  }

  /** Asks the callee to stop, and lets its answer be the caller's. */
  #kill(call: Call): void {
    call.killed = true;
    this.#table.forget(call);
    const { callee, invocation } = call.placement;
    callee.session.send([Code.INTERRUPT, invocation, { mode: 'kill' }]);
    call.timer?.unsubscribe();
    call.timer = this.#context.turns.after(this.#context.limits.killWaitMs, () => {
      this.#fail(call, ErrorUri.CANCELED);
    });
  }

  /** @returns false when a call cannot be tried again. Otherwise it has another callee, or the caller an answer. */
  #reroute(call: Call): boolean {
    const { route, placement, replay } = call;
    const alone = route.registration.invoke === 'single';
    if (call.answered || call.killed || (replay === undefined && !alone)) return false;
    const timeoutMs = timeLeft(call);
    const next = placeElsewhere(call, timeoutMs);
    if (next === undefined) {
      this.#fail(call, ErrorUri.NO_AVAILABLE_CALLEE);
      return true;
    }
    this.#table.move(call, next);
    // A timeout that the dealer has watched until now goes on, and does not begin anew.
    if (next.forwardsTimeout) call.timer?.unsubscribe();
    else if (placement.forwardsTimeout) this.#watch(call, timeoutMs);
    for (const chunk of replay?.chunks.slice(1) ?? []) {
      const error = sendChunk(route, next, chunk);
      if (error === undefined) continue;
      this.#giveUp(call, error);
      break;
    }
    return true;
  }

  /** Answers the caller, and tells the callee that its answer is no longer wanted. */
  #giveUp(call: Call, error: Uri): void {
    const { callee, invocation } = call.placement;
    this.#fail(call, error);
    if (!callee.session.features.callee.canceling) return;
    callee.session.send([Code.INTERRUPT, invocation, { mode: 'killnowait' }]);
  }

  #fail(call: Call, error: Uri, text?: string): void {
    const { caller, request } = call.route;
    this.#finish(call);
    caller.refuse(Code.CALL, request, error, text);
  }

  #finish(call: Call): void {
    const { caller, request } = call.route;
    call.timer?.unsubscribe();
    this.#table.delete(call);
    if (call.inputOpen) caller.requests.endedEarly(request);
  }

  /** Starts the timeout, anew after each progressive result: it bounds the callee's silence. */
  #watch(call: Call, timeoutMs = timeoutOf(call.route)): void {
    if (timeoutMs === undefined || call.killed || call.placement.forwardsTimeout) return;
    call.timer?.unsubscribe();
    call.timer = this.#context.turns.after(timeoutMs, () => {
      this.#giveUp(call, ErrorUri.TIMEOUT);
    });
  }
}
