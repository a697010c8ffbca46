import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Code } from '../../src/protocol/code.js';
import { announce } from '../../src/protocol/features.js';
import type { Dict } from '../../src/protocol/message.js';
import { Router } from '../../src/router/index.js';
import { ALL_ROLES, BARE_ROLES, joined, type FakeClient } from './fake-client.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  // What RxJS has to report of an error nobody caught, it throws from a timer.
  jest.runOnlyPendingTimers();
  jest.useRealTimers();
});

const procedure = 'com.example.procedure';
const chunk = (
  client: FakeClient,
  request: number,
  args: unknown[],
  options: Dict = { progress: true },
  uri = procedure,
) => client.send([Code.CALL, request, options, uri, args]);
const violated = (client: FakeClient): void => {
  expect(client.expect(Code.ABORT)[2]).toBe('wamp.error.protocol_violation');
};

function pair({ callee: roles = ALL_ROLES, register = {} }: { callee?: Dict; register?: Dict } = {}) {
  const router = new Router({ realms: { realm1: {} }, limits: { killWaitMs: 500 } });
  const callee = joined(router, { details: { roles } });
  const registration = callee.register(procedure, register);
  return { router, caller: joined(router), callee, registration };
}

describe('R-7: request ids', () => {
  const requests: [string, (id: number) => unknown][] = [
    ['SUBSCRIBE', (id) => [Code.SUBSCRIBE, id, {}, 'com.example.a']],
    ['UNSUBSCRIBE', (id) => [Code.UNSUBSCRIBE, id, 1]],
    ['PUBLISH', (id) => [Code.PUBLISH, id, {}, 'com.example.a']],
    ['REGISTER', (id) => [Code.REGISTER, id, {}, 'com.example.a']],
    ['UNREGISTER', (id) => [Code.UNREGISTER, id, 1]],
    ['CALL', (id) => [Code.CALL, id, {}, 'com.example.a']],
  ];

  it('one sequence serves all six request types; CANCEL, YIELD and ERROR use none of it', () => {
    const client = joined(new Router({ realms: { realm1: {} } }));
    requests.forEach(([, request], at) => {
      client.sendRaw(request(at + 1));
      client.send([Code.CANCEL, 99, {}]);
    });
    client.take();
    client.send([Code.SUBSCRIBE, 7, {}, 'com.example.b']);
    client.expect(Code.SUBSCRIBED);
    expect(client.ended).toBe('no');
  });

  describe.each(requests)('%s', (_, request) => {
    it.each([
      ['does not begin with 1', [2]],
      ['leaves a gap', [1, 3]],
      ['comes again', [1, 1]],
      ['goes back', [1, 2, 1]],
    ])('is a violation when its id %s', (_name, ids) => {
      const client = joined(new Router({ realms: { realm1: {} } }));
      for (const id of ids.slice(0, -1)) client.sendRaw([Code.PUBLISH, id, {}, 'com.example.a']);
      client.sendRaw(request(ids.at(-1) ?? 0));
      violated(client);
    });
  });
});

