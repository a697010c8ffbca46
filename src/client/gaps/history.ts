import { map, mergeMap, of, throwError, timeout, type Observable } from 'rxjs';
import { checkCount, checkNumber } from '../../operators/options.js';
import * as ErrorUri from '../../protocol/error-uris.js';
import { OverflowError, ProtocolViolationError, TimeoutError, UsageError } from '../../protocol/errors.js';
import type { Dict, Id, Uri } from '../../protocol/message.js';
import { WampEvent } from '../../session/event.js';
import { eventPayload, keepsHistory, unwrapEvents } from '../quirks.js';
import type { Filling, GapFill } from './fill.js';

/** Options of {@link history}. */
export interface HistoryOptions {
  /** Most events fetched for one gap; of a longer one a `TopicGap` tells instead. Default: 10,000. */
  readonly limit?: number;
  /** How long the router may take to give them. Default: 10,000. */
  readonly timeoutMs?: number;
  /** With how many of the latest events the first subscription begins. Default: 0. */
  readonly first?: number;
}

const GET_EVENTS: Uri = 'wamp.subscription.get_events';
const WHERE = { attempted: 'CALL', on: GET_EVENTS };

/**
 * Fills a gap from the router's event history: the events missed, in order, each once. Where the router keeps none, or not
 * that many, a `TopicGap` says so, with the cause: `UsageError` (no `event_history`), `WampError`, `OverflowError`,
 * `TimeoutError`, `ProtocolViolationError` (what came is no list of events). After an `OverflowError` come the latest events
 * that the history has, at most `limit`.
 *
 * @throws {UsageError} when an option makes no sense.
 * @example
 * wamp.topic('com.example.tick', { gaps: history() }).subscribe((item) => show(item));
 * @see WAMP spec, Event History
 */
export function history({ limit = 10_000, timeoutMs = 10_000, first = 0 }: HistoryOptions = {}): GapFill<never> {
  checkCount('history', 'limit', limit, 1);
  checkNumber('history', 'timeoutMs', timeoutMs, 1);
  checkCount('history', 'first', first, 0);
  return {
    // Who begins with what was before needs it for itself.
    key: first > 0 ? undefined : `history ${limit} ${timeoutMs}`,
    isForFirst: first > 0,
    fill: (context) => {
      const { topic, subscription, lastPublication, isKnown, isFirst, call } = context;
      if (!keepsHistory(context)) return refused('the router does not announce event_history');
      if (lastPublication === undefined && !isFirst) return refused('no event was seen yet to begin after');
      const ask = (wanted: Dict): Observable<WampEvent[]> =>
        call(GET_EVENTS, [subscription], wanted).pipe(
          timeout({ first: timeoutMs, with: () => throwError(() => new TimeoutError(timeoutMs, WHERE)) }),
          map(({ args }) => unwrapEvents(args).map((one) => toStoredEvent(one, subscription, topic))),
        );
      const latest = (most: number): Observable<WampEvent[]> =>
        ask({ limit: most, reverse: true }).pipe(map((events) => events.reverse()));
      if (isFirst) return latest(first).pipe(map((items) => ({ items })));
      // With the last event that was seen among them it is sure that nothing is missing: a router answers for an event that it has
      // dropped as if it had never been. With as many as were asked for, nobody knows how many more there are.
      return ask({ from_publication: lastPublication, limit: limit + 1 }).pipe(
        mergeMap((events) => {
          const seen = events.findIndex(({ publication }) => publication === lastPublication);
          if (seen >= 0 && events.length - seen <= limit) return of({ items: events.slice(seen + 1) });
          return latest(limit).pipe(map((items) => joinOn(items, isKnown, seen >= 0, limit)));
        }),
      );
    },
  };
}

/** The latest events of a history that the last event seen is not in, or is too far back in. */
function joinOn(
  events: readonly WampEvent[],
  isKnown: (publication: Id) => boolean,
  isTooFar: boolean,
  limit: number,
): Filling<never> {
  // An event that went to some receivers only is not stored, but one before it may be.
  const seen = events.map(({ publication }) => isKnown(publication)).lastIndexOf(true);
  const items = events.slice(seen + 1);
  if (seen >= 0) return { items };
  return {
    items,
    missing: isTooFar
      ? missed('too many events were missed', limit)
      : missed('the router’s history does not reach back that far', limit),
  };
}

const missed = (what: string, limit: number): OverflowError => new OverflowError(what, { ...WHERE, limit });

const refused = (what: string): ReturnType<GapFill<never>['fill']> =>
  throwError(() => new UsageError(ErrorUri.FEATURE_NOT_SUPPORTED, what, WHERE));

/** An entry of the history as the event it was. */
function toStoredEvent(stored: unknown, subscription: Id, topic: Uri): WampEvent {
  const event = eventPayload(stored);
  if (event === undefined) throw new ProtocolViolationError('an entry of the history is no event', WHERE);
  const { publication, details, args, kwargs } = event;
  const real = details['topic'];
  return new WampEvent(args, kwargs, details, typeof real === 'string' ? real : topic, publication, subscription);
}
