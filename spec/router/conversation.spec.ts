import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { Code } from '../../src/protocol/code.js';
import type { Dict, Id, WampMessage } from '../../src/protocol/message.js';
import { Router } from '../../src/router/index.js';
import { joined, type FakeClient } from './fake-client.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  // What RxJS has to report of an error nobody caught, it throws from a timer.
  jest.runOnlyPendingTimers();
  jest.useRealTimers();
});

const topics = ['com.a', 'com.b', 'com.', 'org..x'];
const procedures = ['com.p', 'com.q', 'com.'];
const policies = ['exact', 'prefix', 'wildcard'];

/** A client that obeys the protocol, and checks that what it is sent does, as a strict client would. */
class StrictClient {
  readonly pending = new Map<Id, Code>();
  readonly subscriptions = new Set<Id>();
  readonly registrations = new Set<Id>();
  readonly calls = new Map<Id, { progress: boolean; open: boolean; procedure: string }>();
  readonly invocations = new Set<Id>();
  #lastInvocation = 0;

  constructor(readonly client: FakeClient) {}

  request(code: Code, message: (request: Id) => WampMessage): void {
    const request = this.client.request();
    this.pending.set(request, code);
    this.client.send(message(request));
  }

  call(procedure: string, options: Dict): void {
    const request = this.client.request();
    this.calls.set(request, {
      progress: options['receive_progress'] === true,
      open: options['progress'] === true,
      procedure,
    });
    this.client.send([Code.CALL, request, options, procedure]);
  }

  check(): void {
    for (const message of this.client.take()) this.#check(message);
    expect(this.client.ended).toBe('no');
  }

  #answers(code: Code, request: Id): void {
    expect([code, this.pending.get(request)]).toEqual([code, code]);
    this.pending.delete(request);
  }

  #check(message: WampMessage): void {
    switch (message[0]) {
      case Code.SUBSCRIBED:
        this.#answers(Code.SUBSCRIBE, message[1]);
        this.subscriptions.add(message[2]);
        break;
      case Code.UNSUBSCRIBED:
        this.#answers(Code.UNSUBSCRIBE, message[1]);
        break;
      case Code.REGISTERED:
        this.#answers(Code.REGISTER, message[1]);
        expect(this.registrations.has(message[2])).toBe(false);
        this.registrations.add(message[2]);
        break;
      case Code.UNREGISTERED:
        if (message[1] === 0) expect(this.registrations.delete(message[2]?.['registration'] as Id)).toBe(true);
        else this.#answers(Code.UNREGISTER, message[1]);
        break;
      case Code.PUBLISHED:
        this.#answers(Code.PUBLISH, message[1]);
        break;
      case Code.EVENT:
        expect(this.subscriptions.has(message[1])).toBe(true);
        break;
      case Code.INVOCATION:
        if (!this.invocations.has(message[1])) {
          expect(message[1]).toBe(++this.#lastInvocation);
          expect(this.registrations.has(message[2])).toBe(true);
          this.invocations.add(message[1]);
        }
        break;
      case Code.INTERRUPT:
        expect(this.invocations.has(message[1])).toBe(true);
        if (message[2]['mode'] === 'killnowait') this.invocations.delete(message[1]);
        break;
      case Code.RESULT:
        expect(this.calls.has(message[1])).toBe(true);
        if (message[2]['progress'] === true) expect(this.calls.get(message[1])?.progress).toBe(true);
        else this.calls.delete(message[1]);
        break;
      case Code.ERROR:
        if (message[1] === Code.CALL) expect(this.calls.delete(message[2])).toBe(true);
        else this.#answers(message[1], message[2]);
        break;
      default:
        throw new Error(`unexpected ${JSON.stringify(message)}`);
    }
  }
}

const bool = fc.boolean();
const act = fc.record({
  who: fc.nat(3),
  what: fc.constantFrom(
    'subscribe',
    'unsubscribe',
    'publish',
    'register',
    'unregister',
    'call',
    'chunk',
    'cancel',
    'yield',
    'error',
    'leave',
    'wait',
  ),
  which: fc.nat(20),
  policy: fc.constantFrom(...policies),
  flags: fc.tuple(bool, bool, bool),
  mode: fc.constantFrom('skip', 'kill', 'killnowait'),
  invoke: fc.constantFrom('single', 'roundrobin', 'random', 'first', 'last'),
});
type Act = typeof act extends fc.Arbitrary<infer A> ? A : never;

