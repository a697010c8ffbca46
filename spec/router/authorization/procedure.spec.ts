import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Code } from '../../../src/protocol/code.js';
import { UsageError } from '../../../src/protocol/errors.js';
import type { MessageOf, RequestCode, WampMessage } from '../../../src/protocol/message.js';
import { authorizeBy, authorizeByProcedure, Router, type RouterLimits } from '../../../src/router/index.js';
import { believing, joinedAs } from '../believing.js';
import type { FakeClient } from '../fake-client.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => {
  jest.runOnlyPendingTimers();
  jest.useRealTimers();
});

const procedure = 'com.example.authorize';
const topic = 'com.example.topic';

const fallback = authorizeBy([
  { role: 'authorizer', actions: ['register'], uri: procedure },
  { role: 'authorizer', actions: ['call', 'publish'], uri: 'com.backend.', match: 'prefix' },
]);

function routerWith(limits: Partial<RouterLimits> = {}, disclose = true): { router: Router; faults: unknown[] } {
  const router = new Router({
    realms: {
      realm1: { authenticate: believing, authorize: authorizeByProcedure(procedure, { fallback }), disclose },
    },
    limits,
  });
  const faults: unknown[] = [];
  router.faults$.subscribe((fault) => faults.push(fault));
  return { router, faults };
}

/** A router, the session that decides in it, and one about which it decides. */
function deciding(limits?: Partial<RouterLimits>) {
  const { router, faults } = routerWith(limits);
  const authorizer = joinedAs(router, 'boss', 'authorizer');
  authorizer.register(procedure);
  return { router, faults, authorizer, client: joinedAs(router, 'joe') };
}

const question = (authorizer: FakeClient): MessageOf<typeof Code.INVOCATION> => authorizer.expect(Code.INVOCATION);
const answer = (authorizer: FakeClient, ...args: unknown[]): void =>
  authorizer.send([Code.YIELD, question(authorizer)[1], {}, args]);
const subscribe = (client: FakeClient, uri = topic, options = {}): void =>
  client.send([Code.SUBSCRIBE, client.request(), options, uri]);
const failed = (request: number, code: RequestCode = Code.SUBSCRIBE): WampMessage[] => [
  [Code.ERROR, code, request, {}, 'wamp.error.authorization_failed'],
];

