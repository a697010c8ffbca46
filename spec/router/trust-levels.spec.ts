import { describe, expect, it } from '@jest/globals';
import { Code } from '../../src/protocol/code.js';
import { authorizeBy, Router, type Authorize, type RealmOptions } from '../../src/router/index.js';
import { believing, joinedAs } from './believing.js';

const topic = 'com.example.topic';
const procedure = 'com.example.procedure';
const routerWith = (realm: RealmOptions): Router =>
  new Router({ realms: { realm1: { authenticate: believing, ...realm } } });

describe('trust levels', () => {
  const authorize = authorizeBy([
    { role: 'admin', actions: '*', uri: '', match: 'prefix', trustlevel: 9 },
    { role: 'guest', actions: ['publish', 'call'], uri: 'com.', match: 'prefix', trustlevel: 0 },
    { role: 'user', actions: '*', uri: '', match: 'prefix' },
    { role: 'user', actions: ['publish'], uri: topic, trustlevel: 3, disclose: true },
  ]);

  it.each([
    ['admin', { trustlevel: 9 }],
    ['guest', { trustlevel: 0 }],
    ['user', { trustlevel: 3, publisher: expect.any(Number), publisher_authid: 'joe', publisher_authrole: 'user' }],
  ])('of a publication by the rule that allows it: %s', (role, details) => {
    const router = routerWith({ authorize });
    const listener = joinedAs(router, 'listener');
    listener.subscribe(topic);
    joinedAs(router, 'joe', role).publish(topic, [1]);
    expect(listener.take()).toStrictEqual([[Code.EVENT, expect.any(Number), expect.any(Number), details, [1]]]);
  });

  it.each([
    ['admin', { trustlevel: 9 }],
    ['guest', { trustlevel: 0 }],
    ['user', {}],
  ])('of a call, with every chunk of it: %s', (role, details) => {
    const router = routerWith({ authorize });
    const callee = joinedAs(router, 'callee');
    callee.register(procedure);
    const caller = joinedAs(router, 'joe', role);
    const request = caller.call(procedure, [], { progress: true });
    caller.send([Code.CALL, request, {}, procedure]);
    expect(callee.take().map((message) => message[3])).toStrictEqual([{ ...details, progress: true }, details]);
  });

  it('stays with what is retained, kept and left behind', () => {
    const router = routerWith({ authorize, history: [{ topic, maxEvents: 5 }] });
    const admin = joinedAs(router, 'root', 'admin');
    const testament = ['wamp.session.add_testament', ['com.example.will', [], {}]] as const;
    admin.call(...testament);
    admin.expect(Code.RESULT);
    admin.publish(topic, [1], { retain: true });
    const listener = joinedAs(router, 'listener');
    const id = listener.subscribe(topic, { get_retained: true });
    expect(listener.expect(Code.EVENT)[3]).toStrictEqual({ retained: true, trustlevel: 9 });
    listener.call('wamp.subscription.get_events', [id]);
    expect(listener.expect(Code.RESULT)[3]).toMatchObject([{ details: { trustlevel: 9 } }]);
    listener.subscribe('com.example.will');
    admin.vanish();
    expect(listener.expect(Code.EVENT)[3]).toStrictEqual({ trustlevel: 9 });
  });

  it('by a function; nobody can claim one', () => {
    const byFunction: Authorize = ({ authid }) => ({ allow: true, trustlevel: authid.length });
    const router = routerWith({ authorize: byFunction });
    const listener = joinedAs(router, 'listener');
    listener.subscribe(topic);
    const joe = joinedAs(router, 'joe');
    joe.sendRaw([Code.PUBLISH, 1, { trustlevel: 99 }, topic]);
    expect(listener.expect(Code.EVENT)[3]).toStrictEqual({ trustlevel: 3 });
    const open = routerWith({});
    const other = joinedAs(open, 'other');
    other.subscribe(topic);
    joinedAs(open, 'joe').sendRaw([Code.PUBLISH, 1, { trustlevel: 99 }, topic]);
    expect(other.expect(Code.EVENT)[3]).toStrictEqual({});
  });

  it.each([-1, 0.5, NaN, '2', null])('%p is none: the authorizer has failed', (trustlevel) => {
    // A JavaScript application may answer that.
    const authorize = (() => ({ allow: true, trustlevel })) as unknown as Authorize;
    const joe = joinedAs(routerWith({ authorize }), 'joe');
    joe.publish(topic, [], { acknowledge: true });
    expect(joe.expect(Code.ERROR)[4]).toBe('wamp.error.authorization_failed');
  });
});
