import { computed, DestroyRef, signal, untracked, type Signal } from '@angular/core';
import { defer, of, Subscription, tap, type Observable, type Observer } from 'rxjs';
import {
  WampResult,
  type CallOptions,
  type ChunkOf,
  type Chunk,
  type Dict,
  type InputOf,
  type List,
  type PayloadInput,
  type ResultOf,
  type Uri,
} from 'rxwamp';
import { nameOf, toError, wampContext, type WampContextOptions } from './context.js';
import type { ApiOf, ProcedureIn, WampConnection } from './contracts.js';
import { follow, together, type Reactive } from './follow.js';
import { awaitedOnServer, isInert } from './server.js';
import { transferSlot, type TransferSlot } from './transfer.js';

/** How a call stands: not made, or cancelled; on its way; answered; failed. The words are those of Angular's `resource`. */
export type CallStatus = 'idle' | 'loading' | 'resolved' | 'error';

/** A call as signals. Made by {@link injectCall}. */
export interface CallRef<Input, Result, Progress, Value> {
  /** The first argument of the result, or what `reduce` made of all results so far. */
  readonly value: Signal<Value>;
  /** The result, whole. Where a call ends without one after progressive results, it is the last of those. */
  readonly result: Signal<Result | Progress | undefined>;
  /** The last progressive result of the present call, whole. Only with `options.progress`. */
  readonly progress: Signal<Progress | undefined>;
  readonly status: Signal<CallStatus>;
  readonly isLoading: Signal<boolean>;
  /** Why it failed, with the status `error`. */
  readonly error: Signal<Error | undefined>;
  /**
   * Makes the call now, in place of the one on its way, which is cancelled.
   *
   * @param payload arguments, `{ args, kwargs }`, or an Observable of them that is streamed in; may be left out where it may be empty.
   * @returns the result. It rejects as the call errors, and with an `AbortError` when it is cancelled; leaving it alone is safe.
   */
  call(...payload: undefined extends Input ? [payload?: Input] : [payload: Input]): Promise<Result | Progress>;
  /** Makes the last call again and keeps the value meanwhile. Does nothing when there was none. */
  reload(): void;
  /** Cancels the call on its way: the callee is told (CANCEL), the value stays. */
  cancel(): void;
}

/** What {@link injectCall} can be told, whatever becomes of the results. */
export interface CallConfig<C extends WampConnection, Input, Progress extends boolean> extends WampContextOptions<C> {
  /** The payload as a function of signals: the call is made now, and again when it changes; undefined makes none. Without it, `call` makes calls. */
  readonly payload?: () => Input | undefined;
  /** Options of the call; a function of signals makes the call anew when they change. */
  readonly options?: Reactive<CallOptions & { readonly progress?: Progress }>;
  /** With `payload`: whether the result that a server rendered is taken in the page in place of the first call. It must be JSON. Default: false. */
  readonly transfer?: boolean;
}

interface NotReduced<Initial> {
  readonly reduce?: undefined;
  /** The value before the first result. Default: undefined. */
  readonly initialValue?: Initial;
}
interface Reduced<Result, Value> {
  /** Accumulates all results, progressive ones too: the value before and a result give the value after. Each call begins with `initialValue`. */
  readonly reduce: (value: Value, result: Result) => Value;
  readonly initialValue: Value;
}

type InputIn<C extends WampConnection, U extends ProcedureIn<C>> = InputOf<ApiOf<C>, U>;
type Ref<C extends WampConnection, U extends ProcedureIn<C>, P extends boolean, Value> = CallRef<
  InputIn<C, U> | Observable<ChunkOf<ApiOf<C>, U>>,
  ResultOf<ApiOf<C>, U>,
  P extends true ? ResultOf<ApiOf<C>, U, true> : never,
  Value
>;

/**
 * Calls of a procedure as signals, one at a time, until the injector is destroyed. Needs an injection context, or the
 * option `injector`.
 *
 * With `payload`, a function of signals, the call is made by itself, and made anew when one of them changes; without it,
 * by `call(…)`. Whatever takes the place of a call that is on its way cancels it, and so does a URI that changes (it may be
 * a function of signals as well) and the end of the injector. A call that another takes the place of, but for `reload`,
 * brings the value back to the initial one.
 *
 * @example
 * readonly sum = injectCall('com.example.add', { payload: () => [this.a(), this.b()] });
 * readonly save = injectCall('com.example.save'); // (click)="save.call([user()])"
 * readonly backup = injectCall('com.example.backup', { options: { progress: true } }); // backup.progress()?.value
 */
export function injectCall<
  U extends ProcedureIn<C>,
  P extends boolean = false,
  Initial = undefined,
  C extends WampConnection = 'default',
>(
  procedure: Reactive<U | undefined>,
  config?: CallConfig<C, NoInfer<InputIn<C, U>>, P> & NotReduced<Initial>,
): Ref<C, U, P, ResultOf<ApiOf<C>, U, P>['value'] | Initial>;
export function injectCall<
  U extends ProcedureIn<C>,
  Value,
  P extends boolean = false,
  C extends WampConnection = 'default',
