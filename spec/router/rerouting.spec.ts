import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Code } from '../../src/protocol/code.js';
import { announce } from '../../src/protocol/features.js';
import type { Dict, WampMessage } from '../../src/protocol/message.js';
import { Router, type RouterLimits } from '../../src/router/index.js';
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
const FEATURES = [
  'call_canceling',
  'call_timeout',
  'payload_passthru_mode',
  'progressive_call_invocations',
  'progressive_call_results',
] as const;
const REROUTING: Dict = { callee: announce('call_reroute', ...FEATURES) };
const NOT_REROUTING: Dict = { callee: announce(...FEATURES) };

interface Setting {
  readonly count?: number;
  readonly register?: Dict;
  readonly limits?: Partial<RouterLimits>;
  readonly roles?: readonly Dict[];
}

/** Callees that share a registration, and a caller. */
function sharing({ count = 3, register = { invoke: 'first' }, limits = {}, roles = [] }: Setting = {}) {
  const router = new Router({ realms: { realm1: {} }, limits });
  const callees = Array.from({ length: count }, (_, at) => {
    const callee = joined(router, { details: { roles: roles[at] ?? REROUTING } });
    callee.register(procedure, register);
    return callee;
  });
  return { router, callees, caller: joined(router) };
}

const unavailable = (callee: FakeClient): void =>
  callee.send([Code.ERROR, Code.INVOCATION, callee.expect(Code.INVOCATION)[1], {}, 'wamp.error.unavailable']);
const invoked = (callees: readonly FakeClient[]): number => callees.findIndex(({ inbox }) => inbox.length > 0);
const exhausted = (request: number): WampMessage[] => [
  [Code.ERROR, Code.CALL, request, {}, 'wamp.error.no_available_callee'],
];

/** Has every callee be unavailable but those in the list, and says in which order they were tried. */
function tried(callees: readonly FakeClient[], available: readonly number[] = []): number[] {
  const order: number[] = [];
  for (;;) {
    const at = invoked(callees);
    const callee = callees[at];
    if (callee === undefined) return order;
    order.push(at);
    if (available.includes(at)) callee.send([Code.YIELD, callee.expect(Code.INVOCATION)[1], {}, [at]]);
    else unavailable(callee);
  }
}

