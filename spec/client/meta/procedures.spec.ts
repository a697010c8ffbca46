import { describe, expect, it } from '@jest/globals';
import type { Observable } from 'rxjs';
import { Code, isProtocolViolationError, isUsageError, type Dict, type List, type Uri } from 'rxwamp';
import type { Meta } from 'rxwamp/meta';
import { useVirtualTime, watch } from '../support.js';
import { answer, refuse, withMeta } from './support.js';

useVirtualTime();

const SUBSCRIPTION = { id: 3, created: '2026-01-02T03:04:05.000Z', uri: 'com.app.a', match: 'prefix' };
const REGISTRATION = { ...SUBSCRIPTION, invoke: 'roundrobin' };
const JOE = { session: 5, authid: 'joe', authrole: 'user', authmethod: 'ticket', authprovider: 'static' };

/** What is called, what has to be on the wire, what the router answers, what comes of it. */
type Row = readonly [
  procedure: Uri,
  call: (realm: Meta) => Observable<unknown>,
  args: List | undefined,
  kwargs: Dict | undefined,
  result: List,
  value: unknown,
];

const rows: readonly Row[] = [
  ['wamp.session.count', ({ session }) => session.count(), undefined, undefined, [2], 2],
  ['wamp.session.count', ({ session }) => session.count(['a', 'b']), [['a', 'b']], undefined, [1], 1],
  ['wamp.session.list', ({ session }) => session.list(), undefined, undefined, [[5, 6]], [5, 6]],
  ['wamp.session.list', ({ session }) => session.list([]), [[]], undefined, [[]], []],
  ['wamp.session.get', ({ session }) => session.get(5), [5], undefined, [JOE], JOE],
  ['wamp.session.kill', ({ session }) => session.kill(5), [5], undefined, [], undefined],
  [
    'wamp.session.kill',
    ({ session }) => session.kill(5, { reason: 'com.app.old', message: 'too old' }),
    [5],
    { reason: 'com.app.old', message: 'too old' },
    [],
    undefined,
  ],
  [
    'wamp.session.kill_by_authid',
    ({ session }) => session.killByAuthid('joe', { reason: 'com.app.old' }),
    ['joe'],
    { reason: 'com.app.old' },
    [[5, 6]],
    { count: 2, sessions: [5, 6] },
  ],
  [
    'wamp.session.kill_by_authrole',
    ({ session }) => session.killByAuthrole('user'),
    ['user'],
    undefined,
    [2],
    { count: 2, sessions: undefined },
  ],
  [
    'wamp.session.kill_all',
    ({ session }) => session.killAll({ message: 'bye' }),
    [],
    { message: 'bye' },
    [0],
    { count: 0, sessions: undefined },
  ],
  [
    'wamp.session.add_testament',
    ({ session }) => session.addTestament('com.app.gone'),
    ['com.app.gone', [], {}],
    undefined,
    [],
    undefined,
  ],
  [
    'wamp.session.add_testament',
    ({ session }) =>
      session.addTestament(
        'com.app.gone',
        { args: [1], kwargs: { a: 2 } },
        { scope: 'detached', publish_options: { exclude_me: false } },
      ),
    ['com.app.gone', [1], { a: 2 }],
    { scope: 'detached', publish_options: { exclude_me: false } },
    [],
    undefined,
  ],
  ['wamp.session.flush_testaments', ({ session }) => session.flushTestaments(), undefined, undefined, [], undefined],
  [
    'wamp.session.flush_testaments',
    ({ session }) => session.flushTestaments('detached'),
    [],
    { scope: 'detached' },
    [],
    undefined,
  ],
  [
    'wamp.registration.list',
    ({ registration }) => registration.list(),
    undefined,
    undefined,
    [{ exact: [1], prefix: [], wildcard: [2, 3] }],
    { exact: [1], prefix: [], wildcard: [2, 3] },
  ],
  ['wamp.registration.lookup', ({ registration }) => registration.lookup('com.a'), ['com.a'], undefined, [3], 3],
  [
    'wamp.registration.lookup',
    ({ registration }) => registration.lookup('com.', 'prefix'),
    ['com.', { match: 'prefix' }],
    undefined,
    [null],
    null,
  ],
  ['wamp.registration.match', ({ registration }) => registration.match('com.a'), ['com.a'], undefined, [3], 3],
  ['wamp.registration.get', ({ registration }) => registration.get(3), [3], undefined, [REGISTRATION], REGISTRATION],
  ['wamp.registration.list_callees', ({ registration }) => registration.listCallees(3), [3], undefined, [[5]], [5]],
  ['wamp.registration.count_callees', ({ registration }) => registration.countCallees(3), [3], undefined, [1], 1],
  [
    'wamp.subscription.list',
    ({ subscription }) => subscription.list(),
    undefined,
    undefined,
    [{ exact: [1] }],
    { exact: [1], prefix: [], wildcard: [] },
  ],
  [
    'wamp.subscription.lookup',
    ({ subscription }) => subscription.lookup('com..a', 'wildcard'),
    ['com..a', { match: 'wildcard' }],
    undefined,
    [3],
    3,
  ],
  [
    'wamp.subscription.match',
    ({ subscription }) => subscription.match('com.a'),
    ['com.a'],
    undefined,
    [[3, 4]],
    [3, 4],
  ],
  ['wamp.subscription.get', ({ subscription }) => subscription.get(3), [3], undefined, [SUBSCRIPTION], SUBSCRIPTION],
  [
    'wamp.subscription.list_subscribers',
    ({ subscription }) => subscription.listSubscribers(3),
    [3],
    undefined,
    [[5]],
    [5],
  ],
  [
    'wamp.subscription.count_subscribers',
    ({ subscription }) => subscription.countSubscribers(3),
    [3],
    undefined,
    [1],
    1,
  ],
  [
    'wamp.subscription.get_events',
    ({ subscription }) => subscription.getEvents(3, { limit: 5, after_publication: 9 }),
    [3],
    { limit: 5, after_publication: 9 },
    [],
    [],
  ],
];

