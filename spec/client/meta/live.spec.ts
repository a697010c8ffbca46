import { describe, expect, it } from '@jest/globals';
import { Code, isOverflowError, type Id, type Uri } from 'rxwamp';
import type { FakeRouter } from 'rxwamp/testing';
import { MAX_EARLY, MAX_LIVE } from '../../../src/client/meta/live.js';
import { again, close, useVirtualTime, watch } from '../support.js';
import { answer, event, refuse, subscribeAll, withMeta } from './support.js';

useVirtualTime();

const [JOIN, LEAVE] = ['wamp.session.on_join', 'wamp.session.on_leave'];
const SESSIONS = [JOIN, LEAVE];
const LIST = 'wamp.session.list';
const GET = 'wamp.session.get';

/** Answers the list of sessions, and who each of them is. */
function listSessions(router: FakeRouter, authids: Readonly<Record<Id, string>>): void {
  const sessions = Object.keys(authids).map(Number);
  answer(router, LIST, [sessions]);
  for (const session of sessions) answer(router, GET, [{ session, authid: authids[session] }]);
}

/** Breaks the connection and makes another, up to WELCOME. */
function lose(router: FakeRouter): void {
  router.drop();
  again();
  router.welcome();
}

const names = (sessions: ReadonlyMap<Id, { readonly authid?: string | undefined }> | undefined) =>
  [...(sessions ?? [])].map(([id, { authid }]) => [id, authid]);

