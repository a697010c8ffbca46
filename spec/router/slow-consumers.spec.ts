import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Code } from '../../src/protocol/code.js';
import { Router, type RouterOptions } from '../../src/router/index.js';
import { linkPair } from '../../src/transports/memory.js';
import { FakeClient, joined } from './fake-client.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  // What RxJS has to report of an error nobody caught, it throws from a timer.
  jest.runOnlyPendingTimers();
  jest.useRealTimers();
});

const uri = 'com.example.uri';
const KB = 'x'.repeat(1_000);
const newRouter = (options: Omit<RouterOptions, 'realms'> = {}): Router =>
  new Router({ realms: { realm1: {} }, ...options });

/** A subscriber that does not read, one that does, and a publisher. */
function audience(options: Omit<RouterOptions, 'realms'>) {
  const router = newRouter(options);
  const [slow, healthy, publisher] = [joined(router), joined(router), joined(router)];
  for (const client of [slow, healthy]) client.subscribe(uri);
  slow.link.pause();
  const publish = (count: number): void => {
    for (let n = 0; n < count; n++) publisher.publish(uri, [n, KB]);
  };
  return { router, slow, healthy, publisher, publish };
}
const numbers = (client: FakeClient): unknown[] => client.take().map((message) => (message[4] as unknown[])[0]);
const upTo = (count: number, from = 0): number[] => Array.from({ length: count }, (_, n) => from + n);