describe('call rerouting', () => {
  it.each<[string, number[][]]>([
    [
      'first',
      [
        [0, 1, 2, 3],
        [0, 1, 2, 3],
      ],
    ],
    [
      'last',
      [
        [3, 2, 1, 0],
        [3, 2, 1, 0],
      ],
    ],
    [
      'roundrobin',
      [
        [0, 1, 2, 3],
        [0, 1, 2, 3],
      ],
    ],
  ])('%s: goes on by the policy, and is no_available_callee when all were tried', (invoke, orders) => {
    const { callees, caller } = sharing({ count: 4, register: { invoke } });
    for (const order of orders) {
      const request = caller.call(procedure);
      expect(tried(callees)).toEqual(order);
      expect(caller.take()).toStrictEqual(exhausted(request));
    }
  });

  it('random: each of the others once, in any order', () => {
    const { callees, caller } = sharing({ count: 3, register: { invoke: 'random' } });
    const orders = new Set<string>();
    for (let n = 0; n < 200; n++) {
      const request = caller.call(procedure);
      const order = tried(callees);
      expect([...order].sort()).toEqual([0, 1, 2]);
      orders.add(order.join());
      expect(caller.take()).toStrictEqual(exhausted(request));
    }
    // Each of six orders is missed by 200 draws with a chance of 10^-16.
    expect(orders.size).toBe(6);
  });

  it('roundrobin: takes the next of the queue, and the next call goes on behind it', () => {
    const { callees, caller } = sharing({ count: 4, register: { invoke: 'roundrobin' } });
    caller.call(procedure);
    expect(tried(callees, [1])).toEqual([0, 1]);
    caller.call(procedure);
    expect(tried(callees, [2])).toEqual([2]);
  });

  it('the other callee is given the very same call, under an id of its own; the caller sees only the answer', () => {
    const { callees, caller } = sharing({ count: 2 });
    callees[1]?.take();
    caller.send([Code.CALL, caller.request(), { disclose_me: true }, procedure, [1], { a: { b: 2 } }]);
    const [first] = callees[0]?.inbox ?? [];
    callees.slice(0, 1).forEach(unavailable);
    expect(callees[1]?.inbox).toStrictEqual([first]);
    callees[1]?.send([Code.YIELD, 1, {}, ['done']]);
    expect(caller.take()).toStrictEqual([[Code.RESULT, 1, {}, ['done']]]);
    expect(callees[0]?.take()).toEqual([]);
  });

  it('single: is no_available_callee at once', () => {
    const { callees, caller } = sharing({ count: 1, register: {} });
    const request = caller.call(procedure);
    expect(tried(callees)).toEqual([0]);
    expect(caller.take()).toStrictEqual(exhausted(request));
  });

  it('a callee that did not announce call_reroute fails like any other, also when it comes second', () => {
    const { callees, caller } = sharing({ count: 3, roles: [REROUTING, NOT_REROUTING, REROUTING] });
    caller.call(procedure);
    expect(tried(callees)).toEqual([0, 1]);
    expect(caller.take()).toStrictEqual([[Code.ERROR, Code.CALL, 1, {}, 'wamp.error.unavailable']]);
    const alone = sharing({ count: 1, register: {}, roles: [NOT_REROUTING] });
    alone.caller.call(procedure);
    tried(alone.callees);
    expect(alone.caller.expect(Code.ERROR)[4]).toBe('wamp.error.unavailable');
  });

  it('another error is the answer', () => {
    const { callees, caller } = sharing();
    caller.call(procedure);
    callees[0]?.send([Code.ERROR, Code.INVOCATION, 1, {}, 'com.example.error.unavailable']);
    expect(caller.expect(Code.ERROR)[4]).toBe('com.example.error.unavailable');
    expect(invoked(callees.slice(1))).toBe(-1);
  });

  it('passes over the busy, and those that cannot be given the call', () => {
    const { callees, caller } = sharing({
      count: 4,
      register: { invoke: 'first', concurrency: 1 },
      roles: [REROUTING, REROUTING, { callee: announce('call_reroute') }, REROUTING],
    });
    caller.send([Code.CALL, caller.request(), { ppt_scheme: 'x_mine' }, procedure, ['packed']]);
    caller.send([Code.CALL, caller.request(), { ppt_scheme: 'x_mine' }, procedure, ['packed']]);
    expect(callees.map(({ inbox }) => inbox.length)).toEqual([1, 1, 0, 0]);
    callees.slice(0, 1).forEach(unavailable);
    expect(callees.map(({ inbox }) => inbox.length)).toEqual([0, 1, 0, 1]);
  });

  it('frees the callee that was unavailable, for other calls', () => {
    const { callees, caller } = sharing({ count: 2, register: { invoke: 'first', concurrency: 1 } });
    caller.call(procedure);
    callees.slice(0, 1).forEach(unavailable);
    caller.call(procedure);
    expect(callees.map(({ inbox }) => inbox.length)).toEqual([1, 1]);
  });

  it('takes those into account that came later, not those that left', () => {
    const { router, callees, caller } = sharing({ count: 2 });
    caller.call(procedure);
    const late = joined(router, { details: { roles: REROUTING } });
    late.register(procedure, { invoke: 'first' });
    callees[1]?.vanish();
    callees.slice(0, 1).forEach(unavailable);
    late.expect(Code.INVOCATION);
  });

  it('one that registers anew while it is unavailable is not asked again', () => {
    const { callees, caller } = sharing({ count: 1 });
    const [callee] = callees;
    const request = caller.call(procedure);
    const registration = callee?.inbox[0]?.[2];
    callee?.send([Code.UNREGISTER, callee.request(), Number(registration)]);
    callee?.send([Code.REGISTER, callee.request(), { invoke: 'first' }, procedure]);
    callees.forEach(unavailable);
    expect(caller.take()).toStrictEqual(exhausted(request));
  });

  it('a late answer of the one that was unavailable is dropped', () => {
    const { callees, caller } = sharing({ count: 2 });
    caller.call(procedure);
    callees.slice(0, 1).forEach(unavailable);
    callees[0]?.send([Code.YIELD, 1, {}, ['late']], [Code.ERROR, Code.INVOCATION, 1, {}, 'wamp.error.unavailable']);
    expect(caller.take()).toEqual([]);
    expect(callees[0]?.ended).toBe('no');
    callees[1]?.send([Code.YIELD, 1, {}]);
    caller.expect(Code.RESULT);
  });
});

