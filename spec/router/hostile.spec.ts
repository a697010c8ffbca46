import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { Code } from '../../src/protocol/code.js';
import { Router } from '../../src/router/index.js';
import { connect, joined, type FakeClient } from './fake-client.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  // What RxJS has to report of an error nobody caught, it throws from a timer.
  jest.runOnlyPendingTimers();
  jest.useRealTimers();
});

const uris = [
  'com.example.topic',
  'com.example.echo',
  'com.example.slow',
  'com.',
  '',
  '..',
  'wamp.session.count',
  'x y',
];
const uri = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...uris) }, fc.string());
const id = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: 8 }) },
  fc.constantFrom(2 ** 53, 2 ** 53 + 2, -1, 1.5, NaN, '1', null),
);
const value = fc.jsonValue({ maxDepth: 3 });
const option = fc.constantFrom(
  ...['acknowledge', 'exclude_me', 'disclose_me', 'retain', 'get_retained', 'receive_progress', 'progress'],
  ...['exclude', 'eligible', 'eligible_authid', 'match', 'invoke', 'concurrency', 'force_reregister', 'timeout'],
  ...['mode', 'ppt_scheme', 'roles', 'authmethods', 'authid', 'authextra', 'constructor'],
);
const plausible = fc.oneof(
  fc.boolean(),
  fc.constantFrom('prefix', 'wildcard', 'roundrobin', 'random', 'kill', 'skip', 'x_mine', 1, 1_000, null),
  fc.constant([]),
  value,
);
const options = fc.dictionary(option, plausible, { maxKeys: 4 });
const args = fc.array(value, { maxLength: 3 });
const kwargs = fc.dictionary(fc.string(), value, { maxKeys: 3 });

/** Something like a message: of any type, every part right more often than not. */
const almost = fc
  .tuple(
    fc.constantFrom<number>(...Object.values(Code), ...Object.values(Code), 0, 7, 99, 337),
    id,
    fc.oneof({ weight: 9, arbitrary: options }, value),
    uri,
    args,
    kwargs,
    fc.nat(6),
  )
  .map(([code, request, details, text, list, dict, length]) => {
    if (code === Code.HELLO) return [code, text, details];
    if (code === Code.GOODBYE || code === Code.ABORT) return [code, details, text];
    if (code === Code.YIELD) return [code, request, details, list, dict];
    if (code === Code.ERROR) return [code, Code.INVOCATION, request, details, text, list];
    if (code === Code.UNSUBSCRIBE || code === Code.UNREGISTER) return [code, request, request];
    return [code, request, details, text, list, dict].slice(0, length + 2);
  });

type Attack = readonly [client: number, message: unknown];
const attack = (client: fc.Arbitrary<number>): fc.Arbitrary<Attack> =>
  fc.tuple(client, fc.oneof({ weight: 9, arbitrary: almost }, value));

/** What two well-behaved clients can do as long as the router works. */
function worksFor(callee: FakeClient, caller: FakeClient): void {
  const request = caller.call('com.example.private.add', [1, 2]);
  const invocation = callee.take().find((message) => message[0] === Code.INVOCATION);
  callee.send([Code.YIELD, typeof invocation?.[1] === 'number' ? invocation[1] : 0, {}, [3]]);
  expect(caller.take()).toContainEqual([Code.RESULT, request, {}, [3]]);
  callee.publish('com.example.private.topic', ['hello']);
  expect(caller.take()).toContainEqual([Code.EVENT, expect.any(Number), expect.any(Number), {}, ['hello']]);
}

describe('R-6: hostile clients', () => {
  it('whatever they send, before and after they joined, the others are served', () => {
    fc.assert(
      fc.property(fc.array(attack(fc.nat(3)), { maxLength: 60 }), (attacks) => {
        const router = new Router({
          realms: { realm1: { history: [{ topic: 'com.', match: 'prefix', maxEvents: 10 }] } },
          limits: { maxPendingCallsPerSession: 5, maxRetainedTopics: 5 },
        });
        const [callee, caller] = [joined(router), joined(router)];
        callee.register('com.example.private.add');
        caller.subscribe('com.example.private.topic');
        const attackers = [connect(router), joined(router), joined(router), joined(router)];
        const requests = attackers.map(() => 0);
        for (const [at, message] of attacks) {
          const attacker = attackers[at];
          // Half of the attacks carry on the sequence of request ids, to get further than the check for it.
          if (Array.isArray(message) && [16, 32, 34, 48, 64, 66].includes(message[0] as number) && message[1] !== 0) {
            message[1] = requests[at] = (requests[at] ?? 0) + 1;
          }
          attacker?.sendRaw(message);
          jest.advanceTimersByTime(10);
        }
        worksFor(callee, caller);
        for (const attacker of attackers) attacker.vanish();
        worksFor(callee, caller);
        expect(router.statistics.sessions).toBe(2);
        jest.advanceTimersByTime(10_000);
        expect(jest.getTimerCount()).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('frames that are no messages end their own session alone', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 5 }), (frames) => {
        const router = new Router({ realms: { realm1: {} } });
        const [callee, caller, attacker] = [joined(router), joined(router), joined(router)];
        callee.register('com.example.private.add');
        caller.subscribe('com.example.private.topic');
        for (const frame of frames) attacker.link.sendFrame(frame);
        worksFor(callee, caller);
        expect(router.statistics.violations).toBe(1);
      }),
    );
  });
});