const pick = <T>(from: Iterable<T>, which: number): T | undefined => {
  const list = [...from];
  return list[which % list.length];
};

function perform(strict: StrictClient, { what, which, policy, flags: [a, b, c], mode, invoke }: Act): void {
  const { client } = strict;
  switch (what) {
    case 'subscribe':
      strict.request(Code.SUBSCRIBE, (request) => [
        Code.SUBSCRIBE,
        request,
        { match: policy, get_retained: a },
        pick(topics, which) ?? '',
      ]);
      break;
    case 'unsubscribe': {
      const id = pick(strict.subscriptions, which);
      if (id === undefined) break;
      strict.subscriptions.delete(id);
      strict.request(Code.UNSUBSCRIBE, (request) => [Code.UNSUBSCRIBE, request, id]);
      break;
    }
    case 'publish':
      if (a)
        strict.request(Code.PUBLISH, (request) => [
          Code.PUBLISH,
          request,
          { acknowledge: a, retain: b, exclude_me: c },
          'com.a',
        ]);
      else client.publish('com.b', [], { exclude_me: b, retain: c });
      break;
    case 'register':
      strict.request(Code.REGISTER, (request) => [
        Code.REGISTER,
        request,
        { match: policy, invoke, force_reregister: a && b, ...(c && { concurrency: 1 }) },
        pick(procedures, which) ?? '',
      ]);
      break;
    case 'unregister': {
      const id = pick(strict.registrations, which);
      if (id === undefined) break;
      strict.registrations.delete(id);
      strict.request(Code.UNREGISTER, (request) => [Code.UNREGISTER, request, id]);
      break;
    }
    case 'call':
      strict.call(pick(['com.p', 'com.q', 'com.r'], which) ?? '', {
        receive_progress: a,
        progress: b,
        ...(c && { timeout: 20 }),
      });
      break;
    case 'chunk': {
      const [request, call] =
        pick(
          [...strict.calls].filter(([, { open }]) => open),
          which,
        ) ?? [];
      if (request === undefined || call === undefined) break;
      call.open = a;
      client.send([Code.CALL, request, { progress: a }, call.procedure]);
      break;
    }
    case 'cancel': {
      const request = pick(strict.calls.keys(), which);
      if (request !== undefined) client.send([Code.CANCEL, request, { mode }]);
      break;
    }
    case 'yield': {
      const id = pick(strict.invocations, which);
      if (id === undefined) break;
      if (!a) strict.invocations.delete(id);
      client.send([Code.YIELD, id, a ? { progress: true } : {}]);
      break;
    }
    case 'error': {
      const id = pick(strict.invocations, which);
      if (id === undefined) break;
      strict.invocations.delete(id);
      client.send([Code.ERROR, Code.INVOCATION, id, {}, 'com.error']);
      break;
    }
    case 'leave':
    case 'wait':
      jest.advanceTimersByTime(which);
      break;
  }
}

describe('R-20: conversations of strict clients', () => {
  it('nobody gets an answer twice, or one not asked for, or an event after UNSUBSCRIBED', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 150 }), (acts) => {
        const router = new Router({ realms: { realm1: {} }, limits: { killWaitMs: 30 } });
        const clients = Array.from({ length: 4 }, () => new StrictClient(joined(router)));
        for (const one of acts) {
          const strict = clients[one.who];
          if (strict === undefined) continue;
          if (one.what === 'leave' && one.which === 0) {
            strict.client.vanish();
            clients[one.who] = new StrictClient(joined(router));
          } else {
            perform(strict, one);
          }
          for (const each of clients) each.check();
        }
        // Once every invocation is answered, every call and request has its answer.
        for (const strict of clients) for (const id of strict.invocations) strict.client.send([Code.YIELD, id, {}]);
        jest.advanceTimersByTime(100);
        for (const strict of clients) strict.check();
        for (const { calls, pending } of clients) expect([...calls, ...pending]).toEqual([]);
        expect(router.statistics.violations).toBe(0);
        for (const { client } of clients) client.vanish();
        expect(jest.getTimerCount()).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
