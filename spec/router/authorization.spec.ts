import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EMPTY, NEVER, Subject, of, throwError, type ObservableInput } from 'rxjs';
import { Code } from '../../src/protocol/code.js';
import type { WampMessage } from '../../src/protocol/message.js';
import { Router, type AuthorizationDecision, type Authorize } from '../../src/router/index.js';
import { connect, joined, type FakeClient } from './fake-client.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  // What RxJS has to report of an error nobody caught, it throws from a timer.
  jest.runOnlyPendingTimers();
  jest.useRealTimers();
});

const uri = 'com.example.uri';
const requests: [string, WampMessage][] = [
  ['subscribe', [Code.SUBSCRIBE, 1, { match: 'prefix' }, uri]],
  ['publish', [Code.PUBLISH, 1, { acknowledge: true }, uri]],
  ['register', [Code.REGISTER, 1, { invoke: 'first' }, uri]],
  ['call', [Code.CALL, 1, { timeout: 5 }, uri]],
];
const routerWith = (authorize: Authorize, limits = {}): Router =>
  new Router({ realms: { realm1: { authorize } }, limits });
const only = (client: FakeClient): WampMessage => {
  const [message, ...more] = client.take();
  expect(more).toEqual([]);
  return message ?? [Code.ABORT, {}, 'nothing came'];
};

describe('R-45: authorization', () => {
  it.each(requests)('%s: the authorizer is asked who, what, where and with which options', (action, request) => {
    const asked: unknown[] = [];
    const router = routerWith((...question) => asked.push(question) > 0);
    const client = joined(router);
    client.send(request);
    expect(asked).toEqual([
      [
        {
          session: client.id,
          realm: 'realm1',
          authid: expect.any(String),
          authrole: 'anonymous',
          authmethod: 'anonymous',
          authprovider: 'static',
        },
        action,
        uri,
        request[2],
      ],
    ]);
  });

  it.each(requests)('%s: what is denied is not_authorized, whether it exists or not', (_, request) => {
    let open = true;
    const router = routerWith(() => open);
    const owner = joined(router);
    owner.register(uri);
    owner.subscribe(uri);
    open = false;
    const client = joined(router);
    client.send(request);
    expect(only(client)).toEqual([Code.ERROR, request[0], 1, {}, 'wamp.error.not_authorized']);
    expect(owner.take()).toEqual([]);
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('secret');
      },
    ],
    ['fails', () => throwError(() => new Error('secret'))],
    ['rejects', () => Promise.reject(new Error('secret'))],
    ['answers nothing', () => EMPTY],
    ['answers undefined', () => undefined],
    ['answers what is no decision', () => of('yes')],
    ['answers an object without a bool', () => ({ allow: 'yes' })],
    ['never answers', () => NEVER],
  ])('an authorizer that %s is authorization_failed, without its reasons', async (_, authorize) => {
    const router = routerWith(authorize as Authorize, { authorizationTimeoutMs: 700 });
    const client = joined(router);
    client.send([Code.SUBSCRIBE, 1, {}, uri]);
    await jest.advanceTimersByTimeAsync(700);
    expect(only(client)).toEqual([Code.ERROR, Code.SUBSCRIBE, 1, {}, 'wamp.error.authorization_failed']);
  });

  it('what an authorizer failed with is a fault to the application', () => {
    const error = new Error('no database');
    const router = routerWith(() => throwError(() => error));
    const faults: unknown[] = [];
    router.faults$.subscribe((fault) => faults.push(fault));
    const client = joined(router);
    client.publish(uri);
    client.publish(uri, [], { acknowledge: true });
    expect(faults).toEqual([error, error]);
    expect(only(client)).toEqual([Code.ERROR, Code.PUBLISH, 2, {}, 'wamp.error.authorization_failed']);
  });

  it('a denied publication is silent unless acknowledged', () => {
    const client = joined(routerWith(() => false));
    client.publish(uri);
    expect(client.take()).toEqual([]);
  });

  it('is asked once for all chunks of a progressive call', () => {
    let calls = 0;
    const router = routerWith((_session, action) => {
      if (action === 'call') calls++;
      return true;
    });
    const callee = joined(router);
    callee.register(uri);
    const caller = joined(router);
    for (let n = 0; n < 3; n++) caller.send([Code.CALL, 1, { progress: n < 2 }, uri]);
    expect(callee.take()).toHaveLength(3);
    expect(calls).toBe(1);
  });
});

