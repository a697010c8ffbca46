import { computed, signal, type Signal } from '@angular/core';
import { defer, filter, map, scan, type Observable } from 'rxjs';
import {
  isTopicGap,
  isTopicSnapshot,
  WampEvent,
  type Dict,
  type EventOf,
  type GapOf,
  type GapPolicy,
  type Id,
  type List,
  type MatchOf,
  type TopicGap,
  type TopicOptions,
  type Uri,
  type ValueOf,
} from 'rxwamp';
import { nameOf, toError, wampContext, type WampContextOptions } from './context.js';
import type { ApiOf, TopicIn, WampConnection } from './contracts.js';
import { follow, together, type Reactive } from './follow.js';
import { injectConnection } from './inject-connection.js';
import { awaitedOnServer, isInert } from './server.js';
import { topicItems, valueOf } from './topic-items.js';
import { transferSlot } from './transfer.js';

/**
 * How a topic stands. `idle`: there is no URI, or this is a server that does not connect. `connecting`: there is no session
 * now; there will be. `subscribed`: there is a session, and the topic was asked for in it. `closed`: the client was closed.
 */
export type TopicStatus = 'idle' | 'connecting' | 'subscribed' | 'error' | 'closed';

/** A topic as signals. Made by {@link injectTopic}. */
export interface TopicRef<Event, Value> {
  /** The first argument of the last event, or what `reduce` and `pipe` made of the events. */
  readonly value: Signal<Value>;
  /** The last event, whole. */
  readonly event: Signal<Event | undefined>;
  readonly status: Signal<TopicStatus>;
  /** Why there are no events, with the status `error`: a `WampError` of the router, a `UsageError`, or what `reduce` or `pipe` failed with. */
  readonly error: Signal<Error | undefined>;
  /** The last gap, where `subscribe.gaps` asks for notices. */
  readonly gap: Signal<TopicGap | undefined>;
  /** Subscribes anew and keeps the value: after an error, say. Does nothing without a URI. */
  reload(): void;
}

/** What {@link injectTopic} can be told, whatever becomes of the events. */
export interface TopicConfig<
  C extends WampConnection,
  Options extends TopicOptions = TopicOptions,
> extends WampContextOptions<C> {
  /** Options of the subscription; a function of signals subscribes anew when they change. */
  readonly subscribe?: Reactive<Options>;
  /** Whether the value that a server rendered is the first one in the page. It must be JSON. Default: false. */
  readonly transfer?: boolean;
}

/** Options of the subscription to a topic of a contract. */
export type ExactTopicOptions<C extends WampConnection, Gaps extends GapPolicy> = TopicOptions & {
  readonly match?: MatchOf<TopicIn<C>>;
  readonly gaps?: Gaps;
};
/** Options of the subscription to a pattern. */
export type PatternTopicOptions<Gaps extends GapPolicy> = TopicOptions & {
  readonly match: 'prefix' | 'wildcard';
  readonly gaps?: Gaps;
};
/** What a gap puts among the events: snapshots. Its notices are in `gap`. */
type Filled<Gaps extends GapPolicy> = Exclude<GapOf<Gaps>, TopicGap>;
/** What a topic's signals are made of: its events, and the snapshots that `subscribe.gaps` asks for. */
type ItemIn<C extends WampConnection, U extends TopicIn<C>, Gaps extends GapPolicy> =
  EventOf<ApiOf<C>, U> | Filled<Gaps>;
/** The first argument of an event, or of the result of a snapshot. */
type ValueIn<C extends WampConnection, U extends TopicIn<C>, Gaps extends GapPolicy> =
  ValueOf<ApiOf<C>, U> | ([Filled<Gaps>] extends [never] ? never : unknown);

/** What {@link injectTopic} can be told of a pattern. */
export interface PatternConfig<Gaps extends GapPolicy> extends TopicConfig<WampConnection, PatternTopicOptions<Gaps>> {
  readonly subscribe: Reactive<PatternTopicOptions<Gaps>>;
}