describe('R-52: slow consumers, policy disconnect', () => {
  it('one that does not read is dropped beyond maxBufferedBytes; others lose nothing', () => {
    const { router, slow, healthy, publish } = audience({ limits: { maxBufferedBytes: 10_000 } });
    publish(100);
    expect(healthy.take()).toHaveLength(100);
    expect(router.statistics).toMatchObject({ sessions: 2, slowConsumersDropped: 1 });
    expect(slow.take()).toEqual([]);
  });

  it('one that does not read on is cut off after closeTimeoutMs', () => {
    const router = newRouter({ limits: { maxBufferedBytes: 1_000, closeTimeoutMs: 700 } });
    const [near, far] = linkPair();
    // A socket with which closing takes as long as the other end does not read.
    const [complete, terminate] = [jest.spyOn(far, 'complete'), jest.spyOn(far, 'terminate')];
    complete.mockReturnValue();
    const slow = new FakeClient(near);
    router.accept(far);
    slow.join();
    slow.subscribe(uri);
    slow.link.pause();
    const publisher = joined(router);
    for (let n = 0; n < 3; n++) publisher.publish(uri, [KB]);
    expect(router.statistics).toMatchObject({ sessions: 1, connections: 2 });
    expect(complete).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(699);
    expect(terminate).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(terminate).toHaveBeenCalledTimes(1);
    expect(slow.ended).toBe('errored');
    expect(router.statistics.connections).toBe(1);
  });

  it('one that reads on before it is cut off is told why', () => {
    const { slow, publish } = audience({ slowConsumer: { maxBufferedBytes: 3_000 } });
    publish(100);
    slow.link.resume();
    expect(slow.take().map(([code]) => code)).toEqual([Code.EVENT, Code.EVENT, Code.EVENT, Code.ABORT]);
    expect(slow.ended).toBe('completed');
  });

  it('the reason is network_failure, with a text', () => {
    const { slow, publish } = audience({ slowConsumer: { maxBufferedBytes: 0 } });
    publish(2);
    slow.link.resume();
    expect(slow.take().at(-1)).toEqual([
      Code.ABORT,
      { message: 'too much waits for the client to read it' },
      'wamp.error.network_failure',
    ]);
  });

  it('one message larger than the limit is no slowness', () => {
    const router = newRouter({ limits: { maxBufferedBytes: 10_000 } });
    const client = joined(router);
    client.subscribe(uri);
    joined(router).publish(uri, ['x'.repeat(100_000)]);
    client.expect(Code.EVENT);
    expect(router.statistics.slowConsumersDropped).toBe(0);
  });

  it('a callee that is dropped for it leaves as any other: its callers are told', () => {
    const router = newRouter({ limits: { maxBufferedBytes: 10_000 } });
    const callee = joined(router);
    callee.register(uri);
    callee.link.pause();
    const caller = joined(router);
    for (let n = 0; n < 20; n++) caller.call(uri, [KB]);
    const errors = caller.take().map((message) => message[4]);
    expect(errors).toHaveLength(20);
    expect(new Set(errors)).toEqual(new Set(['wamp.error.canceled', 'wamp.error.no_such_procedure']));
  });

  it('something that waits for maxBufferedMs ends the session, also when nothing else is sent', async () => {
    const { router, slow, healthy, publish } = audience({ slowConsumer: { maxBufferedMs: 5_000 } });
    publish(1);
    await jest.advanceTimersByTimeAsync(4_999);
    expect(router.statistics.sessions).toBe(3);
    await jest.advanceTimersByTimeAsync(1);
    expect(router.statistics).toMatchObject({ sessions: 2, slowConsumersDropped: 1, eventsDropped: 0 });
    slow.link.resume();
    slow.expect(Code.EVENT);
    expect(slow.expect(Code.ABORT)[1]).toEqual({
      message: 'something has waited for 5000 ms for the client to read it',
    });
    expect(numbers(healthy)).toEqual([0]);
  });

  it('one that is always behind, but never so long, is left alone', async () => {
    const { router, slow, publish } = audience({ slowConsumer: { maxBufferedMs: 1_000 } });
    for (let second = 0; second < 20; second++) {
      slow.link.resume();
      slow.link.pause();
      publish(2);
      await jest.advanceTimersByTimeAsync(900);
    }
    expect(router.statistics).toMatchObject({ sessions: 3, slowConsumersDropped: 0 });
  });

  it('what one that keeps up is sent sets no timer', async () => {
    const router = newRouter();
    const [publisher, ...clients] = Array.from({ length: 5 }, () => joined(router));
    for (const client of clients) client.subscribe(uri);
    for (let n = 0; n < 10; n++) publisher?.publish(uri, [KB]);
    await jest.advanceTimersByTimeAsync(0);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('an endless maxBufferedMs sets none either, and one that left leaves none', async () => {
    const endless = audience({ slowConsumer: { maxBufferedMs: Infinity } });
    endless.publish(1);
    await jest.advanceTimersByTimeAsync(0);
    expect(jest.getTimerCount()).toBe(0);
    const bounded = audience({});
    bounded.publish(1);
    await jest.advanceTimersByTimeAsync(0);
    expect(jest.getTimerCount()).toBe(1);
    bounded.slow.vanish();
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('R-52: slow consumers, policy drop', () => {
  it('events beyond maxBufferedBytes are dropped and counted, and come again when it has caught up', () => {
    const { router, slow, healthy, publish } = audience({ slowConsumer: { policy: 'drop', maxBufferedBytes: 5_000 } });
    publish(100);
    expect(numbers(healthy)).toEqual(upTo(100));
    expect(router.statistics).toMatchObject({ sessions: 3, eventsDropped: 95, slowConsumersDropped: 0 });
    expect(router.statistics.realms['realm1']).toMatchObject({ eventsDropped: 95 });
    slow.link.resume();
    expect(numbers(slow)).toEqual(upTo(5));
    publish(2);
    expect(numbers(slow)).toEqual([0, 1]);
  });

  it('results, errors, invocations and acknowledgements are not', () => {
    const { router, slow, publisher, publish } = audience({
      slowConsumer: { policy: 'drop', maxBufferedBytes: 5_000 },
    });
    const callee = joined(router);
    callee.register('com.example.procedure');
    slow.link.resume();
    slow.register('com.example.slow');
    slow.link.pause();
    publish(10);
    const request = slow.call('com.example.procedure');
    callee.send([Code.YIELD, callee.expect(Code.INVOCATION)[1], {}, [KB]]);
    slow.call('com.example.nothing');
    slow.publish('com.example.own', [], { acknowledge: true });
    publisher.call('com.example.slow');
    publish(10);
    slow.link.resume();
    const heard = slow.take().map(([code]) => code);
    expect(heard.filter((code) => code !== Code.EVENT)).toEqual([
      Code.RESULT,
      Code.ERROR,
      Code.PUBLISHED,
      Code.INVOCATION,
    ]);
    expect(heard.filter((code) => code === Code.EVENT)).toHaveLength(5);
    expect(request).toBeGreaterThan(0);
  });

  it('… but beyond limits.maxBufferedBytes the session ends all the same', () => {
    const { router, slow } = audience({
      slowConsumer: { policy: 'drop', maxBufferedBytes: 1_000 },
      limits: { maxBufferedBytes: 10_000 },
    });
    const callee = joined(router);
    callee.register('com.example.procedure');
    for (let n = 0; n < 20; n++) slow.call('com.example.procedure');
    const invocations = callee.take();
    for (const message of invocations) callee.send([Code.YIELD, Number(message[1]), {}, [KB]]);
    expect(router.statistics).toMatchObject({ slowConsumersDropped: 1, sessions: 3 });
  });

  it('by default a sixteenth of that limit may be events', () => {
    const { router, publish } = audience({ slowConsumer: { policy: 'drop' }, limits: { maxBufferedBytes: 80_000 } });
    publish(20);
    expect(router.statistics.eventsDropped).toBe(15);
  });

  it('events are dropped while something waits longer than maxBufferedMs, and no longer', async () => {
    const { router, slow, healthy, publish } = audience({ slowConsumer: { policy: 'drop', maxBufferedMs: 1_000 } });
    publish(3);
    await jest.advanceTimersByTimeAsync(1_000);
    publish(2);
    expect(router.statistics).toMatchObject({ eventsDropped: 2, slowConsumersDropped: 0, sessions: 3 });
    expect(numbers(healthy)).toHaveLength(5);
    await jest.advanceTimersByTimeAsync(10_000);
    publish(1);
    expect(router.statistics.eventsDropped).toBe(3);
    slow.link.resume();
    expect(numbers(slow)).toEqual([0, 1, 2]);
    publish(1);
    expect(numbers(slow)).toEqual([0]);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('an event that is dropped for one is not encoded for it', () => {
    const { slow, router, publisher } = audience({ slowConsumer: { policy: 'drop', maxBufferedBytes: 0 } });
    const only = joined(router);
    only.subscribe('com.example.other');
    only.link.pause();
    publisher.publish('com.example.other');
    const encode = jest.spyOn(JSON, 'stringify');
    publisher.publish('com.example.other');
    // One message, the publisher's own.
    expect(encode.mock.calls.filter(([message]) => Array.isArray(message) && message[0] === Code.EVENT)).toEqual([]);
    encode.mockRestore();
    expect(slow.ended).toBe('no');
  });
});

describe('the option slowConsumer', () => {
  it.each<[string, unknown, string]>([
    ['an unknown policy', { policy: 'wait' }, 'policy must be disconnect or drop'],
    ['no number of bytes', { maxBufferedBytes: NaN }, 'maxBufferedBytes must be a number of bytes'],
    ['fewer than no bytes', { maxBufferedBytes: -1 }, 'maxBufferedBytes must be a number of bytes'],
    ['more bytes than the limit', { maxBufferedBytes: 2 ** 30 }, 'above limits.maxBufferedBytes (16777216)'],
    ['no time', { maxBufferedMs: 0 }, 'maxBufferedMs must be a number of milliseconds above 0'],
  ])('refuses %s', (_, slowConsumer, message) => {
    // It may come from a file.
    const options = { slowConsumer } as Omit<RouterOptions, 'realms'>;
    expect(() => newRouter(options)).toThrow(expect.objectContaining({ name: 'UsageError' }));
    expect(() => newRouter(options)).toThrow(message);
  });
});
