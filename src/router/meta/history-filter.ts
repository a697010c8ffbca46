import { isId } from '../../protocol/id.js';
import type { Id, Uri } from '../../protocol/message.js';
import type { StoredEvent } from '../broker/event-store.js';
import { invalidArgument, isBoolean, isString, optional } from './arguments.js';
import type { MetaCall } from './meta-call.js';

/** Which of the events of a subscription are asked for. */
export interface HistoryFilter {
  readonly limit: number;
  readonly reverse: boolean;
  readonly topic: Uri | undefined;
  readonly fromTime: number;
  readonly afterTime: number;
  readonly untilTime: number;
  readonly beforeTime: number;
  readonly fromPublication: Id | undefined;
  readonly afterPublication: Id | undefined;
  readonly untilPublication: Id | undefined;
  readonly beforePublication: Id | undefined;
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value > 0;

function time(call: MetaCall, name: string, otherwise: number): number {
  const text = optional(call.kwargs[name], name, isString, 'a string');
  if (text === undefined) return otherwise;
  const milliseconds = RFC_3339.test(text) ? Date.parse(text.replace(' ', 'T').toUpperCase()) : NaN;
  if (Number.isNaN(milliseconds)) throw invalidArgument(name, 'a time as in RFC 3339');
  return milliseconds;
}

/**
 * The filter that the keyword arguments of `wamp.subscription.get_events` describe.
 *
 * @throws {WampError} when one of them is of the wrong type.
 * @see WAMP spec, Event History
 */
export function historyFilter(call: MetaCall): HistoryFilter {
  const { kwargs } = call;
  const publication = (name: string): Id | undefined => optional(call.kwargs[name], name, isId, 'a publication id');
  return {
    limit: optional(kwargs['limit'], 'limit', isCount, 'an integer above 0') ?? Infinity,
    reverse: optional(kwargs['reverse'], 'reverse', isBoolean, 'a bool') ?? false,
    topic: optional(kwargs['topic'], 'topic', isString, 'a URI'),
    fromTime: time(call, 'from_time', -Infinity),
    afterTime: time(call, 'after_time', -Infinity),
    untilTime: time(call, 'until_time', Infinity),
    beforeTime: time(call, 'before_time', Infinity),
    fromPublication: publication('from_publication'),
    afterPublication: publication('after_publication'),
    untilPublication: publication('until_publication'),
    beforePublication: publication('before_publication'),
  };
}

/**
 * The events that a filter lets through, of events in the order they were published. A publication that is not among
 * them is taken for one that was, and made room since: everything kept is later.
 */
export function filterHistory(events: readonly StoredEvent[], filter: HistoryFilter): StoredEvent[] {
  const indexOf = (id: Id | undefined, otherwise: number): number =>
    id === undefined ? otherwise : events.findIndex(({ publication }) => publication.id === id);
  const from = indexOf(filter.fromPublication, -1);
  const after = indexOf(filter.afterPublication, -1);
  const until = indexOf(filter.untilPublication, events.length);
  const before = indexOf(filter.beforePublication, events.length);
  const found = events.filter(({ timestamp, publication }, at) => {
    const ms = timestamp.getTime();
    return (
      at >= from &&
      at > after &&
      at <= until &&
      at < before &&
      ms >= filter.fromTime &&
      ms > filter.afterTime &&
      ms <= filter.untilTime &&
      ms < filter.beforeTime &&
      (filter.topic === undefined || filter.topic === publication.topic)
    );
  });
  return (filter.reverse ? found.reverse() : found).slice(0, filter.limit);
}
