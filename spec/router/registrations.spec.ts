import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Code } from '../../src/protocol/code.js';
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

const newRouter = (): Router => new Router({ realms: { realm1: {} } });
const procedure = 'com.example.procedure';

/** Calls, and says which of the callees was invoked (and answers). */
function invoked(caller: FakeClient, callees: readonly FakeClient[], uri = procedure): number {
  caller.call(uri);
  const at = callees.findIndex((callee) => callee.inbox.length > 0);
  const callee = callees[at];
  if (callee !== undefined) callee.send([Code.YIELD, callee.expect(Code.INVOCATION)[1], {}]);
  caller.take();
  return at;
}
const invokedInTurn = (caller: FakeClient, callees: readonly FakeClient[], calls: number): number[] =>
  Array.from({ length: calls }, () => invoked(caller, callees));

const refusedRegister = (client: FakeClient, uri: string, options: Dict = {}): string => {
  const request = client.request();
  client.send([Code.REGISTER, request, options, uri]);
  const [, type, answered, details, error] = client.expect(Code.ERROR);
  expect([type, answered, details]).toEqual([Code.REGISTER, request, {}]);
  return error;
};

describe('registrations', () => {
  it('R-14: REGISTERED comes before the first INVOCATION, also when a client calls what it just registered', () => {
    const client = joined(newRouter());
    client.send([Code.REGISTER, 1, {}, procedure], [Code.CALL, 2, {}, procedure]);
    expect(client.take().map(([code]) => code)).toEqual([Code.REGISTERED, Code.INVOCATION]);
  });

  it.each<[string, Dict]>([
    ['not a uri', {}],
    ['com..example', {}],
    ['', {}],
    ['com..', { match: 'prefix' }],
    ['wamp', {}],
    ['wamp.session.count', {}],
    ['wamp.', { match: 'prefix' }],
    ['wamp..x', { match: 'wildcard' }],
  ])('R-10 R-11: REGISTER of %j %j is invalid_uri', (uri, options) => {
    expect(refusedRegister(joined(newRouter()), uri, options)).toBe('wamp.error.invalid_uri');
  });

  it.each<[string, Dict]>([
    ['', { match: 'prefix' }],
    ['wam', { match: 'prefix' }],
    ['..', { match: 'wildcard' }],
  ])('R-11: a callee of %j %j is not called for what is the router’s own', (uri, options) => {
    const router = newRouter();
    const callee = joined(router);
    callee.register(uri, options);
    const caller = joined(router);
    caller.call('wamp.no.procedure');
    expect(caller.expect(Code.ERROR)[4]).toBe('wamp.error.no_such_procedure');
    expect(callee.take()).toEqual([]);
  });

  it('R-25: a second REGISTER is procedure_already_exists, from another session and from the same', () => {
    const router = newRouter();
    const client = joined(router);
    client.register(procedure);
    expect(refusedRegister(client, procedure)).toBe('wamp.error.procedure_already_exists');
    expect(refusedRegister(joined(router), procedure)).toBe('wamp.error.procedure_already_exists');
    expect(refusedRegister(joined(router), procedure, { invoke: 'roundrobin' })).toBe(
      'wamp.error.procedure_already_exists',
    );
    joined(router).register(procedure, { match: 'prefix' });
  });

  it('R-25: a shared registration takes those of the same policy, once each, under one id', () => {
    const router = newRouter();
    const client = joined(router);
    const id = client.register(procedure, { invoke: 'roundrobin' });
    expect(joined(router).register(procedure, { invoke: 'roundrobin' })).toBe(id);
    for (const invoke of ['single', 'random', 'first', 'last', undefined]) {
      expect(refusedRegister(joined(router), procedure, { ...(invoke && { invoke }) })).toBe(
        'wamp.error.procedure_already_exists',
      );
    }
    expect(refusedRegister(client, procedure, { invoke: 'roundrobin' })).toBe('wamp.error.procedure_already_exists');
  });

  it('UNREGISTER ends it; of what is not one’s own it is no_such_registration', () => {
    const router = newRouter();
    const client = joined(router);
    const other = joined(router);
    const id = client.register(procedure);
    other.send([Code.UNREGISTER, other.request(), id]);
    expect(other.expect(Code.ERROR).slice(1)).toEqual([Code.UNREGISTER, 1, {}, 'wamp.error.no_such_registration']);
    const request = client.request();
    client.send([Code.UNREGISTER, request, id]);
    expect(client.take()).toEqual([[Code.UNREGISTERED, request]]);
    other.call(procedure);
    expect(other.expect(Code.ERROR)[4]).toBe('wamp.error.no_such_procedure');
  });

  it('R-52: maxRegistrationsPerSession refuses one more', () => {
    const client = joined(new Router({ realms: { realm1: {} }, limits: { maxRegistrationsPerSession: 1 } }));
    client.register('com.example.a');
    expect(refusedRegister(client, 'com.example.b')).toBe('wamp.error.not_authorized');
  });
});

