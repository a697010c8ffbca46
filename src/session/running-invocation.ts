import { isObservable, Subject, takeUntil, type Observable, type Subscription } from 'rxjs';
import * as Code from '../protocol/codes.js';
import * as ErrorUri from '../protocol/error-uris.js';
import { isRxWampError, isWampError, WampError } from '../protocol/errors.js';
import type { Dict, Id, InvocationMessage, List, Uri, WampMessage } from '../protocol/message.js';
import { isPayload, NO_ARGS, NO_KWARGS, Payload, tail } from '../protocol/payload.js';
import { isUri } from '../protocol/uri.js';
import { after } from './after.js';
import { asyncValues, isAsyncIterable, isPromise } from './async-values.js';
import { Chunks } from './chunks.js';
import { toInvocation, type Handler } from './invocation.js';

/** How a callee answers. */
export interface CalleeSettings {
  /** Whether the ERROR for an exception carries its stack trace. */
  readonly traceback: boolean;
  /** How many invocations may run at a time. */
  readonly maxInvocations: number;
}

/** How the invocations of one session are answered. */
export interface AnswerSettings extends CalleeSettings {
  /** Whether the `timeout` of an INVOCATION is what the spec says: milliseconds for the callee to keep. */
  readonly keepsTime: boolean;
}

/** What a handler gave back, as arguments and keyword arguments. */
function toArguments(value: unknown): readonly [List, Dict] {
  if (value === undefined) return [NO_ARGS, NO_KWARGS];
  return isPayload(value) ? [value.args, value.kwargs] : [[value], NO_KWARGS];
}

/** What a handler threw, as the ERROR its caller gets. */
function toError(
  thrown: unknown,
  { traceback }: Pick<CalleeSettings, 'traceback'>,
): { readonly uri: Uri; readonly args: List; readonly kwargs: Dict } {
  // An ERROR with a malformed URI would cost the whole session.
  if (isWampError(thrown) && isUri(thrown.uri)) return thrown;
  const what = thrown instanceof Error ? thrown.message : typeof thrown === 'string' ? thrown : 'the handler failed';
  const trace = traceback && thrown instanceof Error ? thrown.stack?.split('\n') : undefined;
  return { uri: ErrorUri.RUNTIME_ERROR, args: [what], kwargs: trace === undefined ? NO_KWARGS : { traceback: trace } };
}

/** The values of a handler that answers with a stream of them. */
function streamOf(value: unknown): Observable<unknown> | undefined {
  if (isObservable(value)) return value;
  return isAsyncIterable(value) ? asyncValues(value) : undefined;
}

/**
 * One invocation while its handler works: answers it exactly once, whatever the handler does.
 *
 * @see WAMP spec, Progressive Call Results; Call Canceling; Call Timeouts
 */
export class RunningInvocation {
  readonly id: Id;
  /** Whether the caller may still stream more in. */
  inputOpen: boolean;
  readonly #details: Dict;
  /** Emits when a handler that answers with a stream is not listened to any more. */
  #over$: Subject<void> | undefined;
  #clock: Subscription | undefined;
  #abort: AbortController | undefined;
  #chunks: Chunks | undefined;
  #answered = false;
  #canceled = false;

  constructor(
    private readonly message: InvocationMessage,
    private readonly registered: Uri,
    private readonly settings: AnswerSettings,
    private readonly send: (message: WampMessage) => void,
    /** Called once, when nothing more will be sent. */
    private readonly ended: () => void,
  ) {
    this.id = message[1];
    this.#details = message[3];
    this.inputOpen = this.#details['progress'] === true;
    if (this.inputOpen) this.#chunks = this.#newChunks();
  }

  /** The procedure that was called; of a pattern registration the real one. */
  get procedure(): Uri {
    const said = this.#details['procedure'];
    return typeof said === 'string' ? said : this.registered;
  }

