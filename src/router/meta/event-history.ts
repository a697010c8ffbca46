import type { Dict } from '../../protocol/message.js';
import * as ErrorUri from '../../protocol/error-uris.js';
import type { Authorizer } from '../authorizer.js';
import type { StoredEvent } from '../broker/event-store.js';
import { eventDetails } from '../broker/publication.js';
import type { Subscription } from '../broker/subscription.js';
import type { Subscriptions } from '../broker/subscriptions.js';
import type { Session } from '../session/session.js';
import { idArgument } from './arguments.js';
import { filterHistory, historyFilter } from './history-filter.js';
import type { MetaProcedure } from './meta-call.js';

/** Not in the spec: what Crossbar.io answers where no history is kept. */
const HISTORY_UNAVAILABLE = 'wamp.error.history_unavailable';

/**
 * `wamp.subscription.get_events`, for those who may also subscribe.
 *
 * @see WAMP spec, Event History
 */
export const getEvents =
  (subscriptions: Subscriptions, authorizer: Authorizer): MetaProcedure =>
  (call) => {
    const subscription = subscriptions.byId(idArgument(call, 'subscription'));
    const filter = historyFilter(call);
    if (subscription === undefined) {
      call.error(ErrorUri.NO_SUCH_SUBSCRIPTION);
      return;
    }
    const { uri, match, nkey } = subscription;
    authorizer.check(call.caller, 'subscribe', uri, { match, ...(nkey !== undefined && { nkey }) }, (verdict) => {
      const kept = subscriptions.history(subscription);
      if (!verdict.allowed) {
        call.error(verdict.error);
      } else if (kept === undefined) {
        call.error(HISTORY_UNAVAILABLE);
      } else {
        const events = kept.filter(({ publication }) => maySee(call.caller, publication));
        call.result(filterHistory(events, filter).map((event) => described(subscription, event)));
      }
    });
  };

/** The black- and whitelists of the publisher hold for those who ask later, too. */
const maySee = ({ details, features }: Session, { eligibility, passthru }: StoredEvent['publication']): boolean =>
  (eligibility === undefined || eligibility.admits(details)) && (!passthru || features.subscriber.passthru);

const described = ({ id, match }: Subscription, { timestamp, publication }: StoredEvent): Dict => ({
  timestamp: timestamp.toISOString(),
  subscription: id,
  publication: publication.id,
  details: eventDetails(publication, match),
  ...(publication.args !== undefined && { args: publication.args }),
  ...(publication.kwargs !== undefined && { kwargs: publication.kwargs }),
});
