import { describe, expect, it } from '@jest/globals';
import { useVirtualTime, watch } from './support.js';
import { answer, event, refuse, subscribeAll, withMeta } from './meta/support.js';

useVirtualTime();

const NO_PROCEDURE = 'wamp.error.no_such_procedure';
const NO_SUBSCRIPTION = 'wamp.error.no_such_subscription';
const NO_SESSION = 'wamp.error.no_such_session';
const COUNT = 'wamp.subscription.count_subscribers';
const MISSPELT = 'wamp.subscription.count_suscribers';
const LIST = 'wamp.subscription.list_subscribers';

describe('C-41: routers in the field', () => {
  it('D11: nexus misspells count_subscribers', () => {
    const { router, realm } = withMeta();
    const seen = watch(realm.subscription.countSubscribers(3));
    refuse(router, COUNT, NO_PROCEDURE);
    answer(router, MISSPELT, [2]);
    expect(seen).toMatchObject({ values: [2], complete: true });
  });

  it('D11: a router without either is without the right one', () => {
    const { router, realm } = withMeta();
    const seen = watch(realm.subscription.countSubscribers(3));
    refuse(router, COUNT, NO_PROCEDURE);
    refuse(router, MISSPELT, NO_PROCEDURE);
    expect(seen.error).toMatchObject({ uri: NO_PROCEDURE, on: COUNT });
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['0', 0],
  ])('D12: %s is none', (_, none) => {
    const { router, realm } = withMeta();
    const { registration, subscription } = realm;
    const found = [registration.lookup('a'), registration.match('a'), subscription.lookup('a')].map((one) =>
      watch(one),
    );
    const matches = watch(subscription.match('a'));
    for (const procedure of ['registration.lookup', 'registration.match', 'subscription.lookup', 'subscription.match'])
      answer(router, `wamp.${procedure}`, [none]);
    expect(found.map(({ values }) => values)).toEqual([[null], [null], [null]]);
    expect(matches.values).toEqual([[]]);
  });

  it('D13: a subscription that nobody has is an error in nexus, and an empty list here', () => {
    const { router, realm } = withMeta();
    const seen = watch(realm.subscription.listSubscribers(3));
    refuse(router, LIST, NO_SUBSCRIPTION);
    answer(router, 'wamp.subscription.get', [{ id: 3, uri: 'com.app.a', match: 'exact' }]);
    expect(seen).toMatchObject({ values: [[]], complete: true });
  });

  it('D13: a subscription that there is not stays an error', () => {
    const { router, realm } = withMeta();
    const seen = watch(realm.subscription.listSubscribers(3));
    refuse(router, LIST, NO_SUBSCRIPTION);
    refuse(router, 'wamp.subscription.get', NO_SUBSCRIPTION);
    expect(seen.error).toMatchObject({ uri: NO_SUBSCRIPTION, on: LIST });
  });

  it('D13: an unknown subscription to be counted is an unknown session in nexus', () => {
    const { router, realm } = withMeta();
    const seen = watch(realm.subscription.countSubscribers(3));
    refuse(router, COUNT, NO_PROCEDURE);
    refuse(router, MISSPELT, NO_SESSION);
    expect(seen.error).toMatchObject({ uri: NO_SUBSCRIPTION, on: MISSPELT });
  });

  it.each<[string, unknown, unknown]>([
    ['an int', 2, { count: 2, sessions: undefined }],
    ['a list', [5, 6], { count: 2, sessions: [5, 6] }],
  ])('D15: who is killed is %s', (_, result, killed) => {
    const { router, realm } = withMeta();
    const { session } = realm;
    const seen = [session.killByAuthid('a'), session.killByAuthrole('a'), session.killAll()].map((one) => watch(one));
    for (const name of ['kill_by_authid', 'kill_by_authrole', 'kill_all'])
      answer(router, `wamp.session.${name}`, [result]);
    expect(seen.map(({ values }) => values)).toEqual([[killed], [killed], [killed]]);
  });

  it('D17: on_leave may tell the id alone', () => {
    const { router, realm } = withMeta();
    const { values } = watch(realm.session.onLeave$);
    const [subscription] = subscribeAll(router, ['wamp.session.on_leave']).values();
    event(router, subscription, [5]);
    event(router, subscription, [6, 'joe', 'user']);
    event(router, subscription, [7, null, null]);
    expect(values).toEqual([
      { session: 5, authid: undefined, authrole: undefined },
      { session: 6, authid: 'joe', authrole: 'user' },
      { session: 7, authid: undefined, authrole: undefined },
    ]);
  });

  it('D18: a session has whatever members the router tells, and those of the spec only as texts', () => {
    const { router, realm } = withMeta();
    const { values } = watch(realm.session.onJoin$);
    const [subscription] = subscribeAll(router, ['wamp.session.on_join']).values();
    event(router, subscription, [{ session: 5, authid: null, authrole: 'user', transport: { peer: 'x' }, x_y: 1 }]);
    expect(values).toEqual([{ session: 5, authrole: 'user', transport: { peer: 'x' }, x_y: 1 }]);
  });

  it('D22: what any client may have published as an event, and is none, is passed over', () => {
    const { router, realm } = withMeta();
    const joins = watch(realm.session.onJoin$);
    const leaves = watch(realm.session.onLeave$);
    const creates = watch(realm.subscription.onCreate$);
    const registers = watch(realm.registration.onRegister$);
    const subscriptions = [
      ...subscribeAll(router, [
        'wamp.session.on_join',
        'wamp.session.on_leave',
        'wamp.subscription.on_create',
        'wamp.registration.on_register',
      ]).values(),
    ];
    for (const subscription of subscriptions)
      for (const args of [[], ['x'], [null], [{ session: 'x' }], [5.5, {}], [{ id: 1 }, 1]])
        event(router, subscription, args);
    for (const seen of [joins, leaves, creates, registers])
      expect(seen).toMatchObject({ values: [], error: undefined, complete: false });
  });

  const GET_EVENTS = 'wamp.subscription.get_events';

  it('D20: events are as the spec has them', () => {
    const { router, realm } = withMeta();
    const { values } = watch(realm.subscription.getEvents(3));
    const timestamp = '2026-01-02T03:04:05.678Z';
    answer(
      router,
      GET_EVENTS,
      [
        { timestamp, subscription: 3, publication: 11, details: { topic: 'com.app.a', publisher: 5 }, args: [1] },
        { timestamp, subscription: 3, publication: 12, details: {}, kwargs: { a: 2 } },
      ],
      { is_limit_reached: true },
    );
    expect(values).toEqual([
      [
        {
          timestamp,
          subscription: 3,
          publication: 11,
          topic: 'com.app.a',
          details: { topic: 'com.app.a', publisher: 5 },
          args: [1],
          kwargs: {},
        },
        { timestamp, subscription: 3, publication: 12, topic: undefined, details: {}, args: [], kwargs: { a: 2 } },
      ],
    ]);
  });

  it('D20: events have the names of Go in nexus', () => {
    const { router, realm } = withMeta();
    const { values } = watch(realm.subscription.getEvents(3));
    answer(router, GET_EVENTS, [
      { Subscription: 3, Publication: 11, Details: { topic: 'com.app.a' }, Arguments: [1], ArgumentsKw: { a: 2 } },
      { Subscription: 3, Publication: 12, Details: null, Arguments: null, ArgumentsKw: null },
    ]);
    expect(values).toEqual([
      [
        {
          timestamp: undefined,
          subscription: 3,
          publication: 11,
          topic: 'com.app.a',
          details: { topic: 'com.app.a' },
          args: [1],
          kwargs: { a: 2 },
        },
        { timestamp: undefined, subscription: 3, publication: 12, topic: undefined, details: {}, args: [], kwargs: {} },
      ],
    ]);
  });

  // 1767323045 s after the epoch is 2026-01-02T03:04:05Z.
  const crossbar = [
    { time_ns: 1767323046_000_000_000, publication: 12, topic: 'com.app.a', session_id: null, args: [2], kwargs: null },
    {
      time_ns: 1767323045_000_000_000,
      realm: 'realm1',
      session_id: 5,
      authid: 'joe',
      authrole: 'user',
      publication: 11,
      topic: 'com.app.a',
      args: [1],
      kwargs: null,
    },
  ];

  it('D20: events are one list in Crossbar.io, newest first, with names of its own', () => {
    const { router, realm } = withMeta();
    const { values } = watch(realm.subscription.getEvents(3, { limit: 2 }));
    answer(router, GET_EVENTS, [crossbar]);
    expect(values).toEqual([
      [
        {
          timestamp: '2026-01-02T03:04:05.000Z',
          subscription: 3,
          publication: 11,
          topic: 'com.app.a',
          details: { publisher: 5, publisher_authid: 'joe', publisher_authrole: 'user' },
          args: [1],
          kwargs: {},
        },
        {
          timestamp: '2026-01-02T03:04:06.000Z',
          subscription: 3,
          publication: 12,
          topic: 'com.app.a',
          details: {},
          args: [2],
          kwargs: {},
        },
      ],
    ]);
  });

  it('D20: … which is the order that was asked for with reverse', () => {
    const { router, realm } = withMeta();
    const { values } = watch(realm.subscription.getEvents(3, { reverse: true }));
    answer(router, GET_EVENTS, [crossbar]);
    expect(values.flat().map(({ publication }) => publication)).toEqual([12, 11]);
  });

  it('D20: a time that no calendar has is left out, and an empty list is empty', () => {
    const { router, realm } = withMeta();
    const { values } = watch(realm.subscription.getEvents(3));
    answer(router, GET_EVENTS, [[{ publication: 11, time_ns: 1e300 }]]);
    expect(values.flat().map(({ timestamp }) => timestamp)).toEqual([undefined]);
    const none = watch(realm.subscription.getEvents(3));
    answer(router, GET_EVENTS, [[]]);
    expect(none.values).toEqual([[]]);
  });
});

describe('C-41: more of routers in the field', () => {
  it('fox-wamp gives the ids of list as the results themselves', () => {
    const { router, realm } = withMeta();
    const seen = watch(realm.session.list());
    answer(router, 'wamp.session.list', [1, 2, 3]);
    expect(seen.values).toStrictEqual([[1, 2, 3]]);
  });

  it('nexus says an empty text for the default match and invoke', () => {
    const { router, realm } = withMeta();
    const seen = watch(realm.registration.get(3));
    answer(router, 'wamp.registration.get', [{ id: 3, uri: 'com.app', match: '', invoke: '' }]);
    expect(seen.values).toStrictEqual([expect.objectContaining({ match: 'exact', invoke: 'single' })]);
  });
});
