import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Code } from '../../src/protocol/code.js';
import { Router } from '../../src/router/index.js';
import { linkPair } from '../../src/transports/memory.js';
import { BARE_ROLES, connect, FakeClient, joined } from './fake-client.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  // What RxJS has to report of an error nobody caught, it throws from a timer.
  jest.runOnlyPendingTimers();
  jest.useRealTimers();
});

const newRouter = (): Router => new Router({ realms: { realm1: {} }, limits: { closeTimeoutMs: 100 } });

describe('end of a session', () => {
  it('R-9: GOODBYE is echoed, nothing follows, the link is closed', () => {
    const router = newRouter();
    const client = joined(router);
    const other = joined(router);
    client.subscribe('com.example.topic');
    client.send([Code.GOODBYE, {}, 'wamp.close.close_realm']);
    other.publish('com.example.topic');
    expect(client.take()).toEqual([[Code.GOODBYE, {}, 'wamp.close.goodbye_and_out']]);
    expect(client.ended).toBe('completed');
    expect(router.statistics.sessions).toBe(1);
  });

  it('R-9: an ABORT is not answered', () => {
    const client = joined(newRouter());
    client.send([Code.ABORT, {}, 'wamp.close.normal']);
    expect(client.take()).toEqual([]);
    expect(client.ended).toBe('completed');
  });

  it.each([
    ['a second HELLO', [Code.HELLO, 'realm1', { roles: BARE_ROLES }]],
    ['AUTHENTICATE', [Code.AUTHENTICATE, '', {}]],
    ['WELCOME', [Code.WELCOME, 1, {}]],
    ['CHALLENGE', [Code.CHALLENGE, 'ticket', {}]],
    ['EVENT', [Code.EVENT, 1, 1, {}]],
    ['RESULT', [Code.RESULT, 1, {}]],
    ['INVOCATION', [Code.INVOCATION, 1, 1, {}]],
    ['INTERRUPT', [Code.INTERRUPT, 1, {}]],
    ['an unknown type', [99, 1]],
    ['a heartbeat of old drafts', [7, 0, 0]],
    ['an empty list', []],
    ['a dictionary', {}],
    ['a PUBLISH that is too short', [Code.PUBLISH, 1, {}]],
    ['a SUBSCRIBE that is too long', [Code.SUBSCRIBE, 1, {}, 'a.b', []]],
    ['id 0', [Code.SUBSCRIBE, 0, {}, 'a.b']],
    ['R-12: a number for a bool', [Code.PUBLISH, 1, { acknowledge: 1 }, 'a.b']],
    ['R-12: an unknown match policy', [Code.SUBSCRIBE, 1, { match: 'regex' }, 'a.b']],
    ['R-12: an unknown invocation policy', [Code.REGISTER, 1, { invoke: 'all' }, 'a.b']],
    ['R-12: a negative timeout', [Code.CALL, 1, { timeout: -1 }, 'a.b']],
    ['R-12: a list of strings for ids', [Code.PUBLISH, 1, { eligible: ['1'] }, 'a.b']],
  ])('R-6: %s from a joined client is a violation', (_, message) => {
    const router = newRouter();
    const client = joined(router);
    client.sendRaw(message);
    expect(client.take()).toEqual([[Code.ABORT, { message: expect.any(String) }, 'wamp.error.protocol_violation']]);
    expect(client.ended).toBe('completed');
    expect(router.statistics).toMatchObject({ sessions: 0, violations: 1 });
  });

  it.each([Code.PUBLISH, Code.SUBSCRIBE, Code.CALL, Code.CANCEL, Code.REGISTER, Code.YIELD, 1, 99])(
    'R-8: ERROR that answers type %i is a violation',
    (type) => {
      const client = joined(newRouter());
      client.sendRaw([Code.ERROR, type, 1, {}, 'com.example.error']);
      expect(client.expect(Code.ABORT)[2]).toBe('wamp.error.protocol_violation');
    },
  );

  it('R-6: bytes that cannot be decoded are a violation', () => {
    const client = joined(newRouter());
    client.link.sendFrame('{"broken');
    expect(client.expect(Code.ABORT)[2]).toBe('wamp.error.protocol_violation');
    expect(client.ended).toBe('completed');
  });

  it('R-6 R-53: a message that is too large is told so, in an ABORT of three elements', () => {
    const client = joined(newRouter(), { maxMessageBytes: 2_000 });
    client.publish('com.example.topic', ['x'.repeat(2_001)]);
    expect(client.take()).toEqual([[Code.ABORT, { message: expect.any(String) }, 'wamp.error.payload_size_exceeded']]);
    expect(client.ended).toBe('completed');
  });

  it('R-6: what a client sends after a violation is not processed', () => {
    const router = newRouter();
    const other = joined(router);
    other.subscribe('com.example.topic');
    const client = joined(router);
    client.sendRaw([99]);
    client.publish('com.example.topic');
    expect(other.take()).toEqual([]);
  });

  it('R-12: unknown options are ignored, whatever they are called', () => {
    const router = newRouter();
    const client = joined(router);
    client.sendRaw([
      Code.SUBSCRIBE,
      client.request(),
      { x_foo: 1, constructor: 2, hasOwnProperty: null },
      'com.example',
    ]);
    const [, , subscription] = client.expect(Code.SUBSCRIBED);
    const other = joined(router);
    other.publish('com.example.topic');
    other.publish('com.example');
    expect(client.take()).toEqual([[Code.EVENT, subscription, expect.any(Number), {}]]);
  });

  it('R-54: a lost session leaves nothing behind: subscriptions, registrations, calls, timers', () => {
    const router = newRouter();
    const client = joined(router);
    const other = joined(router);
    client.subscribe('com.example.topic');
    client.register('com.example.procedure');
    other.register('com.example.other');
    client.call('com.example.other', [], { timeout: 1_000 });
    other.expect(Code.INVOCATION);
    client.vanish();
    expect(jest.getTimerCount()).toBe(0);
    other.publish('com.example.topic', [], { acknowledge: true });
    other.expect(Code.INTERRUPT);
    other.expect(Code.PUBLISHED);
    other.call('com.example.procedure');
    expect(other.expect(Code.ERROR)[4]).toBe('wamp.error.no_such_procedure');
    expect(router.statistics.sessions).toBe(1);
  });

  it('R-52: a connection that the client does not end is dropped', () => {
    const router = newRouter();
    const [near, far] = linkPair();
    const terminate = jest.spyOn(far, 'terminate');
    const client = new FakeClient(near);
    // As a peer that has stopped reading: our close never comes back.
    jest.spyOn(far, 'complete').mockImplementation(() => undefined);
    router.accept(far);
    client.join();
    client.send([Code.GOODBYE, {}, 'wamp.close.close_realm']);
    jest.advanceTimersByTime(99);
    expect(terminate).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(terminate).toHaveBeenCalledTimes(1);
  });
});

