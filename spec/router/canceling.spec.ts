import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Code } from '../../src/protocol/code.js';
import { announce } from '../../src/protocol/features.js';
import type { Dict } from '../../src/protocol/message.js';
import { Router } from '../../src/router/index.js';
import { ALL_ROLES, BARE_ROLES, joined } from './fake-client.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  // What RxJS has to report of an error nobody caught, it throws from a timer.
  jest.runOnlyPendingTimers();
  jest.useRealTimers();
});

const procedure = 'com.example.procedure';
const canceled = [Code.ERROR, Code.CALL, 1, {}, 'wamp.error.canceled'];
const timedOut = [Code.ERROR, Code.CALL, 1, {}, 'wamp.error.timeout'];

/** A caller whose call 1 is invocation 1 of the callee. */
function calling({
  roles = ALL_ROLES,
  options = {},
  register = {},
}: { roles?: Dict; options?: Dict; register?: Dict } = {}) {
  const router = new Router({ realms: { realm1: {} }, limits: { killWaitMs: 500 } });
  const callee = joined(router, { details: { roles } });
  callee.register(procedure, register);
  const caller = joined(router);
  caller.call(procedure, [], options);
  const invocation = callee.expect(Code.INVOCATION);
  return { router, caller, callee, invocation };
}

describe('R-32: call canceling', () => {
  it('skip: the caller is answered at once, the callee not interrupted, its answer dropped', () => {
    const { caller, callee } = calling();
    caller.send([Code.CANCEL, 1, { mode: 'skip' }]);
    expect(caller.take()).toEqual([canceled]);
    expect(callee.take()).toEqual([]);
    callee.send([Code.YIELD, 1, {}]);
    expect(caller.take()).toEqual([]);
    expect(callee.ended).toBe('no');
  });

  it.each([{ mode: 'killnowait' }, {}, { mode: null }])(
    'R-33: %j: the caller is answered at once, the callee interrupted, its answer dropped',
    (options) => {
      const { caller, callee } = calling();
      caller.send([Code.CANCEL, 1, options]);
      expect(caller.take()).toEqual([canceled]);
      expect(callee.take()).toEqual([[Code.INTERRUPT, 1, { mode: 'killnowait' }]]);
      callee.send([Code.ERROR, Code.INVOCATION, 1, {}, 'wamp.error.canceled'], [Code.YIELD, 1, { progress: true }]);
      expect(caller.take()).toEqual([]);
      expect(callee.take()).toEqual([]);
    },
  );

  it('kill: the callee is interrupted, and its error is the answer', () => {
    const { caller, callee } = calling();
    caller.send([Code.CANCEL, 1, { mode: 'kill' }]);
    expect(caller.take()).toEqual([]);
    expect(callee.take()).toEqual([[Code.INTERRUPT, 1, { mode: 'kill' }]]);
    callee.send([Code.ERROR, Code.INVOCATION, 1, {}, 'wamp.error.canceled', ['stopped']]);
    expect(caller.take()).toEqual([[...canceled, ['stopped']]]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('kill: a result that crosses the INTERRUPT is the answer', () => {
    const { caller, callee } = calling();
    caller.send([Code.CANCEL, 1, { mode: 'kill' }]);
    callee.send([Code.YIELD, 1, {}, ['done']], [Code.ERROR, Code.INVOCATION, 1, {}, 'wamp.error.canceled']);
    expect(caller.take()).toEqual([[Code.RESULT, 1, {}, ['done']]]);
  });

  it('R-52: kill: a callee that does not answer is not waited for longer than killWaitMs', () => {
    const { caller, callee } = calling();
    caller.send([Code.CANCEL, 1, { mode: 'kill' }]);
    jest.advanceTimersByTime(499);
    expect(caller.take()).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(caller.take()).toEqual([canceled]);
    callee.take();
    callee.send([Code.YIELD, 1, {}]);
    expect(caller.take()).toEqual([]);
  });

  it.each(['skip', 'kill', 'killnowait'])('a callee that cannot be canceled is not interrupted: %s is skip', (mode) => {
    const { caller, callee } = calling({ roles: BARE_ROLES });
    caller.send([Code.CANCEL, 1, { mode }]);
    expect(caller.take()).toEqual([canceled]);
    expect(callee.take()).toEqual([]);
  });

  it.each(['skip', 'kill', 'killnowait'])('a second CANCEL after %s is dropped', (mode) => {
    const { caller, callee } = calling();
    caller.send([Code.CANCEL, 1, { mode }]);
    caller.take();
    callee.take();
    caller.send([Code.CANCEL, 1, { mode: 'kill' }], [Code.CANCEL, 1, { mode: 'skip' }]);
    expect(caller.take()).toEqual([]);
    expect(callee.take()).toEqual([]);
  });

  it('CANCEL of a call that is over, or never was, or is another’s, is dropped', () => {
    const { router, caller, callee } = calling();
    const other = joined(router);
    other.send([Code.CANCEL, 1, { mode: 'kill' }]);
    callee.send([Code.YIELD, 1, {}]);
    caller.take();
    caller.send([Code.CANCEL, 1, { mode: 'skip' }], [Code.CANCEL, 99, {}]);
    for (const client of [caller, callee, other]) expect(client.take()).toEqual([]);
    expect(caller.ended).toBe('no');
  });

  it('an unknown mode is refused, and the call goes on', () => {
    const { caller, callee } = calling();
    caller.send([Code.CANCEL, 1, { mode: 'stop' }]);
    expect(caller.expect(Code.ERROR).slice(1, 5)).toEqual([Code.CANCEL, 1, {}, 'wamp.error.invalid_argument']);
    callee.send([Code.YIELD, 1, {}]);
    caller.expect(Code.RESULT);
  });
});

describe('R-34: departures', () => {
  it('a callee that leaves: its callers are told wamp.error.canceled', () => {
    const { caller, callee } = calling();
    callee.vanish();
    expect(caller.take()).toEqual([[...canceled, [expect.any(String)]]]);
  });

  it('a caller that leaves: its callee is interrupted, and the late answer dropped', () => {
    const { caller, callee } = calling();
    caller.send([Code.GOODBYE, {}, 'wamp.close.close_realm']);
    expect(callee.take()).toEqual([[Code.INTERRUPT, 1, { mode: 'killnowait' }]]);
    callee.send([Code.YIELD, 1, {}]);
    expect(callee.ended).toBe('no');
    expect(caller.take()).toEqual([[Code.GOODBYE, {}, 'wamp.close.goodbye_and_out']]);
  });

  it('a caller that leaves: a callee that cannot be canceled is told nothing', () => {
    const { caller, callee } = calling({ roles: BARE_ROLES });
    caller.vanish();
    expect(callee.take()).toEqual([]);
  });
});

describe('R-35: call timeout', () => {
  it('the caller is told wamp.error.timeout, the callee interrupted, its answer dropped', () => {
    const { caller, callee, invocation } = calling({ options: { timeout: 1_000 } });
    expect(invocation[3]).toEqual({});
    jest.advanceTimersByTime(999);
    expect(caller.take()).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(caller.take()).toEqual([timedOut]);
    expect(callee.take()).toEqual([[Code.INTERRUPT, 1, { mode: 'killnowait' }]]);
    callee.send([Code.YIELD, 1, {}]);
    expect(caller.take()).toEqual([]);
  });

  it('a callee that cannot be canceled is told nothing', () => {
    const { caller, callee } = calling({ options: { timeout: 1_000 }, roles: BARE_ROLES });
    jest.advanceTimersByTime(1_000);
    expect(caller.take()).toEqual([timedOut]);
    expect(callee.take()).toEqual([]);
  });

  it('an answer in time stops the timer', () => {
    const { caller, callee } = calling({ options: { timeout: 1_000 } });
    callee.send([Code.YIELD, 1, {}]);
    caller.expect(Code.RESULT);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('each progressive result starts it anew: it bounds the gap', () => {
    const { caller, callee } = calling({ options: { timeout: 1_000, receive_progress: true } });
    for (let n = 0; n < 3; n++) {
      jest.advanceTimersByTime(900);
      callee.send([Code.YIELD, 1, { progress: true }]);
      caller.expect(Code.RESULT);
    }
    jest.advanceTimersByTime(1_000);
    expect(caller.take()).toEqual([timedOut]);
  });

  it.each([[0], [undefined]])('timeout %j is none', (timeout) => {
    const { caller } = calling({ options: timeout === undefined ? {} : { timeout } });
    jest.advanceTimersByTime(10 ** 9);
    expect(caller.take()).toEqual([]);
  });

  it('a timeout longer than any timer can be does not fire at once', () => {
    const { caller } = calling({ options: { timeout: 2 ** 40 } });
    jest.advanceTimersByTime(10_000);
    expect(caller.take()).toEqual([]);
  });

  it('is forwarded to a callee that announced call_timeout and asked for it, and then not run here', () => {
    const { caller, invocation } = calling({ options: { timeout: 1_000 }, register: { forward_timeout: true } });
    expect(invocation[3]).toEqual({ timeout: 1_000 });
    jest.advanceTimersByTime(10_000);
    expect(caller.take()).toEqual([]);
  });

  it('is run here for a callee that asked for it without having announced call_timeout', () => {
    const { caller, invocation } = calling({
      options: { timeout: 1_000 },
      register: { forward_timeout: true },
      roles: { callee: announce('call_canceling') },
    });
    expect(invocation[3]).toEqual({});
    jest.advanceTimersByTime(1_000);
    expect(caller.take()).toEqual([timedOut]);
  });
});