describe('the live sessions of a realm', () => {
  it('are asked for after their events were subscribed to, and follow those', () => {
    const { router, realm } = withMeta();
    const { values } = watch(realm.session.live$);
    const at = subscribeAll(router, SESSIONS);
    expect(values).toEqual([]);
    listSessions(router, { 5: 'joe', 6: 'ann' });
    router.expectSilence();
    expect(values.map(names)).toEqual([
      [
        [5, 'joe'],
        [6, 'ann'],
      ],
    ]);
    event(router, at.get(JOIN), [{ session: 7, authid: 'bob' }]);
    event(router, at.get(LEAVE), [5]);
    event(router, at.get(LEAVE), [5]);
    expect(values.slice(1).map(names)).toEqual([
      [
        [5, 'joe'],
        [6, 'ann'],
        [7, 'bob'],
      ],
      [
        [6, 'ann'],
        [7, 'bob'],
      ],
    ]);
    expect(names(values[0])).toHaveLength(2);
  });

  it('miss nothing that happens while they are asked for', () => {
    const { router, realm } = withMeta();
    const { values } = watch(realm.session.live$);
    const at = subscribeAll(router, SESSIONS);
    event(router, at.get(JOIN), [{ session: 7, authid: 'bob' }]);
    answer(router, LIST, [[5, 6, 7]]);
    event(router, at.get(LEAVE), [5]);
    event(router, at.get(JOIN), [{ session: 8, authid: 'eve' }]);
    refuse(router, GET, 'wamp.error.no_such_session');
    answer(router, GET, [{ session: 6, authid: 'ann' }]);
    event(router, at.get(LEAVE), [6]);
    expect(values).toEqual([]);
    answer(router, GET, [{ session: 7, authid: 'bob' }]);
    expect(values.map(names)).toEqual([
      [
        [7, 'bob'],
        [8, 'eve'],
      ],
    ]);
  });

  it('are asked for again in every session, and events of the session before count no more', () => {
    const { router, realm } = withMeta();
    const { values } = watch(realm.session.live$);
    const first = subscribeAll(router, SESSIONS);
    listSessions(router, { 5: 'joe' });
    event(router, first.get(JOIN), [{ session: 6, authid: 'ann' }]);
    lose(router);
    const again = subscribeAll(router, SESSIONS);
    event(router, again.get(JOIN), [{ session: 9, authid: 'kim' }]);
    listSessions(router, { 8: 'joe', 9: 'kim' });
    expect(values.slice(2).map(names)).toEqual([
      [
        [8, 'joe'],
        [9, 'kim'],
      ],
    ]);
  });

  it('wait for the answers of the router to both subscriptions when a session is new', () => {
    const { router, realm } = withMeta();
    watch(realm.session.live$);
    subscribeAll(router, SESSIONS);
    listSessions(router, {});
    lose(router);
    const [join, leave] = SESSIONS.map((topic) => router.expect(Code.SUBSCRIBE, { topic }).request);
    router.send([Code.SUBSCRIBED, join ?? 0, 71]);
    router.expectSilence();
    router.send([Code.SUBSCRIBED, leave ?? 0, 72]);
    router.expect(Code.CALL, { procedure: LIST });
  });

  it('outlive a connection that is lost while they are asked for', () => {
    const { router, realm } = withMeta();
    const seen = watch(realm.session.live$);
    const at = subscribeAll(router, SESSIONS);
    event(router, at.get(JOIN), [{ session: 4, authid: 'old' }]);
    answer(router, LIST, [[5, 6]]);
    lose(router);
    subscribeAll(router, SESSIONS);
    listSessions(router, { 7: 'joe' });
    expect(seen.error).toBeUndefined();
    expect(seen.values.map(names)).toEqual([[[7, 'joe']]]);
  });

  it('complete with the client, also while they are asked for', async () => {
    for (const isKnown of [true, false]) {
      const setting = withMeta();
      const seen = watch(setting.realm.session.live$);
      subscribeAll(setting.router, SESSIONS);
      if (isKnown) listSessions(setting.router, {});
      await close(setting);
      expect(seen).toMatchObject({ complete: true, error: undefined });
    }
  });

  it('error as topics do when the client is closed already', async () => {
    const setting = withMeta();
    await close(setting);
    const { error } = watch(setting.realm.session.live$);
    expect(error).toMatchObject({ name: 'ClientClosedError' });
  });

  it.each([LIST, GET])('error when the router refuses %s, and leave nothing behind', (procedure) => {
    const { router, realm } = withMeta();
    const seen = watch(realm.session.live$);
    subscribeAll(router, SESSIONS);
    if (procedure === GET) answer(router, LIST, [[5]]);
    refuse(router, procedure, 'wamp.error.not_authorized');
    expect(seen.error).toMatchObject({ name: 'WampError', uri: 'wamp.error.not_authorized' });
    router.expect(Code.UNSUBSCRIBE);
    router.expect(Code.UNSUBSCRIBE);
    router.expectSilence();
  });

  it('error when the router refuses an event of theirs', () => {
    const { router, realm } = withMeta();
    const seen = watch(realm.session.live$);
    const { request } = router.expect(Code.SUBSCRIBE, { topic: JOIN });
    router.send([Code.ERROR, Code.SUBSCRIBE, request, {}, 'wamp.error.not_authorized']);
    expect(seen.error).toMatchObject({ name: 'WampError', on: JOIN });
  });

  it('are given up with their subscription, calls and all', () => {
    const { router, realm } = withMeta();
    const { subscription } = watch(realm.session.live$);
    subscribeAll(router, SESSIONS);
    const { request } = router.expect(Code.CALL, { procedure: LIST });
    subscription.unsubscribe();
    router.expect(Code.UNSUBSCRIBE, { subscription: 70 });
    router.expect(Code.UNSUBSCRIBE, { subscription: 71 });
    router.expect(Code.CANCEL, { request });
    router.expectSilence();
  });

  it('ask for so many sessions at once, and for no more than are kept', () => {
    const { router, realm } = withMeta();
    const seen = watch(realm.session.live$);
    subscribeAll(router, SESSIONS);
    answer(router, LIST, [Array.from({ length: 40 }, (_, at) => at + 1)]);
    expect(router.received).toHaveLength(32);
    answer(router, GET, [{ session: 1 }]);
    expect(router.received).toHaveLength(32);
    seen.subscription.unsubscribe();

    const other = withMeta();
    const many = watch(other.realm.session.live$);
    subscribeAll(other.router, SESSIONS);
    answer(other.router, LIST, [Array.from({ length: MAX_LIVE + 1 }, (_, at) => at + 1)]);
    expect(isOverflowError(many.error)).toBe(true);
  });

  it('are asked for again after all others were ended, which no event tells', () => {
    const { router, realm } = withMeta();
    const { values } = watch(realm.session.live$);
    subscribeAll(router, SESSIONS);
    listSessions(router, { 5: 'joe', 6: 'ann' });
    realm.session.killAll().subscribe();
    answer(router, 'wamp.session.kill_all', [1]);
    listSessions(router, { 5: 'joe' });
    router.expectSilence();
    expect(values.slice(1).map(names)).toEqual([[[5, 'joe']]]);
  });

  it('connect a client that is not connected', () => {
    const { router, realm } = withMeta();
    lose(router);
    const { values } = watch(realm.session.live$);
    subscribeAll(router, SESSIONS);
    listSessions(router, { 5: 'joe' });
    expect(values.map(names)).toEqual([[[5, 'joe']]]);
  });
});

describe('presence', () => {
  it('tells whether an authid has a session, whenever that changes', () => {
    const { router, realm } = withMeta();
    const { values } = watch(realm.presence('joe'));
    const at = subscribeAll(router, SESSIONS);
    listSessions(router, { 5: 'ann' });
    for (const session of [6, 7]) event(router, at.get(JOIN), [{ session, authid: 'joe' }]);
    for (const session of [6, 7, 5]) event(router, at.get(LEAVE), [session]);
    expect(values).toEqual([false, true, false]);
  });

  it('sessionsOf tells which', () => {
    const { router, realm } = withMeta();
    const { values } = watch(realm.sessionsOf('joe'));
    const at = subscribeAll(router, SESSIONS);
    listSessions(router, { 5: 'joe' });
    event(router, at.get(JOIN), [{ session: 6, authid: 'ann' }]);
    event(router, at.get(JOIN), [{ session: 7, authid: 'joe' }]);
    event(router, at.get(LEAVE), [5]);
    expect(values.map((sessions) => sessions.map(({ session }) => session))).toEqual([[5], [5, 7], [7]]);
  });
});