/** What is done to the events before they are shown. */
interface Piped<Event, Item> {
  /** E.g. `auditTime(100)` or an operator of `rxwamp/operators`. It is subscribed to outside of Angular's zone. */
  readonly pipe: (events$: Observable<Event>) => Observable<Item>;
}
/** Accumulates. */
interface Reduced<Item, Value> {
  /** The value before and an event give the value after. */
  readonly reduce: (value: Value, item: Item) => Value;
  /** The value before the first event, for each URI anew. */
  readonly initialValue: Value;
}
/** Shows the events as they come. */
interface NotPiped {
  readonly pipe?: undefined;
}
/** Shows the last one. */
interface NotReduced<Initial> {
  readonly reduce?: undefined;
  /** The value before the first event. Default: undefined. */
  readonly initialValue?: Initial;
}

/**
 * A topic as signals, subscribed to until the injector is destroyed: that of a component, a directive, a service. Needs an
 * injection context, or the option `injector`.
 *
 * The URI may be a function of signals: when it changes, the old subscription ends, the value goes back to the initial
 * one, and the new topic is subscribed to; while it is undefined, nothing is. Whatever is set here is set outside of
 * Angular's zone, so that a fast topic costs one change detection a frame and not one an event; `pipe` thins out further.
 *
 * @example
 * readonly ticks = injectTopic('com.example.tick');
 * readonly price = injectTopic(() => `com.example.price.${this.symbol()}`, { initialValue: 0 });
 * readonly log = injectTopic('com.example.log', {
 *   initialValue: [] as readonly string[],
 *   reduce: (lines, { value }) => [...lines.slice(-99), value],
 * });
 * readonly calm = injectTopic('com.example.sensor', { pipe: (events$) => events$.pipe(auditTime(200), value()) });
 */
export function injectTopic<
  U extends TopicIn<C>,
  Initial = undefined,
  C extends WampConnection = 'default',
  Gaps extends GapPolicy = 'silent',
>(
  topic: Reactive<U | undefined>,
  config?: TopicConfig<C, ExactTopicOptions<C, Gaps>> & NotPiped & NotReduced<Initial>,
): TopicRef<EventOf<ApiOf<C>, U>, ValueIn<C, U, Gaps> | Initial>;
export function injectTopic<
  U extends TopicIn<C>,
  Value,
  C extends WampConnection = 'default',
  Gaps extends GapPolicy = 'silent',
>(
  topic: Reactive<U | undefined>,
  config: TopicConfig<C, ExactTopicOptions<C, Gaps>> & NotPiped & Reduced<ItemIn<C, U, NoInfer<Gaps>>, Value>,
): TopicRef<EventOf<ApiOf<C>, U>, Value>;
export function injectTopic<
  U extends TopicIn<C>,
  Item,
  Initial = undefined,
  C extends WampConnection = 'default',
  Gaps extends GapPolicy = 'silent',
>(
  topic: Reactive<U | undefined>,
  config: TopicConfig<C, ExactTopicOptions<C, Gaps>> & Piped<ItemIn<C, U, NoInfer<Gaps>>, Item> & NotReduced<Initial>,
): TopicRef<EventOf<ApiOf<C>, U>, Item | Initial>;
export function injectTopic<
  U extends TopicIn<C>,
  Item,
  Value,
  C extends WampConnection = 'default',
  Gaps extends GapPolicy = 'silent',