  /** Calls the handler. */
  run(handler: Handler): void {
    this.#startClock();
    const invocation = toInvocation(this.message, this.registered, {
      signal: () => this.#signal(),
      input: () => (this.#chunks ??= this.#newChunks()).input$,
    });
    try {
      this.#take(handler(invocation));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The caller streamed one more chunk in. */
  chunk([, , , details, args, kwargs]: InvocationMessage): void {
    this.inputOpen = details['progress'] === true;
    const last = !this.inputOpen;
    const empty = (args?.length ?? 0) === 0 && Object.keys(kwargs ?? NO_KWARGS).length === 0;
    // An empty last chunk only says that the stream has ended.
    const taken = (last && empty) || this.#chunks?.push(new Payload(args ?? NO_ARGS, kwargs ?? NO_KWARGS));
    if (taken === false)
      this.giveUp(new WampError(ErrorUri.UNAVAILABLE, { args: ['the procedure does not read what is streamed in'] }));
    else if (last) this.#chunks?.end();
  }

  /** The caller gave up, or the router gave up for it. */
  interrupt(mode: unknown): void {
    if (mode === 'killnowait') this.stop();
    else this.giveUp(new WampError(ErrorUri.CANCELED));
  }

  /** Stops the handler without an answer. */
  stop(): void {
    if (this.#answered) return;
    this.#answered = true;
    this.#cancel();
    this.#end();
  }

  /** Answers in the handler's place and stops it. */
  giveUp(error: WampError): void {
    if (this.#answered) return;
    this.#fail(error);
    this.#cancel();
  }

  #fail(thrown: unknown): void {
    const { uri, args, kwargs } = toError(thrown, this.settings);
    this.#answer([Code.ERROR, Code.INVOCATION, this.id, {}, uri, ...tail(args, kwargs)]);
  }

  #succeed(value: unknown): void {
    this.#answer([Code.YIELD, this.id, {}, ...tail(...toArguments(value))]);
  }

  #follow(values$: Observable<unknown>): void {
    if (this.#answered) return;
    const progressive = this.#details['receive_progress'] === true;
    let last: unknown;
    // Stops a source that is still emitting synchronously, too.
    this.#over$ = new Subject<void>();
    values$.pipe(takeUntil(this.#over$)).subscribe({
      next: (value) => {
        if (progressive) this.#progress(value);
        else last = value;
      },
      error: (error: unknown) => {
        this.#fail(error);
      },
      complete: () => {
        this.#succeed(last);
      },
    });
  }

  /** What the handler gave back, or what its Promise became. */
  #take(outcome: unknown): void {
    const stream$ = streamOf(outcome);
    if (stream$ !== undefined) this.#follow(stream$);
    else if (isPromise(outcome)) this.#await(outcome);
    else this.#succeed(outcome);
  }

  #await(promise: PromiseLike<unknown>): void {
    promise.then(
      (value) => {
        this.#take(value);
      },
      (error: unknown) => {
        this.#fail(error);
      },
    );
  }

  #progress(value: unknown): void {
    if (this.#answered) return;
    try {
      this.send([Code.YIELD, this.id, { progress: true }, ...tail(...toArguments(value))]);
    } catch (error) {
      this.#answer(this.#unsendable(error));
      this.#cancel();
      return;
    }
    this.#startClock();
  }

  #answer(message: WampMessage): void {
    if (this.#answered) return;
    this.#answered = true;
    try {
      this.send(message);
    } catch (error) {
      this.send(this.#unsendable(error));
    }
    this.#end();
  }

  /** What says that an answer cannot be carried. It can: it is text. */
  #unsendable(error: unknown): WampMessage {
    const what = isRxWampError(error) ? error.message : 'the answer could not be sent';
    return [Code.ERROR, Code.INVOCATION, this.id, {}, ErrorUri.INVALID_PAYLOAD, [what]];
  }

  /** Tells the handler that nobody waits for it any more. */
  #cancel(): void {
    this.#canceled = true;
    this.#abort?.abort();
  }

  #end(): void {
    this.ended();
    this.#clock?.unsubscribe();
    this.#over$?.next();
  }

  #signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#canceled) this.#abort.abort();
    return this.#abort.signal;
  }

  #newChunks(): Chunks {
    const [, , , details, args, kwargs] = this.message;
    const chunks = new Chunks();
    chunks.push(new Payload(args ?? NO_ARGS, kwargs ?? NO_KWARGS));
    if (details['progress'] !== true) chunks.end();
    return chunks;
  }

  /** A `timeout` reaches the callee only where it registered with `forward_timeout`. Each progressive result starts it anew. */
  #startClock(): void {
    const timeoutMs = this.#details['timeout'];
    if (!this.settings.keepsTime || typeof timeoutMs !== 'number' || timeoutMs <= 0) return;
    this.#clock?.unsubscribe();
    this.#clock = after(timeoutMs).subscribe(() => {
      this.giveUp(new WampError(ErrorUri.TIMEOUT));
    });
  }
}
