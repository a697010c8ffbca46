import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Code } from '../../../src/protocol/code.js';
import { Router, type RealmOptions } from '../../../src/router/index.js';
import { believing, joinedAs } from '../believing.js';
import { joined } from '../fake-client.js';
import { metaCall } from './meta-call.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  // What RxJS has to report of an error nobody caught, it throws from a timer.
  jest.runOnlyPendingTimers();
  jest.useRealTimers();
});

const newRouter = (realm: RealmOptions = {}): Router =>
  new Router({ realms: { realm1: { authenticate: believing, ...realm }, realm2: {} } });

describe('R-39: session meta API', () => {
  it('counts and lists the sessions of the realm, and those of some roles', () => {
    const router = newRouter();
    const [ann, bob] = [joinedAs(router, 'ann', 'user'), joinedAs(router, 'bob', 'admin')];
    joined(router, { realm: 'realm2' });
    expect(metaCall(ann, 'wamp.session.count')).toEqual([2]);
    expect(metaCall(ann, 'wamp.session.list')).toEqual([[ann.id, bob.id]]);
    expect(metaCall(ann, 'wamp.session.count', [['admin', 'nobody']])).toEqual([1]);
    expect(metaCall(ann, 'wamp.session.list', [['admin']])).toEqual([[bob.id]]);
    expect(metaCall(ann, 'wamp.session.list', [[]])).toEqual([[]]);
    expect(metaCall(ann, 'wamp.session.count', [null])).toEqual([2]);
    expect(metaCall(ann, 'wamp.session.count', ['admin'])).toBe('wamp.error.invalid_argument');
  });

  it('R-44: tells of a session what the router knows, and nothing of its transport or secrets', () => {
    const router = newRouter();
    const ann = joinedAs(router, 'ann');
    const bob = joined(router, {
      details: {
        authmethods: ['ticket'],
        authid: 'bob',
        authrole: 'admin',
        authextra: { password: 'x' },
        transport: { auth: { cookie: 'x' } },
      },
    });
    expect(metaCall(ann, 'wamp.session.get', [bob.id])).toEqual([
      { session: bob.id, authid: 'bob', authrole: 'admin', authmethod: 'ticket', authprovider: 'static' },
    ]);
    expect(metaCall(ann, 'wamp.session.get', [1])).toBe('wamp.error.no_such_session');
    expect(metaCall(ann, 'wamp.session.get')).toBe('wamp.error.invalid_argument');
  });

  it('on_join and on_leave tell who comes and goes', () => {
    const router = newRouter();
    const ann = joinedAs(router, 'ann');
    const [join, leave] = [ann.subscribe('wamp.session.on_join'), ann.subscribe('wamp.session.on_leave')];
    const bob = joinedAs(router, 'bob', 'admin');
    expect(ann.take()).toEqual([
      [
        Code.EVENT,
        join,
        expect.any(Number),
        {},
        [{ session: bob.id, authid: 'bob', authrole: 'admin', authmethod: 'ticket', authprovider: 'static' }],
      ],
    ]);
    bob.vanish();
    expect(ann.take()).toEqual([[Code.EVENT, leave, expect.any(Number), {}, [bob.id, 'bob', 'admin']]]);
  });
});

describe('R-40: killing sessions', () => {
  it('kill ends one session with GOODBYE', () => {
    const router = newRouter();
    const [ann, bob, eve] = [joinedAs(router, 'ann'), joinedAs(router, 'bob'), joinedAs(router, 'eve')];
    expect(metaCall(ann, 'wamp.session.kill', [bob.id])).toEqual([]);
    expect(bob.take()).toEqual([[Code.GOODBYE, {}, 'wamp.close.killed']]);
    expect(metaCall(ann, 'wamp.session.kill', [eve.id], { reason: 'com.example.gone', message: 'bye' })).toEqual([]);
    expect(eve.take()).toEqual([[Code.GOODBYE, { message: 'bye' }, 'com.example.gone']]);
    expect(metaCall(ann, 'wamp.session.list')).toEqual([[ann.id]]);
    bob.send([Code.GOODBYE, {}, 'wamp.close.goodbye_and_out']);
    expect(bob.take()).toEqual([]);
    expect(bob.ended).toBe('completed');
    jest.advanceTimersByTime(2_000);
    expect(eve.ended).toBe('errored');
  });

  it('kill: neither one’s own session nor one that there is not, and only for a reason that is a URI', () => {
    const router = newRouter();
    const [ann, bob] = [joinedAs(router, 'ann'), joinedAs(router, 'bob')];
    expect(metaCall(ann, 'wamp.session.kill', [ann.id])).toBe('wamp.error.no_such_session');
    expect(metaCall(ann, 'wamp.session.kill', [1])).toBe('wamp.error.no_such_session');
    expect(metaCall(ann, 'wamp.session.kill', [bob.id], { reason: 'no uri' })).toBe('wamp.error.invalid_uri');
    expect(bob.take()).toEqual([]);
  });

  it('kill_by_authid says which, kill_by_authrole how many; the caller is spared', () => {
    const router = newRouter();
    const ann = joinedAs(router, 'ann', 'user');
    const [other, bob] = [joinedAs(router, 'ann', 'admin'), joinedAs(router, 'bob', 'user')];
    expect(metaCall(ann, 'wamp.session.kill_by_authid', ['ann'])).toEqual([[other.id]]);
    expect(metaCall(ann, 'wamp.session.kill_by_authrole', ['user'])).toEqual([1]);
    for (const client of [other, bob]) expect(client.expect(Code.GOODBYE)[2]).toBe('wamp.close.killed');
    expect(ann.take()).toEqual([]);
    expect(metaCall(ann, 'wamp.session.kill_by_authid')).toBe('wamp.error.invalid_argument');
  });

  it('kill_all says how many, and goes without on_leave and testaments', () => {
    const router = newRouter();
    const ann = joinedAs(router, 'ann');
    const bob = joinedAs(router, 'bob');
    metaCall(bob, 'wamp.session.add_testament', ['com.example.will', [], {}]);
    ann.subscribe('', { match: 'prefix' });
    ann.take();
    expect(metaCall(ann, 'wamp.session.kill_all')).toEqual([1]);
    expect(bob.expect(Code.GOODBYE)[2]).toBe('wamp.close.killed');
    expect(ann.take()).toEqual([]);
  });

  it('is subject to authorization', () => {
    const router = newRouter({ authorize: (_session, action, uri) => !(action === 'call' && uri.startsWith('wamp.')) });
    const [ann, bob] = [joinedAs(router, 'ann'), joinedAs(router, 'bob')];
    expect(metaCall(ann, 'wamp.session.kill', [bob.id])).toBe('wamp.error.not_authorized');
    expect(bob.take()).toEqual([]);
  });
});