describe('a meta procedure', () => {
  it.each(rows)('%s', (procedure, call, args, kwargs, result, value) => {
    const { router, realm } = withMeta();
    const call$ = call(realm);
    router.expectSilence();
    const seen = watch(call$);
    const { request, args: sent = [], kwargs: named } = router.expect(Code.CALL, { procedure });
    expect([sent, named]).toEqual([args ?? [], kwargs]);
    router.send([Code.RESULT, request, {}, result]);
    expect(seen).toMatchObject({ values: [value], complete: true, error: undefined });
    router.expectSilence();
  });

  it('is called once for each subscription', () => {
    const { router, realm } = withMeta();
    const count$ = realm.session.count();
    for (const sessions of [1, 2]) {
      const { values } = watch(count$);
      answer(router, 'wamp.session.count', [sessions]);
      expect(values).toEqual([sessions]);
    }
  });

  it('errors with what the router says', () => {
    const { router, realm } = withMeta();
    const seen = watch(realm.session.get(9));
    refuse(router, 'wamp.session.get', 'wamp.error.no_such_session');
    expect(seen.error).toMatchObject({ name: 'WampError', uri: 'wamp.error.no_such_session' });
  });

  it('refuses a testament whose payload is none, and sends nothing', () => {
    const { router, realm } = withMeta();
    // A program without types may pass anything.
    const { error } = watch(realm.session.addTestament('com.app.gone', 'joe' as unknown as List));
    expect(isUsageError(error)).toBe(true);
    router.expectSilence();
  });

  it.each<[Uri, (realm: Meta) => Observable<unknown>, List]>([
    ['wamp.session.count', ({ session }) => session.count(), []],
    ['wamp.session.count', ({ session }) => session.count(), ['2']],
    ['wamp.session.count', ({ session }) => session.count(), [-1]],
    ['wamp.session.list', ({ session }) => session.list(), [[1, 'x']]],
    ['wamp.session.list', ({ session }) => session.list(), [1, 'x']],
    ['wamp.session.get', ({ session }) => session.get(5), [{ authid: 'joe' }]],
    ['wamp.session.get', ({ session }) => session.get(5), [[5]]],
    ['wamp.session.kill_all', ({ session }) => session.killAll(), [null]],
    ['wamp.registration.list', ({ registration }) => registration.list(), [{ exact: [0] }]],
    ['wamp.registration.list', ({ registration }) => registration.list(), [[]]],
    ['wamp.registration.lookup', ({ registration }) => registration.lookup('com.a'), ['x']],
    ['wamp.registration.get', ({ registration }) => registration.get(3), [{ id: 3 }]],
    ['wamp.subscription.get', ({ subscription }) => subscription.get(3), [{ id: 3, uri: 'a', match: 'regex' }]],
    ['wamp.subscription.match', ({ subscription }) => subscription.match('com.a'), [['x']]],
    ['wamp.subscription.get_events', ({ subscription }) => subscription.getEvents(3), ['x']],
    ['wamp.subscription.get_events', ({ subscription }) => subscription.getEvents(3), [{ publication: 1 }, {}]],
  ])('errors when its result is nothing of the kind: %s', (procedure, call, result) => {
    const { router, realm } = withMeta();
    const seen = watch(call(realm));
    answer(router, procedure, result);
    expect(seen.values).toEqual([]);
    expect(isProtocolViolationError(seen.error)).toBe(true);
    expect(seen.error).toMatchObject({ attempted: 'CALL', on: procedure });
  });
});
