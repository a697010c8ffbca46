import { map, type Observable } from 'rxjs';
import type { Dict, Id, InvocationMessage, List, Uri } from '../protocol/message.js';
import { NO_ARGS, NO_KWARGS, Payload } from '../protocol/payload.js';

/** What an invocation reaches while it runs. */
export interface InvocationContext {
  /** Aborts when nobody waits for the handler any more. Made when it is first asked for. */
  signal(): AbortSignal;
  /** The chunks of a progressive call invocation from the first on. */
  input(): Observable<Payload>;
}

/**
 * One call of a registered procedure, as its handler gets it.
 *
 * `details` holds what the dealer says beside the payload: `caller`, `caller_authid`, `caller_authrole`, `trustlevel`,
 * `timeout`, … each only where the router sends it.
 *
 * @see WAMP spec, Remote Procedure Calls / INVOCATION
 */
export class Invocation<A extends List = List, K extends object = Dict> extends Payload<A, K> {
  readonly #context: InvocationContext;

  constructor(
    args: A,
    kwargs: K,
    readonly details: Dict,
    /** The procedure that was called; of a pattern registration the real one. */
    readonly procedure: Uri,
    /** Id of the invocation. */
    readonly id: Id,
    context: InvocationContext,
  ) {
    super(args, kwargs);
    this.#context = context;
  }

  /** Whether the caller asked for progressive results. If not, only the last value of an Observable is sent. */
  get wantsProgress(): boolean {
    return this.details['receive_progress'] === true;
  }

  /** Aborts when the caller cancels, its time is up, or the session ends: hand it to `fetch` and the like. */
  get signal(): AbortSignal {
    return this.#context.signal();
  }

  /**
   * What the caller streams in (progressive call invocation), from the first chunk on; completes with the last. Of a
   * plain call it is the one payload. One subscriber; chunks that come before it wait, up to 1,000 of them.
   */
  get input$(): Observable<Payload<A, K>> {
    // The chunks of one call have the payload type of its procedure; the wire cannot tell.
    return this.#context.input() as Observable<Payload<A, K>>;
  }

  /**
   * The same invocation with other payloads: `convert` is given the one it came with, and each that is streamed in.
   *
   * @internal
   */
  converted(this: Invocation, convert: (payload: Payload) => Payload): Invocation {
    const { args, kwargs } = convert(this);
    const context: InvocationContext = {
      signal: () => this.#context.signal(),
      input: () => this.#context.input().pipe(map(convert)),
    };
    return new Invocation(args, kwargs, this.details, this.procedure, this.id, context);
  }
}

/** The invocation in an INVOCATION of `registered`. */
export function toInvocation(
  [, id, , details, args, kwargs]: InvocationMessage,
  registered: Uri,
  context: InvocationContext,
): Invocation {
  const procedure = details['procedure'];
  return new Invocation(
    args ?? NO_ARGS,
    kwargs ?? NO_KWARGS,
    details,
    typeof procedure === 'string' ? procedure : registered,
    id,
    context,
  );
}

/**
 * A procedure. What it returns is the result: a value is the one argument, a `payload(…)` several; a Promise is waited
 * for; each value of an Observable or async iterable, or of a Promise of one, is a progressive result. What it throws is the ERROR: a `WampError`
 * as it is, anything else as `wamp.error.runtime_error`.
 */
export type Handler = (invocation: Invocation) => unknown;
