import { describe, expect, it, jest } from '@jest/globals';
import { Code } from '../../src/protocol/code.js';
import { ClientClosedError, isConnectionLostError } from '../../src/protocol/errors.js';
import type { Session } from '../../src/session/session.js';
import { eventsOf, joined, rows, useVirtualTime, watch } from './support.js';

useVirtualTime();

/** One of everything that can be open: a topic, a registration, an acknowledgement, a call, and a request of each kind. */
function busy(session: Session) {
  const topic = watch(eventsOf(session, 'com.app.topic'));
  const registration = watch(session.callee.register('com.app.procedure', {}, () => 1));
  return {
    topic,
    registration,
    call: watch(session.caller.call({ procedure: 'com.app.call', input: [[], {}], options: {}, cancelMode: 'kill' })),
    subscribing: watch(eventsOf(session, 'com.app.other')),
    registering: watch(session.callee.register('com.app.other', {}, () => 1)),
  };
}

function busySession() {
  const { router, session, sessions } = joined();
  const open = busy(session);
  const publishing = { published: jest.fn(), failed: jest.fn() };
  session.publisher.publish('com.app.topic', [], {}, { acknowledge: true }, publishing);
  router.send([Code.SUBSCRIBED, router.expect(Code.SUBSCRIBE).request, 7]);
  router.send([Code.REGISTERED, router.expect(Code.REGISTER).request, 8]);
  for (const code of [Code.CALL, Code.SUBSCRIBE, Code.REGISTER, Code.PUBLISH]) router.expect(code);
  return { router, session, sessions, open, publishing };
}

/** Every one of them errored with this, each saying what was being done to what. */
function expectAllErrored({ open, publishing }: ReturnType<typeof busySession>, error: object): void {
  expect(open.topic.error).toMatchObject({ ...error, attempted: 'SUBSCRIBE', on: 'com.app.topic' });
  expect(open.registration.error).toMatchObject({ ...error, attempted: 'REGISTER', on: 'com.app.procedure' });
  expect(open.call.error).toMatchObject({ ...error, attempted: 'CALL', on: 'com.app.call' });
  expect(open.subscribing.error).toMatchObject({ ...error, attempted: 'SUBSCRIBE', on: 'com.app.other' });
  expect(open.registering.error).toMatchObject({ ...error, attempted: 'REGISTER', on: 'com.app.other' });
  expect(publishing.failed.mock.calls).toStrictEqual([
    [expect.objectContaining({ ...error, attempted: 'PUBLISH', on: 'com.app.topic' })],
  ]);
}

const LOST = { name: 'ConnectionLostError' };

describe('C-12: when the session ends, everybody hears it', () => {
  it('because the connection broke', () => {
    const all = busySession();
    all.router.drop();
    expectAllErrored(all, LOST);
    expect(all.sessions.error).toMatchObject(LOST);
    expect(all.session.isOpen).toBe(false);
  });

  it('because the connection was closed in order', () => {
    const all = busySession();
    all.router.close();
    expectAllErrored(all, LOST);
    expect(all.sessions.error).toMatchObject({ message: expect.stringContaining('closed the connection') });
  });

  it('because the router said GOODBYE', () => {
    const all = busySession();
    all.router.send([Code.GOODBYE, {}, 'wamp.close.system_shutdown']);
    expectAllErrored(all, { ...LOST, cause: expect.objectContaining({ reason: 'wamp.close.system_shutdown' }) });
  });

  it('because the router said ABORT', () => {
    const all = busySession();
    all.router.send([Code.ABORT, {}, 'wamp.close.killed']);
    expectAllErrored(all, LOST);
    expect(all.sessions.error).toMatchObject({ reason: 'wamp.close.killed' });
  });

  it('because the router broke the protocol', () => {
    const all = busySession();
    all.router.send([Code.WELCOME, 2, {}]);
    expectAllErrored(all, { ...LOST, cause: expect.objectContaining({ name: 'ProtocolViolationError' }) });
    expect(all.sessions.error).toMatchObject({ name: 'ProtocolViolationError' });
  });

  it('because the client hung up, and nothing is written to the dead link', () => {
    const all = busySession();
    all.sessions.subscription.unsubscribe();
    expectAllErrored(all, LOST);
    all.router.expectClosed('normal');
    all.router.expectSilence();
  });

  it('and whoever unsubscribes then, or in reaction, writes nothing', () => {
    const { router, session } = joined();
    const other = watch(eventsOf(session, 'com.app.b'));
    eventsOf(session, 'com.app.a').subscribe({ error: () => other.subscription.unsubscribe() });
    for (const id of [7, 8]) router.send([Code.SUBSCRIBED, router.expect(Code.SUBSCRIBE).request, id]);
    router.send([Code.GOODBYE, {}, 'wamp.close.normal']);
    router.expect(Code.GOODBYE);
    router.expectSilence();
  });

  it('and whoever asks then is told at once', () => {
    const { router, session } = joined();
    router.drop();
    expect(watch(eventsOf(session, 'com.app.a')).error).toMatchObject({ ...LOST, on: 'com.app.a' });
    expect(watch(session.callee.register('com.app.a', {}, () => 1)).error).toMatchObject(LOST);
    const call = session.caller.call({ procedure: 'p.q', input: [[], {}], options: {}, cancelMode: undefined });
    expect(isConnectionLostError(watch(call).error)).toBe(true);
  });
});

