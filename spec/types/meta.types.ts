import type { Observable } from 'rxjs';
import type { Id, Uri } from 'rxwamp';
import {
  meta,
  type Created,
  type IdsByMatch,
  type Killed,
  type Meta,
  type RegistrationChange,
  type RegistrationDetails,
  type SessionDetails,
  type SessionLeft,
  type Sessions,
  type StoredEvent,
  type SubscriptionChange,
  type SubscriptionDetails,
} from 'rxwamp/meta';
import { untyped, wamp } from './api.js';
import type { Equal, Expect } from './expect.js';

const realm = meta(wamp);
const other = meta(untyped);
const { session, registration, subscription } = realm;

const count = session.count(['admin']);
const list = session.list();
const joe = session.get(5);
const kill = session.kill(5, { reason: 'com.example.old', message: 'too old' });
const killed = session.killByAuthid('joe', { message: 'bye' });
const testament = session.addTestament('com.example.gone', ['joe'], {
  scope: 'detached',
  publish_options: { exclude_me: false },
});
const ids = registration.list();
const found = registration.lookup('com.example.add', 'exact');
const best = registration.match('com.example.add');
const matches = subscription.match('com.example.tick');
const registered = registration.get(3);
const subscribed = subscription.get(3);
const events = subscription.getEvents(3, { limit: 5, reverse: true, after_publication: 9 });
const subscribers = realm.subscribers('com.example.', 'prefix');
const callees = realm.callees('com.example.add');

export type Checks = [
  Expect<Equal<typeof realm, Meta>>,
  Expect<Equal<typeof other, Meta>>,
  Expect<Equal<typeof count, Observable<number>>>,
  Expect<Equal<typeof list, Observable<readonly Id[]>>>,
  Expect<Equal<typeof joe, Observable<SessionDetails>>>,
  Expect<Equal<SessionDetails['authid'], string | undefined>>,
  Expect<Equal<SessionDetails['transport'], unknown>>,
  Expect<Equal<typeof kill, Observable<void>>>,
  Expect<Equal<typeof killed, Observable<Killed>>>,
  Expect<Equal<typeof testament, Observable<void>>>,
  Expect<Equal<typeof ids, Observable<IdsByMatch>>>,
  Expect<Equal<typeof found, Observable<Id | null>>>,
  Expect<Equal<typeof best, Observable<Id | null>>>,
  Expect<Equal<typeof matches, Observable<readonly Id[]>>>,
  Expect<Equal<typeof registered, Observable<RegistrationDetails>>>,
  Expect<Equal<typeof subscribed, Observable<SubscriptionDetails>>>,
  Expect<Equal<typeof events, Observable<readonly StoredEvent[]>>>,
  Expect<Equal<StoredEvent['topic'], Uri | undefined>>,
  Expect<Equal<typeof session.onJoin$, Observable<SessionDetails>>>,
  Expect<Equal<typeof session.onLeave$, Observable<SessionLeft>>>,
  Expect<Equal<typeof session.live$, Observable<Sessions>>>,
  Expect<Equal<Sessions, ReadonlyMap<Id, SessionDetails>>>,
  Expect<Equal<typeof registration.onCreate$, Observable<Created<RegistrationDetails>>>>,
  Expect<Equal<typeof registration.onRegister$, Observable<RegistrationChange>>>,
  Expect<Equal<typeof subscription.onCreate$, Observable<Created<SubscriptionDetails>>>>,
  Expect<Equal<typeof subscription.onDelete$, Observable<SubscriptionChange>>>,
  Expect<Equal<typeof subscribers, Observable<ReadonlySet<Id>>>>,
  Expect<Equal<typeof callees, Observable<ReadonlySet<Id>>>>,
];

// @ts-expect-error a role without its list
session.count('admin');
// @ts-expect-error an option misspelt
session.kill(5, { mesage: 'x' });
// @ts-expect-error a scope that there is not
session.flushTestaments('gone');
// @ts-expect-error an option of a publication that there is not
session.addTestament('com.example.gone', [], { publish_options: { acknowlege: true } });
// @ts-expect-error a policy that there is not
registration.lookup('com.example.add', 'regex');
// @ts-expect-error a filter that there is not
subscription.getEvents(3, { since: 5 });
// @ts-expect-error there may be none
found satisfies Observable<Id>;
// @ts-expect-error views are read-only
subscribers satisfies Observable<Set<Id>>;
// @ts-expect-error … those of details, too
joe.subscribe((details) => (details.authid = 'x'));
// @ts-expect-error a client is what it is made of
meta('wamp');