describe('R-45: an authorizer that is a procedure', () => {
  it('is asked who, where, what and with which options', () => {
    const { authorizer, client } = deciding();
    subscribe(client, 'com.example.', { match: 'prefix', get_retained: true });
    const [, , , details, args] = question(authorizer);
    expect(args).toEqual([
      {
        session: client.id,
        realm: 'realm1',
        authid: 'joe',
        authrole: 'user',
        authmethod: 'ticket',
        authprovider: 'static',
      },
      'com.example.',
      'subscribe',
      { match: 'prefix', get_retained: true },
    ]);
    expect(details).toMatchObject({ caller_authrole: 'router' });
  });

  it.each<[unknown, number]>([
    [true, Code.SUBSCRIBED],
    [{ allow: true }, Code.SUBSCRIBED],
    [{ allow: true, disclose: null, cache: null }, Code.SUBSCRIBED],
  ])('allows by %j', (decision, code) => {
    const { authorizer, client } = deciding();
    subscribe(client);
    expect(client.take()).toEqual([]);
    answer(authorizer, decision);
    expect(client.take()[0]?.[0]).toBe(code);
  });

  it.each([false, { allow: false }, { allow: false, disclose: true, cache: false }])('denies by %j', (decision) => {
    const { authorizer, client } = deciding();
    subscribe(client);
    answer(authorizer, decision);
    expect(client.take()).toEqual([[Code.ERROR, Code.SUBSCRIBE, 1, {}, 'wamp.error.not_authorized']]);
  });

  it.each([['yes'], [1], [null], [undefined], [{}], [{ allow: 'true' }], [[true]], [{ allow: true, trustlevel: -1 }]])(
    'fails by %j, which is no decision',
    (decision) => {
      const { authorizer, client, faults } = deciding();
      subscribe(client);
      if (decision === undefined) answer(authorizer);
      else answer(authorizer, decision);
      expect(client.take()).toEqual(failed(1));
      expect(faults).toEqual([expect.any(TypeError)]);
    },
  );

  it('fails by an ERROR, whose text stays with the application', () => {
    const { authorizer, client, faults } = deciding();
    subscribe(client);
    const invocation = question(authorizer)[1];
    authorizer.send([Code.ERROR, Code.INVOCATION, invocation, {}, 'com.example.error.db', ['password is hunter2']]);
    expect(client.take()).toEqual(failed(1));
    expect(faults).toMatchObject([{ uri: 'com.example.error.db' }]);
  });

  it('fails while nobody has registered it, and when its callee leaves', () => {
    const { router, faults } = routerWith();
    const client = joinedAs(router, 'joe');
    subscribe(client);
    expect(client.take()).toEqual(failed(1));
    expect(faults).toMatchObject([{ uri: 'wamp.error.no_such_procedure' }]);
    const authorizer = joinedAs(router, 'boss', 'authorizer');
    authorizer.register(procedure);
    subscribe(client);
    authorizer.vanish();
    expect(client.take()).toEqual(failed(2));
  });

  it('R-52: fails when it takes too long, and is told to stop', () => {
    const { authorizer, client } = deciding({ authorizationTimeoutMs: 700 });
    subscribe(client);
    const invocation = question(authorizer)[1];
    jest.advanceTimersByTime(700);
    expect(client.take()).toEqual(failed(1));
    expect(authorizer.take()).toEqual([[Code.INTERRUPT, invocation, { mode: 'killnowait' }]]);
    authorizer.send([Code.YIELD, invocation, {}, [true]]);
    expect(client.take()).toEqual([]);
  });

  it('R-54: is told to stop when the client leaves', () => {
    const { authorizer, client } = deciding();
    subscribe(client);
    const invocation = question(authorizer)[1];
    client.vanish();
    expect(authorizer.take()).toEqual([[Code.INTERRUPT, invocation, { mode: 'killnowait' }]]);
  });

  it('R-21: may disclose who calls', () => {
    const { authorizer, client, router } = deciding();
    const callee = joinedAs(router, 'callee');
    callee.send([Code.REGISTER, 1, {}, 'com.example.add']);
    answer(authorizer, true);
    callee.expect(Code.REGISTERED);
    client.call('com.example.add');
    answer(authorizer, { allow: true, disclose: true });
    expect(callee.expect(Code.INVOCATION)[3]).toMatchObject({ caller: client.id, caller_authid: 'joe' });
  });

  it('may say how far it trusts a publisher', () => {
    const { authorizer, client, router } = deciding();
    const listener = joinedAs(router, 'listener');
    subscribe(listener);
    answer(authorizer, { allow: true, trustlevel: null });
    listener.expect(Code.SUBSCRIBED);
    client.publish(topic);
    answer(authorizer, { allow: true, trustlevel: 4 });
    expect(listener.expect(Code.EVENT)[3]).toStrictEqual({ trustlevel: 4 });
  });

  it('with `cache` is asked once for each session, action, URI and match', () => {
    const { authorizer, client, router } = deciding();
    client.publish(topic);
    answer(authorizer, { allow: true, cache: true });
    client.publish(topic);
    expect(authorizer.take()).toEqual([]);
    subscribe(client);
    answer(authorizer, true);
    subscribe(client, topic, { match: 'prefix' });
    answer(authorizer, { allow: false, cache: true });
    const other = joinedAs(router, 'jim');
    other.publish(topic);
    answer(authorizer, { allow: true });
    other.publish(topic);
    expect(question(authorizer)[4]?.[2]).toBe('publish');
  });

  it('R-52: with `cache` keeps the last 1,000 decisions of a session', () => {
    const { authorizer, client } = deciding();
    for (let n = 0; n <= 1_000; n++) {
      client.publish(`com.example.topic${n}`);
      answer(authorizer, { allow: true, cache: true });
    }
    client.publish('com.example.topic1');
    expect(authorizer.take()).toEqual([]);
    client.publish('com.example.topic0');
    expect(authorizer.take()).toHaveLength(1);
  });
});