>(
  procedure: Reactive<U | undefined>,
  config: CallConfig<C, NoInfer<InputIn<C, U>>, P> & Reduced<ResultOf<ApiOf<C>, U, NoInfer<P>>, Value>,
): Ref<C, U, P, Value>;
export function injectCall(procedure: Reactive<Uri | undefined>, config: AnyConfig = {}): unknown {
  const { initialValue, reduce, payload, options = {}, transfer = false } = config;
  const { injector, client, zones } = wampContext(injectCall, config);
  const value = signal<unknown>(initialValue);
  const result = signal<WampResult | undefined>(undefined);
  const progress = signal<WampResult | undefined>(undefined);
  const error = signal<Error | undefined>(undefined);
  const status = signal<CallStatus>('idle');
  let running: Subscription | undefined;
  let last: Asked | undefined;

  const clear = (): void => {
    value.set(initialValue);
    result.set(undefined);
  };

  const stop = (): void => {
    const ended = running;
    running = undefined;
    if (ended !== undefined) zones.outside(() => ended.unsubscribe());
    progress.set(undefined);
    error.set(undefined);
    status.set('idle');
  };

  const start = (asked: Asked, slot?: TransferSlot<ResultParts>, settle?: Settle): void => {
    stop();
    last = asked;
    status.set('loading');
    let seen: WampResult | undefined;
    let total: unknown = initialValue;
    const sent = slot?.read();
    // `call` of a client without a contract, which takes every URI and payload.
    const results$: Observable<WampResult> =
      sent === undefined
        ? defer(() => client.call(asked.uri, asked.payload, asked.options))
        : of(new WampResult(...sent));
    const reduced$ = results$.pipe(
      tap((next) => {
        seen = next;
        // The signatures above say what it is handed.
        if (reduce !== undefined) total = reduce(total as never, next as never);
      }),
      awaitedOnServer(client, injector),
    );
    const observer: Observer<WampResult> = {
      next: (next) => {
        if (next.progress) progress.set(next);
        else result.set(next);
        if (reduce !== undefined) value.set(total);
      },
      error: (failure: unknown) => {
        error.set(toError(failure));
        status.set('error');
        settle?.reject(failure);
      },
      complete: () => {
        if (seen === undefined && isInert(client)) {
          status.set('idle');
          settle?.reject(aborted('this server does not connect'));
          return;
        }
        const final = seen ?? new WampResult([], {}, {});
        result.set(final);
        if (reduce === undefined) value.set(final.value);
        status.set('resolved');
        slot?.write([final.args, final.kwargs, final.details]);
        settle?.resolve(final);
      },
    };
    const subscription = zones.outside(() => reduced$.subscribe(observer));
    subscription.add(() => settle?.reject(aborted('the call was cancelled')));
    running = subscription;
  };

  const asked = together<Followed>({ uri: procedure, options, payload });
  let destroyed = false;
  follow(asked, injector, zones, ({ uri, options: chosen, payload: input }) => {
    stop();
    clear();
    last = undefined;
    if (uri !== undefined && input !== undefined) {
      const slot = transfer
        ? transferSlot<ResultParts>(injector, 'call', nameOf(config.connection), uri, input, chosen)
        : undefined;
      start({ uri, payload: input as Payload, options: chosen }, slot);
    }
    return new Subscription(stop);
  });
  injector.get(DestroyRef).onDestroy(() => {
    destroyed = true;
    last = undefined;
  });

  return {
    value: value.asReadonly(),
    result: result.asReadonly(),
    progress: progress.asReadonly(),
    error: error.asReadonly(),
    status: status.asReadonly(),
    isLoading: computed(() => status() === 'loading'),
    call: (input?: Payload) => {
      const answer = new Promise<WampResult>((resolve, reject) => {
        untracked(() => {
          const { uri, options: chosen } = typeof asked === 'function' ? asked() : asked;
          if (destroyed || uri === undefined) {
            reject(aborted(destroyed ? 'who calls was destroyed' : 'there is no procedure to call'));
            return;
          }
          stop();
          clear();
          start({ uri, payload: input, options: chosen }, undefined, { resolve, reject });
        });
      });
      // Who leaves the result alone reads of the failure in `error`.
      answer.catch(() => undefined);
      return answer;
    },
    reload: () => {
      const again = last;
      if (again !== undefined) untracked(() => start(again));
    },
    cancel: () => untracked(stop),
  } satisfies CallRef<Payload | undefined, WampResult, WampResult, unknown>;
}

/** What the signatures above have in common. */
type AnyConfig = CallConfig<WampConnection, unknown, boolean> & {
  readonly reduce?: ((value: never, result: never) => unknown) | undefined;
  readonly initialValue?: unknown;
};

type Payload = PayloadInput | Observable<Chunk>;
type ResultParts = readonly [args: List, kwargs: Dict, details: Dict];

/** What is followed; the signatures above say that the payload is one. */
interface Followed {
  readonly uri: Uri | undefined;
  readonly options: CallOptions;
  readonly payload: unknown;
}

/** A call that was asked for. */
interface Asked {
  readonly uri: Uri;
  readonly payload: Payload | undefined;
  readonly options: CallOptions;
}

/** Who waits for its end. */
interface Settle {
  readonly resolve: (result: WampResult) => void;
  readonly reject: (error: unknown) => void;
}

const aborted = (why: string): DOMException => new DOMException(why, 'AbortError');