describe.each([
  {
    what: 'subscribers',
    on: 'wamp.subscription',
    events: ['on_create', 'on_subscribe', 'on_unsubscribe', 'on_delete'],
    members: 'list_subscribers',
    noSuch: 'wamp.error.no_such_subscription',
    get: true,
  },
  {
    what: 'callees',
    on: 'wamp.registration',
    events: ['on_create', 'on_register', 'on_unregister', 'on_delete'],
    members: 'list_callees',
    noSuch: 'wamp.error.no_such_registration',
    get: false,
  },
] as const)('the live $what', ({ what, on, events, members, noSuch, get }) => {
  const topics: readonly Uri[] = events.map((name) => `${on}.${name}`);
  const lookup = `${on}.lookup`;
  const list = `${on}.${members}`;

  /** A view of `com.app.a`, with a function for each of the four events. */
  function viewed(match?: 'prefix') {
    const { router, realm } = withMeta();
    const seen = watch(realm[what]('com.app.a', match));
    const tell = (at: 0 | 1 | 2 | 3, session: Id, of: unknown) => event(router, 70 + at, [session, of]);
    subscribeAll(router, topics);
    return { router, seen, sets: () => seen.values.map((set) => [...set]), tell };
  }
  const described = (id: Id, uri = 'com.app.a', match = 'exact') => ({ id, uri, match });

  it('are asked for after their events were subscribed to, and follow those', () => {
    const { router, sets, tell } = viewed();
    answer(router, lookup, [3]);
    answer(router, list, [[5]]);
    router.expectSilence();
    tell(1, 6, 3);
    tell(1, 6, 3);
    tell(1, 7, 4);
    tell(3, 7, 4);
    tell(2, 5, 3);
    tell(2, 5, 3);
    tell(2, 6, 3);
    tell(3, 6, 3);
    expect(sets()).toEqual([[5], [5, 6], [6], []]);
  });

  it('are nobody while there is nothing, and those of what is made anew', () => {
    const { router, sets, tell } = viewed();
    answer(router, lookup, [null]);
    tell(0, 5, described(9, 'com.app.b'));
    tell(1, 5, 9);
    tell(0, 5, described(8, 'com.app.a', 'prefix'));
    tell(1, 5, 8);
    tell(0, 5, described(3));
    tell(1, 5, 3);
    tell(2, 5, 3);
    tell(3, 5, 3);
    tell(1, 5, 3);
    tell(0, 6, described(4));
    tell(1, 6, 4);
    expect(sets()).toEqual([[], [5], [], [6]]);
  });

  it('miss nothing that happens while they are asked for', () => {
    const { router, sets, tell } = viewed();
    tell(0, 5, described(3));
    tell(1, 5, 3);
    answer(router, lookup, [3]);
    tell(1, 6, 3);
    tell(2, 5, 3);
    answer(router, list, [[5, 6, 7]]);
    expect(sets()).toEqual([[6, 7]]);
  });

  it('are those of what was made in the place of what went meanwhile', () => {
    const { router, sets, tell } = viewed();
    answer(router, lookup, [3]);
    tell(2, 5, 3);
    tell(3, 5, 3);
    tell(0, 6, described(4));
    tell(1, 6, 4);
    refuse(router, list, noSuch);
    if (get) refuse(router, `${on}.get`, noSuch);
    expect(sets()).toEqual([[6]]);
  });

  it('are of a pattern, if asked for', () => {
    const { router, sets, tell } = viewed('prefix');
    const { request, args } = router.expect(Code.CALL, { procedure: lookup });
    expect(args).toEqual(['com.app.a', { match: 'prefix' }]);
    router.send([Code.RESULT, request, {}, [null]]);
    tell(0, 5, described(3));
    tell(1, 5, 3);
    tell(0, 6, described(4, 'com.app.a', 'prefix'));
    tell(1, 6, 4);
    expect(sets()).toEqual([[], [6]]);
  });

  it('are asked for again in every session', () => {
    const { router, sets } = viewed();
    answer(router, lookup, [3]);
    answer(router, list, [[5]]);
    lose(router);
    subscribeAll(router, topics);
    answer(router, lookup, [4]);
    answer(router, list, [[6]]);
    expect(sets()).toEqual([[5], [6]]);
  });

  it('are no more than are kept, nor are the events while they are asked for', () => {
    const full = Array.from({ length: MAX_LIVE }, (_, at) => at + 1);
    const { router, seen, tell } = viewed();
    answer(router, lookup, [3]);
    answer(router, list, [full]);
    expect(seen.error).toBeUndefined();
    tell(1, MAX_LIVE + 1, 3);
    expect(isOverflowError(seen.error)).toBe(true);

    const slow = viewed();
    for (const session of full.slice(0, MAX_EARLY)) slow.tell(1, session, 3);
    expect(slow.seen.error).toBeUndefined();
    slow.tell(1, 1, 3);
    expect(slow.seen.error).toMatchObject({ name: 'OverflowError', limit: MAX_EARLY });
  });
});
