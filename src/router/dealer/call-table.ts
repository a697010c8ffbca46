import type { Id } from '../../protocol/message.js';
import { SessionTable } from '../routing/session-table.js';
import type { Session } from '../session/session.js';
import type { Call } from './call.js';
import type { Chunk, Placement } from './placement.js';
import { Replays } from './replay.js';

/** The calls that have no final answer yet, by who called and by who was given them, and what is kept to try them elsewhere. */
export class CallTable {
  readonly #byCaller = new SessionTable<Call>();
  readonly #byCallee = new SessionTable<Call>();
  readonly #replays: Replays;

  constructor(maxReroutableBytesPerSession: number) {
    this.#replays = new Replays(maxReroutableBytesPerSession);
  }

  get size(): number {
    return this.#byCaller.size;
  }

  /** How many a caller has. */
  count(caller: Session): number {
    return this.#byCaller.count(caller);
  }

  of(caller: Session, request: Id): Call | undefined {
    return this.#byCaller.get(caller, request);
  }

  invoked(callee: Session, invocation: Id): Call | undefined {
    return this.#byCallee.get(callee, invocation);
  }

  add(call: Call): void {
    this.#byCaller.set(call.route.caller, call.route.request, call);
    this.#occupy(call);
  }

  /** Another callee was given the call. */
  move(call: Call, placement: Placement): void {
    this.#vacate(call);
    call.placement = placement;
    this.#occupy(call);
  }

  delete(call: Call): void {
    this.forget(call);
    this.#vacate(call);
    this.#byCaller.delete(call.route.caller, call.route.request);
  }

  /** All that a session is the caller of; they are still to be deleted. */
  allOf(caller: Session): readonly Call[] {
    return this.#byCaller.all(caller);
  }

  /** All that a session is the callee of; they are still to be deleted. */
  allInvoked(callee: Session): readonly Call[] {
    return this.#byCallee.all(callee);
  }

  /** Keeps a chunk so that another callee can be given it; where that is too much, none can be given the call any more. */
  keep(call: Call, chunk: Chunk): void {
    const { caller } = call.route;
    call.replay ??= { chunks: [], bytes: 0 };
    if (!this.#replays.add(caller, call.replay, chunk)) call.replay = undefined;
  }

  /** From now on no other callee can be given the call. */
  forget(call: Call): void {
    if (call.replay === undefined) return;
    this.#replays.close(call.route.caller, call.replay);
    call.replay = undefined;
  }

  #occupy(call: Call): void {
    const { callee, invocation } = call.placement;
    callee.busy++;
    this.#byCallee.set(callee.session, invocation, call);
  }

  #vacate({ placement: { callee, invocation } }: Call): void {
    callee.busy--;
    this.#byCallee.delete(callee.session, invocation);
  }
}
