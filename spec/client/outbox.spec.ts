import { describe, expect, it, jest } from '@jest/globals';
import { Code } from 'rxwamp';
import { connected, idle, PROCEDURE, TOPIC, useVirtualTime, watch } from './support.js';

useVirtualTime();

describe('a publication with offline', () => {
  it("'latest' takes the place of one to the same topic that waits, and is counted", () => {
    const { router, wamp } = idle();
    const results = [1, 2, 3].map((n) => watch(wamp.publish(TOPIC, [n], { offline: 'latest' })));
    wamp.publish('com.app.other', ['other'], { offline: 'latest' });
    wamp.publish(TOPIC, ['plain']);
    expect(wamp.outbox).toStrictEqual({ waiting: 3, dropped: 2 });
    expect(results.map(({ error }) => error)).toStrictEqual([
      expect.objectContaining({ name: 'OverflowError', message: expect.stringContaining('a later one') }),
      expect.objectContaining({ name: 'OverflowError' }),
      undefined,
    ]);
    router.welcome();
    for (const value of [3, 'other', 'plain'])
      router.expect(Code.PUBLISH, { args: [value], options: { offline: undefined } });
  });

  it("'latest' finds its place also when the outbox is full", () => {
    const { wamp } = idle({ outbox: { capacity: 1, overflow: 'error' } });
    wamp.publish(TOPIC, [1], { offline: 'latest' });
    expect(watch(wamp.publish(TOPIC, [2], { offline: 'latest' })).error).toBeUndefined();
    expect(wamp.outbox).toStrictEqual({ waiting: 1, dropped: 1 });
  });

  it("'latest' pushes out its like and not the oldest", () => {
    const { router, wamp } = idle({ outbox: { capacity: 2 } });
    wamp.publish('com.app.other', ['oldest']);
    for (const n of [1, 2]) wamp.publish(TOPIC, [n], { offline: 'latest' });
    router.welcome();
    for (const value of ['oldest', 2]) router.expect(Code.PUBLISH, { args: [value] });
  });

  it("'drop' does not wait, and is counted; with a connection it is sent", () => {
    const { router, wamp } = idle();
    expect(watch(wamp.publish(TOPIC, [1], { offline: 'drop' })).error).toMatchObject({ name: 'OverflowError' });
    expect(wamp.outbox).toStrictEqual({ waiting: 0, dropped: 1 });
    wamp.connect();
    router.welcome();
    wamp.publish(TOPIC, [2], { offline: 'drop' });
    router.expect(Code.PUBLISH, { args: [2] });
  });

  it('must be one of these', () => {
    const { wamp } = connected();
    // What JavaScript lets through.
    const wrong = { offline: 'never' as 'drop' };
    expect(watch(wamp.publish(TOPIC, [1], wrong)).error).toMatchObject({ name: 'UsageError' });
  });
});

describe('outbox.calls', () => {
  it('bounds the calls that wait by themselves, in number and in time', () => {
    const { wamp } = idle({ outbox: { calls: { capacity: 1, overflow: 'drop-oldest', ttlMs: 500 } } });
    const calls = [1, 2].map((n) => watch(wamp.call(PROCEDURE, [n])));
    expect(calls[0]?.error).toMatchObject({ name: 'OverflowError', attempted: 'CALL', on: PROCEDURE, limit: 1 });
    jest.advanceTimersByTime(499);
    expect(calls[1]?.error).toBeUndefined();
    jest.advanceTimersByTime(1);
    expect(calls[1]?.error).toMatchObject({ name: 'TimeoutError', attempted: 'CALL', on: PROCEDURE });
    expect(wamp.outbox).toStrictEqual({ waiting: 0, dropped: 0 });
  });

  it('refuses what makes no sense', () => {
    expect(() => idle({ outbox: { calls: { capacity: -1 } } })).toThrow(/outbox\.calls\.capacity/);
  });
});