describe('call rerouting and progress', () => {
  it('after the first progressive result it is an error like any other', () => {
    const { callees, caller } = sharing();
    caller.call(procedure, [], { receive_progress: true });
    callees[0]?.send([Code.YIELD, 1, { progress: true }, [1]]);
    callees.slice(0, 1).forEach(unavailable);
    expect(caller.take()).toStrictEqual([
      [Code.RESULT, 1, { progress: true }, [1]],
      [Code.ERROR, Code.CALL, 1, {}, 'wamp.error.unavailable'],
    ]);
    expect(invoked(callees)).toBe(-1);
  });

  it.each<[string, Dict, (caller: FakeClient, callee: FakeClient | undefined) => void]>([
    [
      'has streamed',
      { receive_progress: true },
      (_caller, callee) => callee?.send([Code.YIELD, 1, { progress: true }]),
    ],
    ['was asked to stop', {}, (caller) => caller.send([Code.CANCEL, 1, { mode: 'kill' }])],
  ])('single: so it is when the callee %s', (_, options, before) => {
    const { callees, caller } = sharing({ count: 1, register: {} });
    caller.call(procedure, [], options);
    before(caller, callees[0]);
    callees.forEach(unavailable);
    expect(caller.take().at(-1)).toStrictEqual([Code.ERROR, Code.CALL, 1, {}, 'wamp.error.unavailable']);
  });

  it('R-52: a call that has had progress is kept no more', () => {
    const { callees, caller } = sharing({ limits: { maxReroutableBytesPerSession: 10_000 } });
    const big = 'x'.repeat(9_000);
    caller.call(procedure, [big], { receive_progress: true });
    callees[0]?.send([Code.YIELD, 1, { progress: true }]);
    callees[0]?.take();
    const request = caller.call(procedure, [big]);
    caller.take();
    expect(tried(callees)).toEqual([0, 1, 2]);
    expect(caller.take()).toStrictEqual(exhausted(request));
  });

  it('progress that nobody asked for, and nobody was sent, is no hindrance', () => {
    const { callees, caller } = sharing();
    caller.call(procedure);
    callees[0]?.send([Code.YIELD, 1, { progress: true }, [1]]);
    callees.slice(0, 1).forEach(unavailable);
    expect(invoked(callees)).toBe(1);
  });

  it('a stream is given to the other callee from its first chunk on, and goes on there', () => {
    const { callees, caller } = sharing();
    const chunk = (n: number, options: Dict): void => caller.send([Code.CALL, 1, options, procedure, [n]]);
    caller.request();
    chunk(1, { progress: true });
    chunk(2, { progress: true });
    const [, , registration] = callees[0]?.inbox[0] ?? [];
    callees.slice(0, 1).forEach(unavailable);
    chunk(3, {});
    expect(callees[1]?.inbox).toStrictEqual([
      [Code.INVOCATION, 1, registration, { progress: true }, [1]],
      [Code.INVOCATION, 1, registration, { progress: true }, [2]],
      [Code.INVOCATION, 1, registration, {}, [3]],
    ]);
    const all = callees[1]?.take();
    callees[1]?.send([Code.ERROR, Code.INVOCATION, 1, {}, 'wamp.error.unavailable']);
    expect(callees[2]?.inbox).toStrictEqual(all);
    expect(callees[0]?.take()).toHaveLength(1);
  });

  it('passes over callees that take no streams', () => {
    const { callees, caller } = sharing({ roles: [REROUTING, { callee: announce('call_reroute') }, REROUTING] });
    caller.call(procedure, [], { progress: true });
    callees.slice(0, 1).forEach(unavailable);
    expect(invoked(callees)).toBe(2);
  });

  it('R-52: only maxReroutableBytesPerSession are kept of a session’s calls; beyond, it is an error like any other', () => {
    const { callees, caller } = sharing({ limits: { maxReroutableBytesPerSession: 10_000 } });
    const big = 'x'.repeat(6_000);
    caller.call(procedure, [big]);
    caller.call(procedure, [big]);
    unavailable(callees[0] ?? caller);
    unavailable(callees[0] ?? caller);
    expect(caller.take()).toStrictEqual([[Code.ERROR, Code.CALL, 2, {}, 'wamp.error.unavailable']]);
    callees[1]?.send([Code.YIELD, callees[1].expect(Code.INVOCATION)[1], {}]);
    caller.expect(Code.RESULT);
    // What was kept is free again.
    for (let n = 0; n < 5; n++) {
      const request = caller.call(procedure, [big]);
      expect(tried(callees)).toEqual([0, 1, 2]);
      expect(caller.take()).toStrictEqual(exhausted(request));
    }
    const request = caller.call(procedure, [big], { progress: true });
    caller.send([Code.CALL, request, { progress: true }, procedure, [big]]);
    callees[0]?.send([Code.ERROR, Code.INVOCATION, Number(callees[0].inbox[0]?.[1]), {}, 'wamp.error.unavailable']);
    expect(caller.expect(Code.ERROR)[4]).toBe('wamp.error.unavailable');
  });
});

