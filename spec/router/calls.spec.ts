import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Code } from '../../src/protocol/code.js';
import { announce } from '../../src/protocol/features.js';
import type { Dict, Id, WampMessage } from '../../src/protocol/message.js';
import { Router, type RealmOptions } from '../../src/router/index.js';
import { BARE_ROLES, joined, type FakeClient } from './fake-client.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  // What RxJS has to report of an error nobody caught, it throws from a timer.
  jest.runOnlyPendingTimers();
  jest.useRealTimers();
});

const procedure = 'com.example.procedure';

/** A caller and a callee of one procedure. */
function pair({
  realm = {},
  callee: details,
  register = {},
}: { realm?: RealmOptions; callee?: Dict; register?: Dict } = {}) {
  const router = new Router({ realms: { realm1: realm } });
  const callee = joined(router, details === undefined ? {} : { details });
  const registration = callee.register(procedure, register);
  return { router, caller: joined(router), callee, registration };
}

describe('calls', () => {
  it('R-29: arguments, results and errors arrive as they were sent', () => {
    const { caller, callee, registration } = pair();
    caller.send([Code.CALL, caller.request(), {}, procedure, [1, { a: [null] }], { k: 'v' }]);
    expect(callee.take()).toEqual([[Code.INVOCATION, 1, registration, {}, [1, { a: [null] }], { k: 'v' }]]);
    callee.send([Code.YIELD, 1, {}, [2], { l: 'w' }]);
    expect(caller.take()).toEqual([[Code.RESULT, 1, {}, [2], { l: 'w' }]]);
    caller.call(procedure);
    callee.send([Code.ERROR, Code.INVOCATION, 2, { x_trace: 1 }, 'com.example.error.Odd-1', ['a'], { b: 1 }]);
    expect(caller.take()).toEqual([
      [Code.ERROR, Code.CALL, 2, { x_trace: 1 }, 'com.example.error.Odd-1', ['a'], { b: 1 }],
    ]);
  });

  it('R-10: a call of what is no URI, and an error under what is no URI, are invalid_uri to the caller', () => {
    const { caller, callee } = pair();
    caller.call('not a uri');
    expect(caller.expect(Code.ERROR)[4]).toBe('wamp.error.invalid_uri');
    caller.call(procedure);
    callee.send([Code.ERROR, Code.INVOCATION, callee.expect(Code.INVOCATION)[1], {}, '..']);
    expect(caller.expect(Code.ERROR)[4]).toBe('wamp.error.invalid_uri');
  });

  it('R-15: invocations of one caller reach one callee in order, across procedures, with ids in sequence', () => {
    const { caller, callee } = pair();
    callee.register('com.example.other');
    for (let n = 0; n < 20; n++) caller.call(n % 3 === 0 ? procedure : 'com.example.other', [n]);
    const invocations = Array.from({ length: 20 }, () => callee.expect(Code.INVOCATION));
    expect(invocations.map(([, , , , args]) => args?.[0])).toEqual([...Array(20).keys()]);
    expect(invocations.map(([, id]) => id)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  });

  it('results may come in another order than the calls', () => {
    const { caller, callee } = pair();
    const [first, second] = [caller.call(procedure), caller.call(procedure)];
    callee.send([Code.YIELD, 2, {}], [Code.YIELD, 1, {}]);
    expect(caller.take()).toEqual([
      [Code.RESULT, second, {}],
      [Code.RESULT, first, {}],
    ]);
  });

  it('R-20 R-31: a second answer to one invocation is dropped', () => {
    const { caller, callee } = pair();
    caller.call(procedure);
    callee.take();
    callee.send([Code.YIELD, 1, {}], [Code.YIELD, 1, {}], [Code.ERROR, Code.INVOCATION, 1, {}, 'com.example.error']);
    expect(caller.take()).toHaveLength(1);
    expect(callee.take()).toEqual([]);
    expect(callee.ended).toBe('no');
  });

  it.each<[string, (callee: FakeClient) => void]>([
    ['YIELD', (callee) => callee.send([Code.YIELD, 2, {}])],
    ['ERROR', (callee) => callee.send([Code.ERROR, Code.INVOCATION, 2, {}, 'com.example.error'])],
  ])('R-6: %s for an invocation that never was is a violation', (_, answer) => {
    const { caller, callee } = pair();
    caller.call(procedure);
    callee.take();
    answer(callee);
    expect(callee.expect(Code.ABORT)[2]).toBe('wamp.error.protocol_violation');
    expect(caller.expect(Code.ERROR)[4]).toBe('wamp.error.canceled');
  });

  it.each<[string, (id: Id) => WampMessage]>([
    ['YIELD', (id) => [Code.YIELD, id, {}]],
    ['ERROR', (id) => [Code.ERROR, Code.INVOCATION, id, {}, 'com.example.error']],
  ])('R-37: %s for an invocation of another session is a violation, and answers nothing', (_, answer) => {
    const { router, caller, callee } = pair();
    caller.call(procedure);
    const [, invocation] = callee.expect(Code.INVOCATION);
    const thief = joined(router);
    thief.send(answer(invocation));
    expect(thief.expect(Code.ABORT)[2]).toBe('wamp.error.protocol_violation');
    expect(caller.take()).toEqual([]);
    callee.send([Code.YIELD, invocation, {}]);
    caller.expect(Code.RESULT);
  });

  it('UNREGISTER lets invocations in flight end', () => {
    const { caller, callee, registration } = pair();
    caller.call(procedure);
    callee.take();
    callee.send([Code.UNREGISTER, callee.request(), registration], [Code.YIELD, 1, {}, ['done']]);
    expect(caller.take()).toEqual([[Code.RESULT, 1, {}, ['done']]]);
  });

  it('R-52: maxPendingCallsPerSession refuses one more, until one was answered', () => {
    const router = new Router({ realms: { realm1: {} }, limits: { maxPendingCallsPerSession: 2 } });
    const callee = joined(router);
    callee.register(procedure);
    const caller = joined(router);
    for (let n = 0; n < 3; n++) caller.call(procedure);
    expect(caller.take()).toEqual([[Code.ERROR, Code.CALL, 3, {}, 'wamp.error.network_failure', [expect.any(String)]]]);
    expect(callee.take()).toHaveLength(2);
    callee.send([Code.YIELD, 1, {}]);
    caller.expect(Code.RESULT);
    caller.call(procedure);
    callee.expect(Code.INVOCATION);
  });

  it('a client may call its own procedure', () => {
    const { callee } = pair();
    const request = callee.call(procedure, [1]);
    callee.send([Code.YIELD, callee.expect(Code.INVOCATION)[1], {}, [2]]);
    expect(callee.take()).toEqual([[Code.RESULT, request, {}, [2]]]);
    callee.call(procedure);
    callee.vanish();
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('R-21: caller identification', () => {
  it('a caller that asks for it is disclosed, and one whose callee asks for it', () => {
    const { caller, callee } = pair();
    caller.call(procedure);
    caller.call(procedure, [], { disclose_me: true });
    expect(callee.expect(Code.INVOCATION)[3]).toEqual({});
    expect(callee.expect(Code.INVOCATION)[3]).toEqual({
      caller: caller.id,
      caller_authid: expect.any(String),
      caller_authrole: 'anonymous',
    });
    const curious = pair({ register: { disclose_caller: true } });
    curious.caller.call(procedure);
    expect(curious.callee.expect(Code.INVOCATION)[3]).toMatchObject({ caller: curious.caller.id });
  });

  it('a realm that does not disclose refuses the call and the registration', () => {
    const { caller, callee } = pair({ realm: { disclose: false } });
    caller.call(procedure, [], { disclose_me: true });
    caller.call('com.example.nothing', [], { disclose_me: true });
    for (let n = 0; n < 2; n++) {
      expect(caller.expect(Code.ERROR)[4]).toBe('wamp.error.option_disallowed.disclose_me');
    }
    expect(callee.take()).toEqual([]);
    callee.send([Code.REGISTER, callee.request(), { disclose_caller: true }, 'com.example.other']);
    expect(callee.expect(Code.ERROR)[4]).toBe('wamp.error.option_disallowed.disclose_me');
  });
});

describe('progressive call results', () => {
  it('R-31: each is relayed at once, the final one once', () => {
    const { caller, callee, registration } = pair();
    caller.call(procedure, [], { receive_progress: true });
    expect(callee.take()).toEqual([[Code.INVOCATION, 1, registration, { receive_progress: true }]]);
    callee.send([Code.YIELD, 1, { progress: true }, [1]]);
    expect(caller.take()).toEqual([[Code.RESULT, 1, { progress: true }, [1]]]);
    callee.send([Code.YIELD, 1, { progress: true }], [Code.YIELD, 1, { progress: false }, [], { end: 1 }]);
    expect(caller.take()).toEqual([
      [Code.RESULT, 1, { progress: true }],
      [Code.RESULT, 1, {}, [], { end: 1 }],
    ]);
    callee.send([Code.YIELD, 1, { progress: true }, ['late']]);
    expect(caller.take()).toEqual([]);
  });

  it('R-31: an error ends it', () => {
    const { caller, callee } = pair();
    caller.call(procedure, [], { receive_progress: true });
    callee.send([Code.YIELD, 1, { progress: true }], [Code.ERROR, Code.INVOCATION, 1, {}, 'com.example.error']);
    expect(caller.take().map(([code]) => code)).toEqual([Code.RESULT, Code.ERROR]);
  });

  it('a caller that did not ask for progress is sent none', () => {
    const { caller, callee } = pair();
    caller.call(procedure);
    callee.send([Code.YIELD, 1, { progress: true }, [1]], [Code.YIELD, 1, {}, [2]]);
    expect(caller.take()).toEqual([[Code.RESULT, 1, {}, [2]]]);
  });

  it.each<[string, Dict]>([
    ['no feature', BARE_ROLES],
    ['progressive_call_results without call_canceling', { callee: announce('progressive_call_results') }],
    ['call_canceling without progressive_call_results', { callee: announce('call_canceling') }],
  ])('R-30: receive_progress is not forwarded to a callee that announced %s', (_, roles) => {
    const { caller, callee } = pair({ callee: { roles } });
    caller.call(procedure, [], { receive_progress: true });
    expect(callee.expect(Code.INVOCATION)[3]).toEqual({});
  });

  it('R-30: the spelling call_cancelling counts', () => {
    const { caller, callee } = pair({
      callee: { roles: { callee: announce('progressive_call_results', 'call_cancelling') } },
    });
    caller.call(procedure, [], { receive_progress: true });
    expect(callee.expect(Code.INVOCATION)[3]).toEqual({ receive_progress: true });
  });
});