describe('shutting down', () => {
  it('ends every session with GOODBYE, and resolves when all are gone', async () => {
    const router = newRouter();
    const client = joined(router);
    const opening = connect(router);
    const closed = router.close();
    expect(client.take()).toEqual([[Code.GOODBYE, {}, 'wamp.close.system_shutdown']]);
    expect(opening.take()).toEqual([[Code.ABORT, {}, 'wamp.close.system_shutdown']]);
    expect(client.ended).toBe('no');
    client.send([Code.GOODBYE, {}, 'wamp.close.goodbye_and_out']);
    expect(client.take()).toEqual([]);
    expect(client.ended).toBe('completed');
    await closed;
    expect(jest.getTimerCount()).toBe(0);
  });

  it('ignores what else comes before the answer to its GOODBYE', () => {
    const router = newRouter();
    const client = joined(router);
    void router.close();
    client.expect(Code.GOODBYE);
    client.send([Code.CALL, 7, {}, 'com.example.procedure'], [Code.HELLO, 'realm1', { roles: BARE_ROLES }]);
    expect(client.take()).toEqual([]);
    expect(client.ended).toBe('no');
  });

  it('has nothing more to say to who was told to leave already, and does not wait for who has left', async () => {
    const router = newRouter();
    const [client, killed, leaving] = [joined(router), joined(router), joined(router)];
    client.send([Code.CALL, 1, {}, 'wamp.session.kill', [killed.id]]);
    killed.expect(Code.GOODBYE);
    leaving.link.pause();
    leaving.send([Code.GOODBYE, {}, 'wamp.close.close_realm']);
    const closed = router.close();
    expect(killed.take()).toEqual([]);
    for (const each of [client, killed]) each.send([Code.GOODBYE, {}, 'wamp.close.goodbye_and_out']);
    await closed;
    leaving.link.resume();
    expect(leaving.take().map(([code]) => code)).not.toContain(Code.ABORT);
  });

  it('R-52: does not wait longer than closeTimeoutMs for the answer', async () => {
    const router = newRouter();
    const client = joined(router);
    const closed = router.close();
    jest.advanceTimersByTime(100);
    await closed;
    expect(client.ended).toBe('errored');
  });

  it('closing twice is closing once; a router without clients closes at once', async () => {
    const router = newRouter();
    expect(router.close()).toBe(router.close());
    await router.close();
  });

  it('a closed router refuses with ABORT', async () => {
    const router = newRouter();
    await router.close();
    const [near, far] = linkPair();
    const client = new FakeClient(near);
    router.accept(far);
    expect(client.expect(Code.ABORT)[2]).toBe('wamp.close.system_shutdown');
    expect(client.ended).toBe('completed');
  });
});
