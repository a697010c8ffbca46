import { map, throwError, timeout, type Observable } from 'rxjs';
import { OverflowError, ProtocolViolationError, TimeoutError, UsageError } from '../protocol/errors.js';
import type { Dict, Id, Uri } from '../protocol/message.js';
import { ErrorUri } from '../protocol/uris.js';
import { WampEvent } from '../session/event.js';
import type { Session } from '../session/session.js';
import { eventPayload, unwrapEvents } from './meta/quirks.js';

const GET_EVENTS: Uri = 'wamp.subscription.get_events';
const context = { attempted: 'CALL', on: GET_EVENTS };
/** Most events fetched for one gap. */
export const MAX_HISTORY = 10_000;
/** How long the router may take to give them. */
export const HISTORY_TIMEOUT_MS = 10_000;

/**
 * The events of a subscription after one that is known, from the router's history, oldest first.
 *
 * @returns emits the list once and completes; errors with `UsageError` when the router has no event history, `WampError`
 * when it refuses, `OverflowError` when there are more than are fetched, `TimeoutError`, `ProtocolViolationError` when what
 * it gives is no list of events.
 * @see WAMP spec, Event History
 */
export function eventsAfter(
  session: Session,
  subscription: Id,
  topic: Uri,
  after: Id,
): Observable<readonly WampEvent[]> {
  if (!session.info.supports('broker', 'event_history')) {
    const what = 'the router does not announce event_history';
    return throwError(() => new UsageError(ErrorUri.FEATURE_NOT_SUPPORTED, what, context));
  }
  const kwargs: Dict = { after_publication: after, limit: MAX_HISTORY };
  return session.caller
    .call({ procedure: GET_EVENTS, input: [[subscription], kwargs], options: {}, cancelMode: undefined })
    .pipe(
      timeout({
        first: HISTORY_TIMEOUT_MS,
        with: () => throwError(() => new TimeoutError(HISTORY_TIMEOUT_MS, context)),
      }),
      map(({ args }) => {
        const stored = unwrapEvents(args);
        // With as many as were asked for, nobody knows how many more there are.
        if (stored.length >= MAX_HISTORY)
          throw new OverflowError('too many events were missed', { ...context, limit: MAX_HISTORY });
        const events = stored.map((one) => toStoredEvent(one, subscription, topic));
        // A router that does not know `after_publication` gives older ones, too.
        return events.slice(1 + events.findIndex(({ publication }) => publication === after));
      }),
    );
}

/** An entry of the history as the event it was. */
function toStoredEvent(stored: unknown, subscription: Id, topic: Uri): WampEvent {
  const event = eventPayload(stored);
  if (event === undefined) throw new ProtocolViolationError('an entry of the history is no event', context);
  const { publication, details, args, kwargs } = event;
  const real = details['topic'];
  return new WampEvent(args, kwargs, details, typeof real === 'string' ? real : topic, publication, subscription);
}
