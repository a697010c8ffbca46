import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Code } from '../../src/protocol/code.js';
import { Router, type RouterStatistics } from '../../src/router/index.js';
import { connect, joined } from './fake-client.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  // What RxJS has to report of an error nobody caught, it throws from a timer.
  jest.runOnlyPendingTimers();
  jest.useRealTimers();
});

const NOTHING = {
  messagesIn: 0,
  messagesOut: 0,
  eventsSkipped: 0,
  eventsDropped: 0,
  slowConsumersDropped: 0,
  violations: 0,
  sessions: 0,
  subscriptions: 0,
  registrations: 0,
  calls: 0,
};

describe('statistics', () => {
  it('of a new router are nothing, with its realms', () => {
    const router = new Router({ realms: { realm1: {}, __proto__x: {} } });
    expect(router.statistics).toStrictEqual({
      ...NOTHING,
      connections: 0,
      realms: { realm1: NOTHING, __proto__x: NOTHING },
    });
  });

  it('count what there is and what has been sent, by realm and together', () => {
    const router = new Router({ realms: { realm1: {}, realm2: {} } });
    const [a, b, elsewhere] = [joined(router), joined(router), joined(router, { realm: 'realm2' })];
    a.subscribe('com.example.topic');
    b.subscribe('com.example.topic');
    b.register('com.example.procedure');
    a.call('com.example.procedure');
    // SUBSCRIBE and CALL; SUBSCRIBE and REGISTER; HELLO came before it was known for which realm. WELCOME, the answers to
    // all but the CALL, and the INVOCATION.
    const realm1 = {
      ...NOTHING,
      messagesIn: 4,
      messagesOut: 6,
      sessions: 2,
      subscriptions: 1,
      registrations: 1,
      calls: 1,
    };
    const realm2 = { ...NOTHING, messagesOut: 1, sessions: 1 };
    expect(router.statistics).toStrictEqual({
      ...realm1,
      messagesIn: 7,
      messagesOut: 7,
      sessions: 3,
      connections: 3,
      realms: { realm1, realm2 },
    });
    elsewhere.publish('com.example.topic');
    joined(router).publish('com.example.topic', [], { acknowledge: true });
    // PUBLISH; WELCOME, PUBLISHED and two EVENTs.
    expect(router.statistics.realms['realm1']).toMatchObject({ messagesIn: 5, messagesOut: 10 });
    expect(router.statistics.realms['realm2']).toMatchObject({ messagesIn: 1, messagesOut: 1 });
    b.vanish();
    expect(router.statistics).toMatchObject({
      sessions: 3,
      subscriptions: 1,
      registrations: 0,
      calls: 0,
      connections: 3,
    });
  });

  it('count a violation where it happened', () => {
    const router = new Router({ realms: { realm1: {} } });
    connect(router).sendRaw([99]);
    joined(router).sendRaw([99]);
    expect(router.statistics.violations).toBe(2);
    expect(router.statistics.realms['realm1']?.violations).toBe(1);
  });

  it('of a realm that is no more stay in the sum', () => {
    const router = new Router({ realms: () => ({}) });
    joined(router, { realm: 'com.example.realm' }).vanish();
    expect(router.statistics).toMatchObject({ messagesIn: 1, messagesOut: 1, sessions: 0, realms: {} });
  });

  it('a call that is refused is none', () => {
    const router = new Router({ realms: { realm1: {} } });
    const client = joined(router);
    client.call('com.example.nothing');
    client.expect(Code.ERROR);
    expect(router.statistics.calls).toBe(0);
  });
});

describe('statistics$', () => {
  it('tells at once, then once a second what has changed, and sets no timer when nobody listens', () => {
    const router = new Router({ realms: { realm1: {} } });
    const seen: RouterStatistics[] = [];
    expect(jest.getTimerCount()).toBe(0);
    const subscription = router.statistics$.subscribe((statistics) => seen.push(statistics));
    expect(seen).toStrictEqual([router.statistics]);
    jest.advanceTimersByTime(5_000);
    expect(seen).toHaveLength(1);
    joined(router);
    joined(router);
    jest.advanceTimersByTime(999);
    expect(seen).toHaveLength(1);
    jest.advanceTimersByTime(1);
    expect(seen.map(({ sessions }) => sessions)).toEqual([0, 2]);
    subscription.unsubscribe();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('completes after the last figures when the router is closed, also for who comes later', async () => {
    const router = new Router({ realms: { realm1: {} } });
    const client = joined(router);
    const seen: (number | string)[] = [];
    const observer = {
      next: ({ sessions }: RouterStatistics) => void seen.push(sessions),
      complete: () => void seen.push('complete'),
    };
    router.statistics$.subscribe(observer);
    const closed = router.close();
    expect(seen).toEqual([1]);
    client.send([Code.GOODBYE, {}, 'wamp.close.goodbye_and_out']);
    await closed;
    expect(seen).toEqual([1, 0, 'complete']);
    seen.length = 0;
    router.statistics$.subscribe(observer);
    expect(seen).toEqual([0, 'complete']);
    expect(jest.getTimerCount()).toBe(0);
  });
});
