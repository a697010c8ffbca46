import { map, throwError, timeout } from 'rxjs';
import { checkCount, checkNumber } from '../../operators/options.js';
import * as ErrorUri from '../../protocol/error-uris.js';
import { OverflowError, ProtocolViolationError, TimeoutError, UsageError } from '../../protocol/errors.js';
import type { Dict, Id, Uri } from '../../protocol/message.js';
import { WampEvent } from '../../session/event.js';
import { eventPayload, keepsHistory, unwrapEvents } from '../quirks.js';
import type { GapFill } from './fill.js';

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
 * `TimeoutError`, `ProtocolViolationError` (what came is no list of events).
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
      const { topic, subscription, lastPublication, isFirst, call } = context;
      if (!keepsHistory(context)) return refused('the router does not announce event_history');
      if (lastPublication === undefined && !isFirst) return refused('no event was seen yet to begin after');
      // With the last event that was seen among them it is sure that nothing is missing: a router answers for an event that it has
      // dropped as if it had never been.
      const wanted: Dict = isFirst
        ? { limit: first, reverse: true }
        : { from_publication: lastPublication, limit: limit + 1 };
      return call(GET_EVENTS, [subscription], wanted).pipe(
        timeout({ first: timeoutMs, with: () => throwError(() => new TimeoutError(timeoutMs, WHERE)) }),
        map(({ args }) => {
          const events = unwrapEvents(args).map((one) => toStoredEvent(one, subscription, topic));
          if (isFirst) return { items: events.reverse() };
          const seen = events.findIndex(({ publication }) => publication === lastPublication);
          if (seen < 0) throw missed('the router’s history does not reach back that far', limit);
          // With as many as were asked for, nobody knows how many more there are.
          if (events.length - seen > limit) throw missed('too many events were missed', limit);
          return { items: events.slice(seen + 1) };
        }),
      );
    },
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