describe('an asynchronous authorizer', () => {
  /** Decides about `com.example.slow…` when told to. */
  const slowly = () => {
    const decisions: Subject<AuthorizationDecision>[] = [];
    const authorize = (
      _: unknown,
      __: unknown,
      on: string,
    ): AuthorizationDecision | ObservableInput<AuthorizationDecision> => {
      if (!on.startsWith('com.example.slow')) return true;
      const decision = new Subject<AuthorizationDecision>();
      decisions.push(decision);
      return decision;
    };
    const watched = (): boolean => decisions.some(({ observed }) => observed);
    return { authorize, watched, decide: (answer: AuthorizationDecision) => decisions.shift()?.next(answer) };
  };

  it('R-15: keeps the messages of a session in order, and those of others going', () => {
    const { authorize, decide } = slowly();
    const router = routerWith(authorize);
    const listener = joined(router);
    listener.subscribe('com.', { match: 'prefix' });
    const client = joined(router);
    client.publish('com.example.slow1', [1]);
    client.publish('com.example.quick', [2]);
    client.publish('com.example.slow2', [3]);
    client.publish('com.example.quick', [4]);
    const other = joined(router);
    other.publish('com.example.quick', ['other']);
    const heard = (): unknown[] => listener.take().map((message) => (message[4] as unknown[])[0]);
    expect(heard()).toEqual(['other']);
    decide(true);
    expect(heard()).toEqual([1, 2]);
    decide(false);
    expect(heard()).toEqual([4]);
  });

  it('is not read from where it can be paused', () => {
    const { authorize, decide } = slowly();
    const router = routerWith(authorize);
    const client = joined(router);
    client.publish('com.example.slow');
    for (let n = 0; n < 10; n++) client.publish('com.example.quick', ['x'.repeat(1_000)]);
    expect(client.link.bufferedBytes).toBeGreaterThan(9_000);
    decide(true);
    expect(client.link.bufferedBytes).toBe(0);
  });

  it('R-52: more than maxWaitingMessages end the session', () => {
    const { authorize } = slowly();
    const router = routerWith(authorize, { maxWaitingMessages: 3 });
    const [near] = [connect(router)];
    // A link that cannot be paused, as a browser’s.
    jest.spyOn(Object.getPrototypeOf(near.link) as { pause: () => boolean }, 'pause').mockReturnValue(false);
    near.join();
    near.publish('com.example.slow');
    for (let n = 0; n < 3; n++) near.publish('com.example.quick');
    expect(near.take()).toEqual([]);
    near.publish('com.example.quick');
    expect(near.expect(Code.ABORT)[2]).toBe('wamp.error.network_failure');
    jest.restoreAllMocks();
  });

  it('R-52: more than maxWaitingBytes end the session, chunks of a call among them', () => {
    const { authorize } = slowly();
    const router = routerWith(authorize, { maxWaitingBytes: 10_000 });
    const client = connect(router);
    jest.spyOn(Object.getPrototypeOf(client.link) as { pause: () => boolean }, 'pause').mockReturnValue(false);
    client.join();
    const request = client.call('com.example.slow', [], { progress: true });
    for (let n = 0; n < 2; n++) {
      client.send([Code.CALL, request, { progress: true }, 'com.example.slow', ['x'.repeat(6_000)]]);
    }
    expect(client.take()).toEqual([]);
    client.send([Code.CALL, request, {}, 'com.example.slow']);
    expect(client.expect(Code.ABORT)[2]).toBe('wamp.error.network_failure');
    jest.restoreAllMocks();
  });

  it('R-54: a decision that comes after the session is not acted upon', () => {
    const { authorize, decide, watched } = slowly();
    const router = routerWith(authorize);
    const listener = joined(router);
    listener.subscribe('com.', { match: 'prefix' });
    const client = joined(router);
    client.publish('com.example.slow');
    client.publish('com.example.quick');
    expect(watched()).toBe(true);
    client.vanish();
    expect(watched()).toBe(false);
    decide(true);
    expect(listener.take()).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('a violation that waited behind a decision ends the session then', () => {
    const { authorize, decide } = slowly();
    const client = joined(routerWith(authorize));
    client.publish('com.example.slow', [], { acknowledge: true });
    client.send([Code.PUBLISH, 77, {}, uri]);
    expect(client.take()).toEqual([]);
    decide(true);
    client.expect(Code.PUBLISHED);
    expect(client.expect(Code.ABORT)[2]).toBe('wamp.error.protocol_violation');
  });

  it('a router that shuts down does not wait for it', async () => {
    const { authorize } = slowly();
    const router = routerWith(authorize);
    const client = joined(router);
    client.publish('com.example.slow');
    client.publish('com.example.quick');
    const closed = router.close();
    client.expect(Code.GOODBYE);
    client.send([Code.GOODBYE, {}, 'wamp.close.goodbye_and_out']);
    await closed;
    expect(client.ended).toBe('completed');
  });
});