describe('R-45: the procedure that decides', () => {
  it('is registered by those whom the fallback allows, and by nobody else', () => {
    const { router } = routerWith();
    const client = joinedAs(router, 'joe');
    client.send([Code.REGISTER, 1, {}, procedure]);
    expect(client.take()).toEqual([[Code.ERROR, Code.REGISTER, 1, {}, 'wamp.error.not_authorized']]);
    client.send([Code.REGISTER, 2, { match: 'prefix' }, procedure]);
    expect(client.take()).toEqual([[Code.ERROR, Code.REGISTER, 2, {}, 'wamp.error.not_authorized']]);
    joinedAs(router, 'boss', 'authorizer').register(procedure);
  });

  it('is not called by clients that the fallback does not allow to', () => {
    const { authorizer, client } = deciding();
    client.call(procedure);
    expect(client.take()).toEqual([[Code.ERROR, Code.CALL, 1, {}, 'wamp.error.not_authorized']]);
    expect(authorizer.take()).toEqual([]);
  });

  it('is not asked about what its own callee does, which would wait for itself', () => {
    const { authorizer, client } = deciding();
    subscribe(client);
    const invocation = question(authorizer)[1];
    authorizer.publish('com.backend.audit', [], { acknowledge: true });
    authorizer.expect(Code.PUBLISHED);
    authorizer.publish(topic, [], { acknowledge: true });
    expect(authorizer.expect(Code.ERROR)[4]).toBe('wamp.error.not_authorized');
    authorizer.send([Code.YIELD, invocation, {}, [true]]);
    client.expect(Code.SUBSCRIBED);
  });

  it('is never one whose pattern merely matches', () => {
    const { router, authorizer, client } = deciding();
    const usurper = joinedAs(router, 'usurper');
    for (const [uri, match] of [
      ['com.example.', 'prefix'],
      ['com..authorize', 'wildcard'],
    ] as const) {
      usurper.send([Code.REGISTER, usurper.request(), { match }, uri]);
      answer(authorizer, true);
      usurper.expect(Code.REGISTERED);
    }
    authorizer.vanish();
    subscribe(client);
    expect(client.take()).toEqual(failed(1));
    expect(usurper.take()).toEqual([]);
  });

  it('may be shared by several sessions', () => {
    const { router } = routerWith();
    const pair = ['one', 'two'].map((authid) => joinedAs(router, authid, 'authorizer'));
    for (const authorizer of pair) authorizer.register(procedure, { invoke: 'roundrobin' });
    const client = joinedAs(router, 'joe');
    for (const authorizer of pair) {
      subscribe(client);
      answer(authorizer, true);
      client.expect(Code.SUBSCRIBED);
    }
  });

  it('is asked by nobody who is a session of the realm', () => {
    const { authorizer, client } = deciding();
    client.call('wamp.session.list');
    answer(authorizer, true);
    expect([...(client.expect(Code.RESULT)[3]?.[0] as number[])].sort()).toEqual([authorizer.id, client.id].sort());
  });

  it('may ask to be told of its callers, whatever the realm discloses', () => {
    const { router } = routerWith({}, false);
    const authorizer = joinedAs(router, 'boss', 'authorizer');
    authorizer.register(procedure);
    const client = joinedAs(router, 'joe');
    subscribe(client);
    answer(authorizer, true);
    client.expect(Code.SUBSCRIBED);
  });

  it.each(['', 'com..a', 'wamp.authorize'])('cannot be %j', (uri) => {
    expect(() => authorizeByProcedure(uri, { fallback })).toThrow(UsageError);
  });
});