describe('C-9: GOODBYE', () => {
  it('of the router is answered once, whatever its reason', () => {
    const { router, sessions } = joined();
    router.send([Code.GOODBYE, { message: 'bye', all: null }, 'com.app.just_because']);
    router.expect(Code.GOODBYE, { details: {}, reason: 'wamp.close.goodbye_and_out' });
    router.expectSilence();
    router.expectClosed('normal');
    expect(sessions.error).toMatchObject({ name: 'ConnectionLostError', reason: 'com.app.just_because' });
  });

  const leave = (session: Session, timeoutMs = 2_000): void => {
    session.leave(new ClientClosedError('closed', { attempted: 'session' }), timeoutMs);
  };

  it('of ours ends the session when it is answered, with any reason, and is not answered again', () => {
    const { router, session, sessions } = joined();
    leave(session);
    router.expect(Code.GOODBYE, { details: {}, reason: 'wamp.close.close_realm' });
    expect(sessions.complete).toBe(false);
    router.send([Code.GOODBYE, {}, 'wamp.error.goodbye_and_out']);
    expect(sessions.complete).toBe(true);
    router.expectSilence();
    router.expectClosed('normal');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('of ours tells everybody at once, with what closed it', () => {
    const all = busySession();
    leave(all.session);
    const closed = { name: 'ClientClosedError' };
    expect(all.open.topic.error).toMatchObject(closed);
    expect(all.open.registration.error).toMatchObject(closed);
    expect(all.open.call.error).toMatchObject(closed);
    expect(all.publishing.failed).toHaveBeenCalledWith(expect.objectContaining(closed));
    all.router.expect(Code.GOODBYE);
    all.router.expectSilence();
  });

  it.each(
    rows(
      [Code.EVENT, 7, 1, {}],
      [Code.INVOCATION, 1, 8, {}],
      [Code.RESULT, 3, {}],
      [Code.WELCOME, 1, {}],
      [Code.CHALLENGE, 'ticket', {}],
      [Code.ERROR, Code.INVOCATION, 1, {}, 'x.y'],
    ),
  )('of ours: what the router still sends is dropped: %s', (_, message) => {
    const { router, session, sessions } = joined();
    leave(session);
    router.expect(Code.GOODBYE);
    router.send(message);
    router.expectSilence();
    expect(router.isConnected).toBe(true);
    router.send([Code.GOODBYE, {}, 'wamp.close.goodbye_and_out']);
    expect(sessions).toMatchObject({ complete: true, error: undefined });
  });

  it('of both at once: the router’s is the answer', () => {
    const { router, session, sessions } = joined();
    leave(session);
    router.send([Code.GOODBYE, {}, 'wamp.close.system_shutdown']);
    router.expect(Code.GOODBYE, { reason: 'wamp.close.close_realm' });
    router.expectSilence();
    expect(sessions.complete).toBe(true);
  });

  it('C-11: of ours is waited for so long and no longer', () => {
    const { router, session, sessions } = joined();
    leave(session, 2_000);
    jest.advanceTimersByTime(1_999);
    expect(sessions.complete).toBe(false);
    jest.advanceTimersByTime(1);
    expect(sessions.complete).toBe(true);
    router.expectClosed('normal');
  });

  it('of ours, and the connection breaks instead, or a frame comes that is no message', () => {
    for (const end of ['drop', 'close', 'garbage'] as const) {
      const { router, session, sessions } = joined();
      leave(session, Infinity);
      if (end === 'garbage') router.sendRaw('{');
      else router[end]();
      expect(sessions).toMatchObject({ complete: true, error: undefined });
    }
  });

  it('of ours is said once', () => {
    const { router, session } = joined();
    leave(session);
    leave(session);
    router.expect(Code.GOODBYE);
    router.expectSilence();
  });

  it('of ours is not a time in which the heartbeat asks', () => {
    const { router, session, sessions } = joined(
      { heartbeat: { intervalMs: 10, timeoutMs: 10_000 } },
      { ping: 'absent' },
    );
    leave(session, 1_000);
    router.expect(Code.GOODBYE);
    jest.advanceTimersByTime(999);
    router.expectSilence();
    expect(sessions.complete).toBe(false);
  });
});

describe('C-10: ABORT in an established session', () => {
  it('is not answered', () => {
    const { router, sessions } = joined();
    router.send([Code.ABORT, {}, 'wamp.error.protocol_violation', ['why'], { a: 1 }]);
    router.expectSilence();
    router.expectClosed('normal');
    expect(sessions.error).toMatchObject({ reason: 'wamp.error.protocol_violation' });
  });
});

describe('C-8: a violation in an established session', () => {
  it.each(
    rows(
      [Code.WELCOME, 2, {}],
      [Code.CHALLENGE, 'ticket', {}],
      [Code.HELLO, 'realm1', {}],
      [Code.AUTHENTICATE, '', {}],
      [Code.PUBLISH, 1, {}, 'com.app.a'],
      [Code.SUBSCRIBE, 1, {}, 'com.app.a'],
      [Code.UNSUBSCRIBE, 1, 2],
      [Code.CALL, 1, {}, 'com.app.a'],
      [Code.CANCEL, 1, {}],
      [Code.REGISTER, 1, {}, 'com.app.a'],
      [Code.UNREGISTER, 1, 2],
      [Code.YIELD, 1, {}],
      [Code.ERROR, Code.INVOCATION, 1, {}, 'com.app.error'],
    ),
  )('%s is answered with ABORT of three elements, then the connection is dropped', (_, message) => {
    const { router, sessions } = joined();
    router.send(message);
    const abort = router.expect(Code.ABORT, { reason: 'wamp.error.protocol_violation' });
    expect(abort.message).toHaveLength(3);
    expect(typeof abort.details['message']).toBe('string');
    router.expectSilence();
    router.expectClosed('violation');
    expect(sessions.error).toMatchObject({ name: 'ProtocolViolationError' });
  });

  it('nothing that follows is looked at', () => {
    const { router, session } = joined();
    const topic = watch(eventsOf(session, 'com.app.a'));
    router.send([Code.SUBSCRIBED, router.expect(Code.SUBSCRIBE).request, 7]);
    router.sendRaw('[999]');
    expect(() => {
      router.send([Code.EVENT, 7, 1, {}]);
    }).toThrow('closed');
    expect(topic.values).toStrictEqual([]);
  });
});

describe('C-18: what nobody waits for', () => {
  it.each(
    rows(
      [Code.EVENT, 99, 1, {}, ['late']],
      [Code.RESULT, 99, {}],
      [Code.RESULT, 99, { progress: true }],
      [Code.PUBLISHED, 99, 1],
      [Code.SUBSCRIBED, 99, 1],
      [Code.UNSUBSCRIBED, 99],
      [Code.REGISTERED, 99, 1],
      [Code.UNREGISTERED, 99],
      [Code.INTERRUPT, 99, { mode: 'kill' }],
      [Code.ERROR, Code.CALL, 99, {}, 'wamp.error.canceled'],
      [Code.ERROR, Code.CANCEL, 1, {}, 'wamp.error.invalid_argument'],
      [Code.ERROR, Code.YIELD, 1, {}, 'wamp.error.x'],
      [Code.UNSUBSCRIBED, 0, { subscription: 99 }],
      [Code.UNSUBSCRIBED, 0],
      [Code.UNREGISTERED, 0, { registration: 99 }],
      [Code.UNREGISTERED, 0, {}],
    ),
  )('is dropped in silence: %s', (_, message) => {
    const { router, sessions } = joined();
    router.send(message);
    router.expectSilence();
    expect(router.isConnected).toBe(true);
    expect(sessions.error).toBeUndefined();
  });

  it('an answer of another kind does not settle a request with the same id', () => {
    const { router, session } = joined();
    const call = watch(session.caller.call({ procedure: 'p.q', input: [[], {}], options: {}, cancelMode: 'kill' }));
    const { request } = router.expect(Code.CALL);
    router.send([Code.SUBSCRIBED, request, 1]);
    router.send([Code.PUBLISHED, request, 1]);
    router.send([Code.ERROR, Code.SUBSCRIBE, request, {}, 'wamp.error.x']);
    // nexus answers a CANCEL it does not like so: the call goes on.
    router.send([Code.ERROR, Code.CANCEL, request, {}, 'wamp.error.invalid_argument']);
    expect(call).toMatchObject({ values: [], error: undefined });
    router.send([Code.RESULT, request, {}, [1]]);
    expect(call.complete).toBe(true);
  });
});