describe('call rerouting, canceling and timeouts', () => {
  it('CANCEL reaches the callee that has the call now', () => {
    const { callees, caller } = sharing();
    const request = caller.call(procedure);
    callees.slice(0, 1).forEach(unavailable);
    callees[1]?.take();
    caller.send([Code.CANCEL, request, { mode: 'killnowait' }]);
    caller.expect(Code.ERROR);
    expect(callees[0]?.take()).toEqual([]);
    expect(callees[1]?.take()).toStrictEqual([[Code.INTERRUPT, 1, { mode: 'killnowait' }]]);
  });

  it('a call that is being killed is not begun elsewhere', () => {
    const { callees, caller } = sharing();
    const request = caller.call(procedure);
    caller.send([Code.CANCEL, request, { mode: 'kill' }]);
    callees.slice(0, 1).forEach(unavailable);
    expect(caller.take()).toStrictEqual([[Code.ERROR, Code.CALL, request, {}, 'wamp.error.unavailable']]);
    expect(invoked(callees.slice(1))).toBe(-1);
  });

  it('a caller that leaves interrupts the callee that has the call now', () => {
    const { callees, caller } = sharing();
    caller.call(procedure);
    callees.slice(0, 1).forEach(unavailable);
    callees[1]?.take();
    caller.vanish();
    expect(callees[1]?.take()).toStrictEqual([[Code.INTERRUPT, 1, { mode: 'killnowait' }]]);
  });

  it('a callee that leaves after it was unavailable takes no call with it', () => {
    const { callees, caller } = sharing();
    caller.call(procedure);
    callees.slice(0, 1).forEach(unavailable);
    callees[0]?.vanish();
    expect(caller.take()).toEqual([]);
    callees[1]?.vanish();
    expect(caller.expect(Code.ERROR)[4]).toBe('wamp.error.canceled');
  });

  it('the timeout bounds the call as a whole', () => {
    const { callees, caller } = sharing();
    caller.call(procedure, [], { timeout: 1_000 });
    jest.advanceTimersByTime(600);
    callees.slice(0, 1).forEach(unavailable);
    callees[1]?.take();
    jest.advanceTimersByTime(399);
    expect(caller.take()).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(caller.expect(Code.ERROR)[4]).toBe('wamp.error.timeout');
    expect(callees[1]?.take()).toStrictEqual([[Code.INTERRUPT, 1, { mode: 'killnowait' }]]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('a callee that watches the timeout itself is told what is left of it', () => {
    const { callees, caller } = sharing({ register: { invoke: 'first', forward_timeout: true } });
    caller.call(procedure, [], { timeout: 1_000 });
    expect(callees[0]?.inbox[0]?.[3]).toStrictEqual({ timeout: 1_000 });
    jest.advanceTimersByTime(600);
    callees.slice(0, 1).forEach(unavailable);
    expect(callees[1]?.inbox[0]?.[3]).toStrictEqual({ timeout: 400 });
    jest.advanceTimersByTime(5_000);
    callees.slice(1, 2).forEach(unavailable);
    expect(callees[2]?.inbox[0]?.[3]).toStrictEqual({ timeout: 1 });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('one that does not is timed by the router from then on, and the other way round', () => {
    const { router, callees, caller } = sharing({ count: 1, register: { invoke: 'first', forward_timeout: true } });
    const plain = joined(router, { details: { roles: REROUTING } });
    plain.register(procedure, { invoke: 'first' });
    const forwarding = joined(router, { details: { roles: REROUTING } });
    forwarding.register(procedure, { invoke: 'first', forward_timeout: true });
    caller.call(procedure, [], { timeout: 1_000 });
    expect(jest.getTimerCount()).toBe(0);
    jest.advanceTimersByTime(600);
    callees.forEach(unavailable);
    expect(plain.inbox[0]?.[3]).toStrictEqual({});
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(300);
    unavailable(plain);
    expect(forwarding.inbox[0]?.[3]).toStrictEqual({ timeout: 100 });
    expect(jest.getTimerCount()).toBe(0);
    caller.call(procedure, [], { timeout: 1_000 });
    jest.advanceTimersByTime(700);
    callees.forEach(unavailable);
    jest.advanceTimersByTime(299);
    expect(caller.take()).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(caller.expect(Code.ERROR)[4]).toBe('wamp.error.timeout');
  });

  it('leaves nothing behind, whoever goes', () => {
    const { router, callees, caller } = sharing({ roles: [REROUTING, BARE_ROLES] });
    for (let n = 0; n < 3; n++) caller.call(procedure, [n], { timeout: 500 });
    unavailable(callees[0] ?? caller);
    caller.vanish();
    for (const callee of callees) callee.vanish();
    expect(router.statistics).toMatchObject({ sessions: 0, calls: 0, registrations: 0 });
    expect(jest.getTimerCount()).toBe(0);
  });
});