>(
  topic: Reactive<U | undefined>,
  config: TopicConfig<C, ExactTopicOptions<C, Gaps>> &
    Piped<ItemIn<C, U, NoInfer<Gaps>>, Item> &
    Reduced<NoInfer<Item>, Value>,
): TopicRef<EventOf<ApiOf<C>, U>, Value>;
/** A pattern: a contract does not say what it matches. */
export function injectTopic<Item = unknown, Initial = undefined, Gaps extends GapPolicy = 'silent'>(
  pattern: Reactive<Uri | undefined>,
  config: PatternConfig<Gaps> & Partial<Piped<WampEvent | Filled<NoInfer<Gaps>>, Item>> & NotReduced<Initial>,
): TopicRef<WampEvent, Item | Initial>;
export function injectTopic<Value, Item = WampEvent, Gaps extends GapPolicy = 'silent'>(
  pattern: Reactive<Uri | undefined>,
  config: PatternConfig<Gaps> & Partial<Piped<WampEvent | Filled<NoInfer<Gaps>>, Item>> & Reduced<NoInfer<Item>, Value>,
): TopicRef<WampEvent, Value>;
export function injectTopic(topic: Reactive<Uri | undefined>, config: AnyConfig = {}): unknown {
  const { initialValue, pipe, reduce, subscribe = {}, transfer = false } = config;
  const { injector, client, zones } = wampContext(injectTopic, config);
  const connection = injectConnection({ injector, connection: client });
  const value = signal<unknown>(initialValue);
  const event = signal<WampEvent | undefined>(undefined);
  const gap = signal<TopicGap | undefined>(undefined);
  const error = signal<Error | undefined>(undefined);
  const phase = signal<'idle' | 'live' | 'error' | 'closed'>('idle');
  let subject: Asked | undefined;

  const items$ = (uri: Uri, options: TopicOptions): Observable<unknown> => {
    const events$ = topicItems(client, uri, options).pipe(
      filter((item) => {
        if (isTopicGap(item)) gap.set(item);
        else if (!isTopicSnapshot(item)) event.set(item);
        return !isTopicGap(item);
      }),
    );
    const shown$ = pipe === undefined ? events$ : pipe(events$ as Observable<never>);
    if (reduce !== undefined)
      return shown$.pipe(scan((before, item) => reduce(before as never, item as never), value()));
    return pipe === undefined ? events$.pipe(map(valueOf)) : shown$;
  };

  const following = follow(together<Asked>({ uri: topic, options: subscribe }), injector, zones, (asked) => {
    const { uri, options } = asked;
    error.set(undefined);
    const slot =
      transfer && uri !== undefined
        ? transferSlot<Transferred>(injector, 'topic', nameOf(config.connection), uri, options)
        : undefined;
    if (subject !== asked) {
      subject = asked;
      const sent = slot?.read();
      value.set(sent === undefined ? initialValue : sent.value);
      event.set(sent?.event === undefined ? undefined : new WampEvent(...sent.event));
      gap.set(undefined);
    }
    if (uri === undefined) {
      phase.set('idle');
      return undefined;
    }
    phase.set(isInert(client) ? 'idle' : 'live');
    return defer(() => items$(uri, options))
      .pipe(awaitedOnServer(client, injector))
      .subscribe({
        next: (item) => {
          value.set(item);
          phase.set('live');
          slot?.write({ value: item, event: partsOf(event()) });
        },
        error: (failure: unknown) => {
          error.set(toError(failure));
          phase.set('error');
        },
        complete: () => {
          phase.set(isInert(client) ? 'idle' : 'closed');
        },
      });
  });

  return {
    value: value.asReadonly(),
    event: event.asReadonly(),
    gap: gap.asReadonly(),
    error: error.asReadonly(),
    status: computed(() => {
      const now = phase();
      if (now !== 'live') return now;
      return connection().status === 'connected' ? 'subscribed' : 'connecting';
    }),
    reload: () => following.again(),
  } satisfies TopicRef<WampEvent, unknown>;
}

/** What the signatures above have in common: what the functions are handed follows from the URI and the options. */
type AnyConfig = TopicConfig<WampConnection> & {
  readonly pipe?: ((events$: Observable<never>) => Observable<unknown>) | undefined;
  readonly reduce?: ((value: never, item: never) => unknown) | undefined;
  readonly initialValue?: unknown;
};

/** A subscription that was asked for. */
interface Asked {
  readonly uri: Uri | undefined;
  readonly options: TopicOptions;
}

interface Transferred {
  readonly value: unknown;
  readonly event: EventParts | undefined;
}
type EventParts = readonly [args: List, kwargs: Dict, details: Dict, topic: Uri, publication: Id, subscription: Id];

const partsOf = (event: WampEvent | undefined): EventParts | undefined =>
  event && [event.args, event.kwargs, event.details, event.topic, event.publication, event.subscription];