describe('R-26: invocation policies', () => {
  const shared = (invoke: string, options: Dict = {}, count = 3) => {
    const router = newRouter();
    const callees = Array.from({ length: count }, () => joined(router));
    for (const callee of callees) callee.register(procedure, { invoke, ...options });
    return { router, callees, caller: joined(router) };
  };

  it('roundrobin goes round in the order of registration, and goes on where it was when one leaves', () => {
    const { callees, caller } = shared('roundrobin', {}, 4);
    expect(invokedInTurn(caller, callees, 6)).toEqual([0, 1, 2, 3, 0, 1]);
    callees[0]?.vanish();
    expect(invokedInTurn(caller, callees, 4)).toEqual([2, 3, 1, 2]);
    callees[3]?.vanish();
    expect(invokedInTurn(caller, callees, 3)).toEqual([1, 2, 1]);
  });

  it('first is the oldest, last the newest, and the next of them when it leaves', () => {
    const first = shared('first');
    expect(invokedInTurn(first.caller, first.callees, 2)).toEqual([0, 0]);
    first.callees[0]?.vanish();
    expect(invokedInTurn(first.caller, first.callees, 2)).toEqual([1, 1]);
    const last = shared('last');
    expect(invokedInTurn(last.caller, last.callees, 2)).toEqual([2, 2]);
    last.callees[2]?.vanish();
    expect(invokedInTurn(last.caller, last.callees, 2)).toEqual([1, 1]);
  });

  it('random takes all of them equally often', () => {
    const { callees, caller } = shared('random');
    const counts = [0, 0, 0];
    for (const at of invokedInTurn(caller, callees, 3_000)) counts[at] = (counts[at] ?? 0) + 1;
    // Each count is binomial(3000, 1/3): 1000 ± 26; six standard deviations.
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(156);
  });

  it.each(['single', 'first', 'roundrobin', 'random', 'last'])('%s: the last callee to leave ends it', (invoke) => {
    const { callees, caller } = shared(invoke, {}, 1);
    callees[0]?.vanish();
    caller.call(procedure);
    expect(caller.expect(Code.ERROR)[4]).toBe('wamp.error.no_such_procedure');
  });

  it.each(['first', 'roundrobin', 'random', 'last'])(
    '%s with concurrency 1 passes over a busy callee; when all are busy the call is no_available_callee',
    (invoke) => {
      const { callees, caller } = shared(invoke, { concurrency: 1 });
      for (let n = 0; n < 3; n++) caller.call(procedure);
      const invocations = callees.map((callee) => callee.expect(Code.INVOCATION)[1]);
      expect(caller.take()).toEqual([]);
      caller.call(procedure);
      expect(caller.expect(Code.ERROR)[4]).toBe('wamp.error.no_available_callee');
      callees[1]?.send([Code.YIELD, invocations[1] ?? 0, {}]);
      caller.expect(Code.RESULT);
      expect(invoked(caller, callees)).toBe(1);
    },
  );
});

describe('R-27 R-28: pattern-based registrations', () => {
  it('R-27: exact, then the longest prefix, then the best wildcard, then no_such_procedure', () => {
    const router = newRouter();
    const patterns: [string, string][] = [
      ['exact', 'com.example.a'],
      ['prefix', 'com.example.'],
      ['prefix', 'com.'],
      ['wildcard', '.example.a'],
      ['wildcard', 'org..a'],
    ];
    const callees = patterns.map(([match, uri]) => {
      const callee = joined(router);
      callee.register(uri, { match });
      return callee;
    });
    const caller = joined(router);
    const calls: [string, number][] = [
      ['com.example.a', 0],
      ['com.example.b', 1],
      ['com.a', 2],
      ['net.example.a', 3],
      ['org.example.a', 4],
      ['net.example.b', -1],
    ];
    for (const [uri, at] of calls) expect([uri, invoked(caller, callees, uri)]).toEqual([uri, at]);
  });

  it.each([
    ['exact', procedure, {}],
    ['prefix', 'com.', { procedure }],
    ['wildcard', 'com..procedure', { procedure }],
  ])('R-28: INVOCATION of a registration by %s', (match, uri, details) => {
    const router = newRouter();
    const callee = joined(router);
    const registration = callee.register(uri, { match });
    joined(router).call(procedure);
    expect(callee.take()).toEqual([[Code.INVOCATION, 1, registration, details]]);
  });
});

describe('R-38: revocation by force_reregister', () => {
  it('evicts all callees, tells those that announced it, and lets what is in flight end', () => {
    const router = newRouter();
    const [told, untold] = [joined(router), joined(router, { details: { roles: BARE_ROLES } })];
    const id = told.register(procedure, { invoke: 'roundrobin' });
    untold.register(procedure, { invoke: 'roundrobin' });
    const caller = joined(router);
    const request = caller.call(procedure);
    const [, invocation] = told.expect(Code.INVOCATION);
    const taker = joined(router);
    const taken = taker.register(procedure, { force_reregister: true });
    expect(taken).not.toBe(id);
    expect(told.take()).toEqual([[Code.UNREGISTERED, 0, { registration: id, reason: 'wamp.error.unregistered' }]]);
    expect(untold.take()).toEqual([]);
    told.send([Code.YIELD, invocation, {}, ['late but fine']]);
    expect(caller.take()).toEqual([[Code.RESULT, request, {}, ['late but fine']]]);
    caller.call(procedure);
    taker.expect(Code.INVOCATION);
    expect(refusedRegister(joined(router), procedure)).toBe('wamp.error.procedure_already_exists');
  });

  it('the evicted may register again, and is not asked to unregister twice', () => {
    const router = newRouter();
    const client = joined(router, { details: { roles: ALL_ROLES } });
    const id = client.register(procedure);
    client.register('com.example.other');
    const again = client.request();
    client.send([Code.REGISTER, again, { force_reregister: true }, procedure]);
    client.expect(Code.UNREGISTERED);
    client.expect(Code.REGISTERED);
    client.send([Code.UNREGISTER, client.request(), id]);
    expect(client.expect(Code.ERROR)[4]).toBe('wamp.error.no_such_registration');
  });
});
