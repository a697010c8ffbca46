import { DestroyRef, Injector, PendingTasks, type ResourceRef, type ValueEqualityFn } from '@angular/core';
import { rxResource } from '@angular/core/rxjs-interop';
import { defer, filter, map, Observable, of, startWith, tap, throwIfEmpty } from 'rxjs';
import {
  ClientClosedError,
  isTopicGap,
  type CallOptions,
  type EventOf,
  type GapPolicy,
  type InputOf,
  type PayloadInput,
  type ResultOf,
  type TopicOptions,
  type Uri,
  type ValueOf,
  type WampEvent,
  type WampResult,
} from 'rxwamp';
import { nameOf, wampContext, type WampContextOptions } from './context.js';
import type { ApiOf, ProcedureIn, TopicIn, WampConnection } from './contracts.js';
import { together, type Reactive } from './follow.js';
import type { ExactTopicOptions, PatternTopicOptions } from './inject-topic.js';
import { awaitedOnServer, isInert } from './server.js';
import { topicItems, valueOf } from './topic-items.js';
import { transferSlot } from './transfer.js';

/** What a resource can be told, of a call or of a topic: `injector`, `defaultValue`, `equal` and `debugName` are as Angular's `resource` has them. */
export interface WampResourceOptions<C extends WampConnection, Value, Default> extends WampContextOptions<C> {
  /** The value while there is none. Default: undefined. */
  readonly defaultValue?: Default;
  /** Whether two values are the same. */
  readonly equal?: ValueEqualityFn<Value>;
  /** A name for Angular's developer tools. */
  readonly debugName?: string;
  /** Whether the value that a server rendered is the first one in the page; of a call it takes its place. It must be JSON. Default: false. */
  readonly transfer?: boolean;
}

/** A resource that is the result of a call. */
export interface WampCallResourceOptions<
  C extends WampConnection,
  U,
  Input,
  Result,
  Progress extends boolean,
  Value,
  Default,
> extends WampResourceOptions<C, Value, Default> {
  /** The procedure; a function of signals calls anew when it changes, and not at all while it is undefined. */
  readonly call: Reactive<U | undefined>;
  /** The payload as a function of signals: the call is made anew when it changes, and not at all while it is undefined. Default: an empty payload. */
  readonly params?: () => Input | undefined;
  /** Options of the call; with `progress` each progressive result is a value. */
  readonly options?: Reactive<CallOptions & { readonly progress?: Progress }>;
  /** The value of a result. Default: its first argument. */
  readonly parse?: (result: Result) => Value;
}

/** A resource that is the last event of a topic. */
export interface WampTopicResourceOptions<
  C extends WampConnection,
  U,
  Options,
  Event,
  Value,
  Default,
> extends WampResourceOptions<C, Value, Default> {
  /** The topic; a function of signals subscribes anew when it changes, and not at all while it is undefined. */
  readonly topic: Reactive<U | undefined>;
  /** Options of the subscription. */
  readonly subscribe?: Reactive<Options>;
  /** The values of the events, e.g. accumulated by `scan` or thinned out by `auditTime`. Default: their first arguments. */
  readonly pipe?: (events$: Observable<Event>) => Observable<Value>;
}

/**
 * A call or a topic as a resource of Angular's: `value`, `status`, `error`, `isLoading`, `hasValue()`, `reload()`, `set`.
 * Needs an injection context, or the option `injector`.
 *
 * A call is made again when `params` changes, and the one on its way is cancelled; a topic is subscribed to anew when its
 * URI or options change, and its value is that of the last event. Where a page's resource waits, the application is stable
 * nevertheless; rendering on a server that connects waits for the first value, within `serverTimeoutMs`.
 *
 * @example
 * readonly user = wampResource({ call: 'com.example.user', params: () => [this.id()] });
 * readonly price = wampResource({ topic: () => `com.example.price.${this.symbol()}`, defaultValue: 0 });
 */
export function wampResource<
  U extends ProcedureIn<C>,
  P extends boolean = false,
  Default = undefined,
  C extends WampConnection = 'default',
>(
  options: WampCallResourceOptions<
    C,
    U,
    NoInfer<InputOf<ApiOf<C>, U>>,
    never,
    P,
    ResultOf<ApiOf<C>, U, P>['value'],
    Default
  > & {
    readonly parse?: undefined;
  },
): ResourceRef<ResultOf<ApiOf<C>, U, P>['value'] | Default>;
export function wampResource<
  U extends ProcedureIn<C>,
  Value,
  P extends boolean = false,
  Default = undefined,
  C extends WampConnection = 'default',
