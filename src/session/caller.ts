import {
  isObservable,
  Observable,
  Subject,
  takeUntil,
  type Subscriber,
  type TeardownLogic,
  type Unsubscribable,
} from 'rxjs';
import * as Code from '../protocol/codes.js';
import type { Call, Dict, Id, List, Result, Uri, WampMessage } from '../protocol/message.js';
import { tail } from '../protocol/payload.js';
import type { Pending, Requests } from './requests.js';
import { toResult, type WampResult } from './result.js';

/** Arguments and keyword arguments. */
export type Arguments = readonly [args: List, kwargs: Dict];

/** What the callee is told when a caller gives up: nothing, to stop and answer, or to stop. */
export type CancelMode = 'skip' | 'kill' | 'killnowait';

/** A call, ready to be sent. */
export interface CallRequest {
  readonly procedure: Uri;
  /** Its arguments, or a stream of them: each goes out at once, an empty last one when the stream completes. */
  readonly input: Arguments | Observable<Arguments>;
  /** CALL.Options. */
  readonly options: Dict;
  /** The mode of the CANCEL that unsubscribing sends; undefined where the dealer cannot cancel. */
  readonly cancelMode: CancelMode | undefined;
}

/** The caller of a session. */
export class Caller {
  constructor(
    private readonly requests: Requests,
    private readonly write: (message: WampMessage) => void,
  ) {}

  /**
   * Results of a call. CALL on subscribe; unsubscribing before the last result sends CANCEL and forgets the call, so
   * that whatever still comes for it is dropped.
   *
   * @returns emits each progressive result if `receive_progress` was asked for, then the last result, and completes. A
   * last result without payload is left out when progressive ones came before it. Errors with `WampError`,
   * `SerializationError`, or with `ConnectionLostError` or `ClientClosedError` when the session ends.
   * @see WAMP spec, Remote Procedure Calls; Progressive Call Results; Progressive Call Invocations; Call Canceling
   */
  call(request: CallRequest): Observable<WampResult> {
    return new Observable<WampResult>((subscriber) => this.send(request, subscriber));
  }

  /** As {@link call}, for one subscriber, now. @returns how it gives up. */
  send({ procedure, input, options, cancelMode }: CallRequest, subscriber: Subscriber<WampResult>): Unsubscribable {
    const call = new PendingCall(this.requests, this.write, procedure, options, cancelMode, subscriber);
    if (isObservable(input)) subscriber.add(streamed(input, call, subscriber));
    else call.open(input[0], input[1], options);
    return call;
  }
}

/** A call that waits for its results. There may be a hundred thousand: an object with methods, and not a closure for each. */
class PendingCall implements Pending<Result>, Unsubscribable {
  readonly code = Code.CALL;
  #request: Id | undefined;
  #state: 'waiting' | 'progressed' | 'over' = 'waiting';

  constructor(
    private readonly requests: Requests,
    private readonly send: (message: WampMessage) => void,
    readonly on: Uri,
    private readonly options: Dict,
    private readonly cancelMode: CancelMode | undefined,
    private readonly subscriber: Subscriber<WampResult>,
  ) {}

  /** The first CALL. */
  open(args: List, kwargs: Dict, options: Dict): void {
    try {
      this.requests.open((id): Call => {
        // Known before it is sent: over a memory link results come, and perhaps nobody wants more, before `open` returns.
        this.#request = id;
        return [Code.CALL, id, options, this.on, ...tail(args, kwargs)];
      }, this);
    } catch (error) {
      this.fail(error);
    }
  }

  /** One of several CALLs. */
  chunk(args: List, kwargs: Dict, more: Dict): void {
    if (this.subscriber.closed) return;
    if (this.#request === undefined) {
      this.open(args, kwargs, { ...this.options, ...more });
      return;
    }
    try {
      this.send([Code.CALL, this.#request, more, this.on, ...tail(args, kwargs)]);
    } catch (error) {
      this.subscriber.error(error);
    }
  }

  settle(message: Result): boolean {
    const { subscriber } = this;
    const result = toResult(message);
    if (result.progress) {
      // One that was not asked for is not the user's.
      if (this.options['receive_progress'] === true) {
        this.#state = 'progressed';
        subscriber.next(result);
      }
      return false;
    }
    const isOmitted = this.#state === 'progressed' && isEmpty(result);
    this.#state = 'over';
    if (!isOmitted) subscriber.next(result);
    subscriber.complete();
    return true;
  }

  fail(error: unknown): void {
    this.#state = 'over';
    this.subscriber.error(error);
  }

  /** Nobody wants the results any more, or they have come. */
  unsubscribe(): void {
    if (this.#state === 'over' || this.#request === undefined) return;
    this.requests.forget(this.#request);
    if (this.cancelMode !== undefined) this.send([Code.CANCEL, this.#request, { mode: this.cancelMode }]);
  }
}

/** Sends each chunk of an input as it comes, and an empty last one when it completes. */
function streamed(input: Observable<Arguments>, call: PendingCall, subscriber: Subscriber<WampResult>): TeardownLogic {
  // Stops a source that is still emitting synchronously, too.
  const over$ = new Subject<void>();
  subscriber.add(() => {
    over$.next();
  });
  return input.pipe(takeUntil(over$)).subscribe({
    next: ([args, kwargs]) => {
      call.chunk(args, kwargs, { progress: true });
    },
    error: (error: unknown) => {
      subscriber.error(error);
    },
    complete: () => {
      call.chunk([], {}, {});
    },
  });
}

const isEmpty = ({ args, kwargs }: WampResult): boolean => args.length === 0 && Object.keys(kwargs).length === 0;
