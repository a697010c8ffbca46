import { isObservable, Observable, Subject, takeUntil } from 'rxjs';
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
    private readonly send: (message: WampMessage) => void,
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
  call({ procedure, input, options, cancelMode }: CallRequest): Observable<WampResult> {
    return new Observable<WampResult>((subscriber) => {
      let request: Id | undefined;
      let ended = false;
      let progressed = false;
      const pending: Pending<Result> = {
        code: Code.CALL,
        on: procedure,
        settle: (message) => {
          const result = toResult(message);
          if (result.progress) {
            // One that was not asked for is not the user's.
            if (options['receive_progress'] === true) {
              progressed = true;
              subscriber.next(result);
            }
            return false;
          }
          ended = true;
          if (!progressed || !isEmpty(result)) subscriber.next(result);
          subscriber.complete();
          return true;
        },
        fail: (error) => {
          ended = true;
          subscriber.error(error);
        },
      };
      const open = (args: List, kwargs: Dict, more: Dict): void => {
        try {
          this.requests.open((id): Call => {
            // Known before it is sent: over a memory link results come, and perhaps nobody wants more, before `open` returns.
            request = id;
            return [Code.CALL, id, { ...options, ...more }, procedure, ...tail(args, kwargs)];
          }, pending);
        } catch (error) {
          ended = true;
          subscriber.error(error);
        }
      };
      const chunk = (args: List, kwargs: Dict, more: Dict): void => {
        if (subscriber.closed) return;
        if (request === undefined) {
          open(args, kwargs, more);
          return;
        }
        try {
          this.send([Code.CALL, request, more, procedure, ...tail(args, kwargs)]);
        } catch (error) {
          subscriber.error(error);
        }
      };
      if (isObservable(input)) {
        // Stops a source that is still emitting synchronously, too.
        const over$ = new Subject<void>();
        subscriber.add(() => {
          over$.next();
        });
        subscriber.add(
          input.pipe(takeUntil(over$)).subscribe({
            next: ([args, kwargs]) => {
              chunk(args, kwargs, { progress: true });
            },
            error: (error: unknown) => {
              subscriber.error(error);
            },
            complete: () => {
              chunk([], {}, {});
            },
          }),
        );
      } else {
        open(input[0], input[1], {});
      }
      return () => {
        if (ended || request === undefined) return;
        this.requests.forget(request);
        if (cancelMode !== undefined) this.send([Code.CANCEL, request, { mode: cancelMode }]);
      };
    });
  }
}

const isEmpty = ({ args, kwargs }: WampResult): boolean => args.length === 0 && Object.keys(kwargs).length === 0;
