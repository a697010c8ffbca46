import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Code } from '../../src/protocol/code.js';
import { announce } from '../../src/protocol/features.js';
import type { Dict } from '../../src/protocol/message.js';
import { Router } from '../../src/router/index.js';
import { joined, type FakeClient } from './fake-client.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

const procedure = 'com.example.procedure';
const keys = Array.from({ length: 300 }, (_, n) => `serial ${n}`);

function shards(count: number, options: Dict = { invoke: 'roundrobin' }) {
  const router = new Router({ realms: { realm1: {} } });
  const callees: FakeClient[] = [];
  const add = (): void => {
    const callee = joined(router, { details: { roles: { callee: announce('call_reroute') } } });
    callee.register(procedure, options);
    callees.push(callee);
  };
  for (let n = 0; n < count; n++) add();
  return { router, callees, caller: joined(router), add };
}

/** Which callee a key's call goes to. */
function shardOf(caller: FakeClient, callees: readonly FakeClient[], rkey: string): FakeClient | undefined {
  caller.call(procedure, [], { runmode: 'partition', rkey });
  const callee = callees.find(({ inbox }) => inbox.length > 0);
  callee?.send([Code.YIELD, callee.expect(Code.INVOCATION)[1], {}]);
  caller.take();
  return callee;
}

describe('partitioned calls', () => {
  it.each(['roundrobin', 'random'])('%s: a key always reaches the same callee, and all callees have keys', (invoke) => {
    const { callees, caller } = shards(4, { invoke });
    const first = keys.map((key) => shardOf(caller, callees, key));
    expect(keys.map((key) => shardOf(caller, callees, key))).toEqual(first);
    const shares = callees.map((callee) => first.filter((one) => one === callee).length);
    expect(shares.reduce((sum, share) => sum + share)).toBe(300);
    // Each is about binomial(300, 1/4): 75 ± 7.5; six standard deviations.
    for (const share of shares) expect(Math.abs(share - 75)).toBeLessThan(45);
  });

  it('when a callee comes only the keys it takes over move, and when one goes only its own', () => {
    const { callees, caller, add } = shards(3);
    const before = keys.map((key) => shardOf(caller, callees, key));
    add();
    const newcomer = callees[3];
    const after = keys.map((key) => shardOf(caller, callees, key));
    after.forEach((callee, at) => {
      if (callee !== newcomer) expect(callee).toBe(before[at]);
    });
    expect(after).toContain(newcomer);
    newcomer?.vanish();
    expect(keys.map((key) => shardOf(caller, callees, key))).toEqual(before);
  });

  it.each<[string, number]>([
    ['first', 0],
    ['last', 2],
  ])('%s is the policy still: it takes all keys to one callee', (invoke, at) => {
    const { callees, caller } = shards(3, { invoke });
    for (const key of keys.slice(0, 20)) expect(shardOf(caller, callees, key)).toBe(callees[at]);
  });

  it('waits for nobody else while the callee of the key is busy', () => {
    const { callees, caller } = shards(3, { invoke: 'roundrobin', concurrency: 1 });
    const key = { runmode: 'partition', rkey: 'one' };
    caller.call(procedure, [], key);
    caller.call(procedure, [], key);
    expect(caller.expect(Code.ERROR)[4]).toBe('wamp.error.no_available_callee');
    expect(callees.flatMap(({ inbox }) => inbox)).toHaveLength(1);
  });

  it('is rerouted from one that is unavailable to the same other one, for each key', () => {
    const { callees, caller } = shards(3);
    const owner = shardOf(caller, callees, 'one');
    const others = callees.filter((callee) => callee !== owner);
    const seconds = Array.from({ length: 5 }, () => {
      caller.call(procedure, [], { runmode: 'partition', rkey: 'one' });
      owner?.send([Code.ERROR, Code.INVOCATION, owner.expect(Code.INVOCATION)[1], {}, 'wamp.error.unavailable']);
      const second = others.find(({ inbox }) => inbox.length > 0);
      second?.send([Code.YIELD, second.expect(Code.INVOCATION)[1], {}]);
      caller.expect(Code.RESULT);
      return second;
    });
    owner?.vanish();
    expect(new Set(seconds)).toEqual(new Set([shardOf(caller, others, 'one')]));
  });

  it('leaves calls without a key as they are', () => {
    const { callees, caller } = shards(3);
    for (let n = 0; n < 3; n++) caller.call(procedure, [], { rkey: 'one' });
    expect(callees.map(({ inbox }) => inbox.length)).toEqual([1, 1, 1]);
  });

  it.each<[string, Dict, string]>([
    ['a partition without a key', { runmode: 'partition' }, 'wamp.error.invalid_argument'],
    ['another runmode', { runmode: 'all' }, 'wamp.error.option_not_allowed'],
  ])('%s is refused', (_, options, error) => {
    const { callees, caller } = shards(2);
    caller.call(procedure, [], options);
    expect(caller.expect(Code.ERROR)[4]).toBe(error);
    expect(callees.flatMap(({ inbox }) => inbox)).toEqual([]);
  });
});