describe('R-36: progressive call invocations', () => {
  it('chunks of one CALL id are INVOCATIONs of one id; results may come in between', () => {
    const { caller, callee, registration } = pair();
    chunk(caller, 1, [1], { progress: true, receive_progress: true });
    chunk(caller, 1, [2]);
    callee.send([Code.YIELD, 1, { progress: true }, ['a']]);
    chunk(caller, 1, [3], {});
    const first = { receive_progress: true };
    expect(callee.take()).toEqual([
      [Code.INVOCATION, 1, registration, { ...first, progress: true }, [1]],
      [Code.INVOCATION, 1, registration, { ...first, progress: true }, [2]],
      [Code.INVOCATION, 1, registration, first, [3]],
    ]);
    callee.send([Code.YIELD, 1, {}, ['b']]);
    expect(caller.take()).toEqual([
      [Code.RESULT, 1, { progress: true }, ['a']],
      [Code.RESULT, 1, {}, ['b']],
    ]);
  });

  it('other requests may come between the chunks', () => {
    const { caller, callee } = pair();
    chunk(caller, 1, []);
    caller.send([Code.PUBLISH, 2, {}, 'com.example.topic'], [Code.CALL, 3, {}, procedure]);
    chunk(caller, 1, [], {});
    expect(callee.take().map(([, id]) => id)).toEqual([1, 2, 1]);
  });

  it('all chunks go to the callee of the first, and keep its options', () => {
    const { router, caller, callee } = pair({ register: { invoke: 'roundrobin' } });
    const second = joined(router);
    second.register(procedure, { invoke: 'roundrobin' });
    chunk(caller, 1, [], { progress: true, disclose_me: true });
    chunk(caller, 1, [], { progress: true, timeout: 1, receive_progress: true });
    chunk(caller, 1, [], { disclose_me: false });
    expect(second.take()).toEqual([]);
    const details = { caller: caller.id, caller_authid: expect.any(String), caller_authrole: 'anonymous' };
    expect(callee.take().map((message) => message[3])).toEqual([
      { ...details, progress: true },
      { ...details, progress: true },
      details,
    ]);
    jest.advanceTimersByTime(1_000);
    expect(caller.take()).toEqual([]);
  });

  it('a caller that did not announce it violates the protocol', () => {
    const { router } = pair();
    const caller = joined(router, { details: { roles: BARE_ROLES } });
    chunk(caller, 1, []);
    violated(caller);
  });

  it.each<[string, Dict]>([
    ['announced nothing', BARE_ROLES],
    ['cannot be canceled', { callee: announce('progressive_call_invocations') }],
  ])('for a callee that %s it is feature_not_supported, and the late chunks are dropped', (_, roles) => {
    const { caller, callee } = pair({ callee: roles });
    chunk(caller, 1, []);
    chunk(caller, 1, []);
    chunk(caller, 1, [], {});
    expect(caller.take()).toEqual([[Code.ERROR, Code.CALL, 1, {}, 'wamp.error.feature_not_supported']]);
    expect(callee.take()).toEqual([]);
  });

  it.each<[string, (pair: { caller: FakeClient; callee: FakeClient }) => void]>([
    ['the callee yielded its result', ({ callee }) => callee.send([Code.YIELD, 1, {}])],
    ['the callee failed', ({ callee }) => callee.send([Code.ERROR, Code.INVOCATION, 1, {}, 'com.example.error'])],
    ['the callee left', ({ callee }) => callee.vanish()],
    ['it was canceled', ({ caller }) => caller.send([Code.CANCEL, 1, { mode: 'killnowait' }])],
    ['it timed out', () => jest.advanceTimersByTime(1_000)],
  ])('chunks after %s are dropped, up to the final one; another is a violation', (_, end) => {
    const { caller, callee } = pair();
    chunk(caller, 1, [], { progress: true, timeout: 1_000 });
    end({ caller, callee });
    caller.take();
    callee.take();
    chunk(caller, 1, ['late']);
    chunk(caller, 1, ['late']);
    chunk(caller, 1, ['late and last'], {});
    expect(caller.take()).toEqual([]);
    expect(callee.take()).toEqual([]);
    chunk(caller, 1, ['too much']);
    violated(caller);
  });

  it.each<[string, number, Dict, string]>([
    ['a gap', 3, { progress: true }, procedure],
    ['another procedure', 1, { progress: true }, 'com.example.other'],
  ])('a chunk with %s is a violation', (_, id, options, uri) => {
    const { caller } = pair();
    chunk(caller, 1, []);
    chunk(caller, id, [], options, uri);
    violated(caller);
  });

  it('a CALL with the id of one that is no stream, or whose stream has ended, is a violation', () => {
    const { router, caller } = pair();
    chunk(caller, 1, [], {});
    chunk(caller, 1, []);
    violated(caller);
    const other = joined(router);
    chunk(other, 1, []);
    chunk(other, 1, [], {});
    chunk(other, 1, []);
    violated(other);
  });

  it('the id of another request is no stream', () => {
    const { caller } = pair();
    caller.send([Code.PUBLISH, 1, {}, 'com.example.topic']);
    chunk(caller, 1, []);
    violated(caller);
  });

  it('chunks after CANCEL kill are dropped while the callee’s answer is waited for', () => {
    const { caller, callee } = pair();
    chunk(caller, 1, []);
    caller.send([Code.CANCEL, 1, { mode: 'kill' }]);
    callee.take();
    chunk(caller, 1, []);
    chunk(caller, 1, [], {});
    expect(callee.take()).toEqual([]);
    callee.send([Code.YIELD, 1, {}]);
    caller.expect(Code.RESULT);
  });

  it('no procedure: the error, and the late chunks are dropped', () => {
    const { caller } = pair();
    chunk(caller, 1, [], { progress: true }, 'com.example.nothing');
    chunk(caller, 1, [], {}, 'com.example.nothing');
    expect(caller.take()).toEqual([[Code.ERROR, Code.CALL, 1, {}, 'wamp.error.no_such_procedure']]);
  });

  it('R-52: only so many ended streams are remembered', () => {
    const { caller } = pair();
    for (let id = 1; id <= 1_001; id++) chunk(caller, id, [], { progress: true }, 'com.example.nothing');
    caller.take();
    chunk(caller, 2, [], {}, 'com.example.nothing');
    expect(caller.take()).toEqual([]);
    chunk(caller, 1, [], {}, 'com.example.nothing');
    violated(caller);
  });
});
