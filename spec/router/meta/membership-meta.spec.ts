import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Code } from '../../../src/protocol/code.js';
import type { List } from '../../../src/protocol/message.js';
import { Router } from '../../../src/router/index.js';
import { BARE_ROLES, joined, type FakeClient } from '../fake-client.js';
import { metaCall } from './meta-call.js';

beforeEach(() => {
  jest.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') });
});
afterEach(() => {
  // What RxJS has to report of an error nobody caught, it throws from a timer.
  jest.runOnlyPendingTimers();
  jest.useRealTimers();
});

const newRouter = (): Router => new Router({ realms: { realm1: {} } });

/** A client that hears meta events; `heard` says them as `[event, ...args]`. */
function listening(router: Router, kind: 'subscription' | 'registration') {
  const client = joined(router);
  client.subscribe(`wamp.${kind}.`, { match: 'prefix' });
  const heard = (): List[] =>
    client.take().map((message) => {
      const [, , , details, args] = message as unknown as [number, number, number, { topic: string }, unknown[]];
      return [details.topic.slice(`wamp.${kind}.`.length), ...args];
    });
  return heard;
}

describe('R-39: registration meta API', () => {
  it('finds registrations by id, pattern and match', () => {
    const router = newRouter();
    const [callee, other] = [joined(router), joined(router)];
    const exact = callee.register('com.example.a', { invoke: 'first' });
    other.register('com.example.a', { invoke: 'first' });
    const prefix = callee.register('com.', { match: 'prefix' });
    const wildcard = callee.register('.example.b', { match: 'wildcard' });
    const ask = (name: string, ...args: unknown[]) => metaCall(other, `wamp.registration.${name}`, args);
    expect(ask('list')).toEqual([{ exact: [exact], prefix: [prefix], wildcard: [wildcard] }]);
    expect(ask('lookup', 'com.example.a')).toEqual([exact]);
    expect(ask('lookup', 'com.', { match: 'prefix' })).toEqual([prefix]);
    expect(ask('lookup', 'com.')).toEqual([null]);
    expect(ask('match', 'com.example.a')).toEqual([exact]);
    expect(ask('match', 'com.example.b')).toEqual([prefix]);
    expect(ask('match', 'org.example.b')).toEqual([wildcard]);
    expect(ask('match', 'org.example.c')).toEqual([null]);
    expect(ask('get', exact)).toEqual([
      { id: exact, created: '2026-01-01T00:00:00.000Z', uri: 'com.example.a', match: 'exact', invoke: 'first' },
    ]);
    expect(ask('list_callees', exact)).toEqual([[callee.id, other.id]]);
    expect(ask('count_callees', exact)).toEqual([2]);
    for (const name of ['get', 'list_callees', 'count_callees']) {
      expect(ask(name, 1)).toBe('wamp.error.no_such_registration');
      expect(ask(name, 'x')).toBe('wamp.error.invalid_argument');
    }
    expect(ask('lookup', 'com.', { match: 'x' })).toBe('wamp.error.invalid_argument');
    expect(ask('match', 1)).toBe('wamp.error.invalid_argument');
  });

  it('what a call of the router’s own procedures would not reach does not match them', () => {
    const router = newRouter();
    const callee = joined(router);
    callee.register('', { match: 'prefix' });
    expect(metaCall(callee, 'wamp.registration.match', ['wamp.session.count'])).toEqual([null]);
  });

  it('events tell of callees in order: on_create, on_register, on_unregister, on_delete', () => {
    const router = newRouter();
    const heard = listening(router, 'registration');
    const [first, second] = [joined(router), joined(router)];
    const id = first.register('com.example.a', { invoke: 'last' });
    second.register('com.example.a', { invoke: 'last' });
    const details = { id, created: '2026-01-01T00:00:00.000Z', uri: 'com.example.a', match: 'exact', invoke: 'last' };
    expect(heard()).toEqual([
      ['on_create', first.id, details],
      ['on_register', first.id, id],
      ['on_register', second.id, id],
    ]);
    first.send([Code.UNREGISTER, first.request(), id]);
    second.vanish();
    expect(heard()).toEqual([
      ['on_unregister', first.id, id],
      ['on_unregister', second.id, id],
      ['on_delete', second.id, id],
    ]);
    expect(metaCall(first, 'wamp.registration.get', [id])).toBe('wamp.error.no_such_registration');
    expect(metaCall(first, 'wamp.registration.list')).toEqual([{ exact: [], prefix: [], wildcard: [] }]);
  });

  it('a callee that hears of itself hears it after its own answer', () => {
    const client = joined(newRouter());
    client.subscribe('wamp.registration.on_create');
    client.send([Code.REGISTER, client.request(), {}, 'com.example.a']);
    expect(client.take().map(([code]) => code)).toEqual([Code.REGISTERED, Code.EVENT]);
  });
});