>(
  options: WampCallResourceOptions<
    C,
    U,
    NoInfer<InputOf<ApiOf<C>, U>>,
    ResultOf<ApiOf<C>, U, NoInfer<P>>,
    P,
    Value,
    Default
  > & { readonly parse: unknown },
): ResourceRef<Value | Default>;
export function wampResource<U extends TopicIn<C>, Default = undefined, C extends WampConnection = 'default'>(
  options: WampTopicResourceOptions<C, U, ExactTopicOptions<C, GapPolicy>, never, ValueOf<ApiOf<C>, U>, Default> & {
    readonly pipe?: undefined;
  },
): ResourceRef<ValueOf<ApiOf<C>, U> | Default>;
export function wampResource<U extends TopicIn<C>, Value, Default = undefined, C extends WampConnection = 'default'>(
  options: WampTopicResourceOptions<C, U, ExactTopicOptions<C, GapPolicy>, EventOf<ApiOf<C>, U>, Value, Default> & {
    readonly pipe: unknown;
  },
): ResourceRef<Value | Default>;
/** A pattern: a contract does not say what it matches. */
export function wampResource<Value = unknown, Default = undefined>(
  options: WampTopicResourceOptions<WampConnection, Uri, PatternTopicOptions<GapPolicy>, WampEvent, Value, Default> & {
    readonly subscribe: Reactive<PatternTopicOptions<GapPolicy>>;
  },
): ResourceRef<Value | Default>;
export function wampResource(options: AnyResourceOptions): unknown {
  const context = wampContext(wampResource, options);
  const { client, zones } = context;
  const name = nameOf(options.connection);
  const injector = withoutPendingTasks(context.injector);
  const asked = together<{
    readonly uri: Uri | undefined;
    readonly payload: unknown;
    readonly options: CallOptions & TopicOptions;
  }>(
    'call' in options
      ? { uri: options.call, payload: options.params ?? [], options: options.options ?? {} }
      : { uri: options.topic, payload: [], options: options.subscribe ?? {} },
  );
  let isFirst = true;

  const values$ = ({ uri, payload, options: chosen }: Asked): Observable<unknown> => {
    // Methods of a client without a contract, which take every URI and payload.
    if ('call' in options) {
      const results$: Observable<WampResult> = client.call(uri, payload, chosen);
      const { parse } = options;
      // The signatures above say what `parse` is handed.
      return results$.pipe(map((result) => (parse === undefined ? result.value : parse(result as never))));
    }
    const events$ = topicItems(client, uri, chosen).pipe(filter((item) => !isTopicGap(item)));
    // The signatures above say what `pipe` is handed.
    const shown$ = options.pipe?.(events$ as Observable<never>) ?? events$.pipe(map(valueOf));
    return shown$.pipe(
      throwIfEmpty(() => new ClientClosedError('the client was closed', { attempted: 'SUBSCRIBE', on: uri })),
    );
  };

  return rxResource<unknown, Asked | undefined>({
    params: () => {
      const { uri, payload, options: chosen } = typeof asked === 'function' ? asked() : asked;
      if (uri === undefined || payload === undefined || isInert(client)) return undefined;
      // The signatures above say that it is one.
      return { uri, payload: payload as PayloadInput, options: chosen };
    },
    stream: ({ params: one }) => {
      const slot = options.transfer === true ? transferSlot<Sent>(context.injector, 'resource', name, one) : undefined;
      const sent = isFirst ? slot?.read() : undefined;
      isFirst = false;
      if (sent !== undefined && 'call' in options) return of(sent.value);
      const live$ = defer(() => values$(one)).pipe(
        awaitedOnServer(client, context.injector),
        tap((value) => slot?.write({ value })),
      );
      const outside$ = new Observable<unknown>((subscriber) => {
        const subscription = zones.outside(() => live$.subscribe(subscriber));
        return () => zones.outside(() => subscription.unsubscribe());
      });
      return sent === undefined ? outside$ : outside$.pipe(startWith(sent.value));
    },
    defaultValue: options.defaultValue,
    injector,
    ...(options.equal !== undefined && { equal: options.equal }),
    ...(options.debugName !== undefined && { debugName: options.debugName }),
  });
}

type AnyResourceOptions =
  | (Omit<WampCallResourceOptions<WampConnection, Uri, unknown, never, boolean, unknown, unknown>, 'parse'> & {
      readonly parse?: ((result: never) => unknown) | undefined;
    })
  | (Omit<WampTopicResourceOptions<WampConnection, Uri, TopicOptions, never, unknown, unknown>, 'pipe'> & {
      readonly pipe?: ((events$: Observable<never>) => Observable<unknown>) | undefined;
    });

/** What was asked for. */
interface Asked {
  readonly uri: Uri;
  readonly payload: PayloadInput;
  readonly options: CallOptions & TopicOptions;
}

/** What a server put into its page. */
interface Sent {
  readonly value: unknown;
}

/**
 * The same injector, but for what waits: Angular's resources hold the application unstable until their first value, which a
 * topic may never have, and a call not before the router is back.
 */
function withoutPendingTasks(parent: Injector): Injector {
  const pendingTasks = { add: () => () => undefined, run: () => undefined };
  const injector = Injector.create({ providers: [{ provide: PendingTasks, useValue: pendingTasks }], parent });
  parent.get(DestroyRef).onDestroy(() => injector.destroy());
  return injector;
}
