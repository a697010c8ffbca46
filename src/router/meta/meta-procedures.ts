import type { Id, Uri } from '../../protocol/message.js';
import { isReserved } from '../../protocol/uri.js';
import * as ErrorUri from '../../protocol/error-uris.js';
import type { Authorizer } from '../authorizer.js';
import type { Broker } from '../broker/broker.js';
import type { Subscriptions } from '../broker/subscriptions.js';
import type { Dealer } from '../dealer/dealer.js';
import type { Registrations } from '../dealer/registrations.js';
import { hashKey } from '../routing/rendezvous.js';
import type { Session } from '../session/session.js';
import { describeRegistration, describeSubscription } from './descriptions.js';
import { getEvents } from './event-history.js';
import { membershipProcedures } from './membership-procedures.js';
import type { MetaProcedure } from './meta-call.js';
import { sessionProcedures } from './session-procedures.js';
import type { Testaments } from './testaments.js';

/** What the meta procedures look at and act upon. */
export interface MetaParts {
  readonly sessions: ReadonlyMap<Id, Session>;
  readonly subscriptions: Subscriptions;
  readonly registrations: Registrations;
  readonly broker: Broker;
  readonly dealer: Dealer;
  readonly testaments: Testaments;
  readonly authorizer: Authorizer;
}

/** All procedures that a realm offers itself, by URI. */
export const metaProcedures = (parts: MetaParts): [Uri, MetaProcedure][] => [
  ...sessionProcedures(parts.sessions),
  ...parts.testaments.procedures(),
  ...subscriptionProcedures(parts),
  ...registrationProcedures(parts),
  ['wamp.subscription.get_events', getEvents(parts.subscriptions, parts.authorizer)],
];

const subscriptionProcedures = ({ subscriptions, broker }: MetaParts): [Uri, MetaProcedure][] =>
  membershipProcedures({
    prefix: 'wamp.subscription',
    member: 'subscriber',
    noSuch: ErrorUri.NO_SUCH_SUBSCRIPTION,
    table: subscriptions,
    match: (topic, rkey) => {
      const key = rkey === undefined ? undefined : hashKey(rkey);
      const ids = subscriptions.matching(topic, key).map(({ id }) => id);
      return ids.length === 0 ? null : ids;
    },
    describe: describeSubscription,
    members: ({ subscribers }) => [...subscribers],
    revoke: (session, id, reason) => broker.revoke(session, id, reason),
  });

const registrationProcedures = ({ registrations, dealer }: MetaParts): [Uri, MetaProcedure][] =>
  membershipProcedures({
    prefix: 'wamp.registration',
    member: 'callee',
    noSuch: ErrorUri.NO_SUCH_REGISTRATION,
    table: registrations,
    match: (procedure) => (isReserved(procedure) ? null : (registrations.best(procedure)?.id ?? null)),
    describe: describeRegistration,
    members: ({ callees }) => callees.map(({ session }) => session),
    revoke: (session, id, reason) => dealer.revoke(session, id, reason),
  });