describe('R-39: subscription meta API', () => {
  it('finds subscriptions by id, pattern and match', () => {
    const router = newRouter();
    const [client, other] = [joined(router), joined(router)];
    const exact = client.subscribe('com.example.a');
    other.subscribe('com.example.a');
    const prefix = client.subscribe('com.', { match: 'prefix' });
    const wildcard = client.subscribe('.example.a', { match: 'wildcard' });
    const ask = (name: string, ...args: unknown[]) => metaCall(other, `wamp.subscription.${name}`, args);
    expect(ask('list')).toEqual([{ exact: [exact], prefix: [prefix], wildcard: [wildcard] }]);
    expect(ask('lookup', 'com.example.a')).toEqual([exact]);
    expect(ask('lookup', '.example.a', { match: 'wildcard' })).toEqual([wildcard]);
    expect(ask('lookup', 'com.example.b')).toEqual([null]);
    expect(ask('match', 'com.example.a')).toEqual([[exact, prefix, wildcard]]);
    expect(ask('match', 'org.example')).toEqual([null]);
    expect(ask('get', prefix)).toEqual([
      { id: prefix, created: '2026-01-01T00:00:00.000Z', uri: 'com.', match: 'prefix' },
    ]);
    expect(ask('list_subscribers', exact)).toEqual([[client.id, other.id]]);
    expect(ask('count_subscribers', exact)).toEqual([2]);
    expect(ask('get', 1)).toBe('wamp.error.no_such_subscription');
  });

  it('events tell of subscribers in order, but not of those to wamp.* topics', () => {
    const router = newRouter();
    const heard = listening(router, 'subscription');
    const [first, second] = [joined(router), joined(router)];
    const id = first.subscribe('com.example.a');
    first.subscribe('com.example.a');
    second.subscribe('com.example.a');
    second.subscribe('wamp.session.on_join');
    expect(heard()).toEqual([
      ['on_create', first.id, { id, created: '2026-01-01T00:00:00.000Z', uri: 'com.example.a', match: 'exact' }],
      ['on_subscribe', first.id, id],
      ['on_subscribe', second.id, id],
    ]);
    first.vanish();
    second.send([Code.UNSUBSCRIBE, second.request(), id]);
    expect(heard()).toEqual([
      ['on_unsubscribe', first.id, id],
      ['on_unsubscribe', second.id, id],
      ['on_delete', second.id, id],
    ]);
    expect(metaCall(second, 'wamp.subscription.get', [id])).toBe('wamp.error.no_such_subscription');
  });
});

describe('R-38: revocation by the meta API', () => {
  const removed = (kind: 'subscription' | 'registration', roles?: typeof BARE_ROLES) => {
    const router = newRouter();
    const client = joined(router, roles === undefined ? {} : { details: { roles } });
    const id = kind === 'subscription' ? client.subscribe('com.example.a') : client.register('com.example.a');
    const member = kind === 'subscription' ? 'subscriber' : 'callee';
    const heard = listening(router, kind);
    const admin = joined(router);
    const remove = (...args: unknown[]) => metaCall(admin, `wamp.${kind}.remove_${member}`, args);
    return { router, client, id, heard, admin, remove };
  };

  it('a subscriber is told when it announced to understand that, and is out either way', () => {
    const { client, id, heard, admin, remove } = removed('subscription');
    expect(remove(id, client.id, 'spam')).toEqual([]);
    expect(client.take()).toEqual([[Code.UNSUBSCRIBED, 0, { subscription: id, reason: 'spam' }]]);
    expect(heard()).toEqual([
      ['on_unsubscribe', client.id, id],
      ['on_delete', client.id, id],
    ]);
    admin.publish('com.example.a');
    expect(client.take()).toEqual([]);
    const silent = removed('subscription', BARE_ROLES);
    silent.remove(silent.id, silent.client.id);
    silent.admin.publish('com.example.a');
    expect(silent.client.take()).toEqual([]);
  });

  it('a callee is told when it announced to understand that, and is out either way', () => {
    const { client, id, admin, remove } = removed('registration');
    expect(remove(id, client.id)).toEqual([]);
    expect(client.take()).toEqual([[Code.UNREGISTERED, 0, { registration: id }]]);
    admin.call('com.example.a');
    expect(admin.expect(Code.ERROR)[4]).toBe('wamp.error.no_such_procedure');
    const silent = removed('registration', BARE_ROLES);
    silent.remove(silent.id, silent.client.id);
    expect(silent.client.take()).toEqual([]);
  });

  it('only a member of what there is can be removed', () => {
    const { client, id, admin, remove } = removed('registration');
    expect(remove(1, client.id)).toBe('wamp.error.no_such_registration');
    expect(remove(id, admin.id)).toBe('wamp.error.no_such_session');
    expect(remove(id)).toBe('wamp.error.invalid_argument');
  });
});

describe('the router’s own procedures', () => {
  const chunk = (client: FakeClient, options: object) =>
    client.send([Code.CALL, client.request(), { ...options }, 'wamp.session.count']);

  it('take neither streams nor packed payload', () => {
    const client = joined(newRouter());
    chunk(client, { progress: true });
    chunk(client, { ppt_scheme: 'x_mine' });
    for (let n = 0; n < 2; n++) expect(client.expect(Code.ERROR)[4]).toBe('wamp.error.feature_not_supported');
    client.send([Code.CALL, 1, {}, 'wamp.session.count']);
    expect(client.take()).toEqual([]);
  });

  it('say what is wrong with an argument', () => {
    const client = joined(newRouter());
    client.call('wamp.session.get', ['x']);
    client.call('wamp.session.get', [1]);
    expect(client.expect(Code.ERROR).slice(4)).toEqual(['wamp.error.invalid_argument', ['session must be an id']]);
    expect(client.expect(Code.ERROR).slice(4)).toEqual(['wamp.error.no_such_session']);
  });

  it('that do not exist are no_such_procedure', () => {
    expect(metaCall(joined(newRouter()), 'wamp.session.nonsense')).toBe('wamp.error.no_such_procedure');
  });
});
