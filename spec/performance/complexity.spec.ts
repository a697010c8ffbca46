import { operations } from './counting.js';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Code, json } from 'rxwamp';
import { closeClients, eventOf, joined, REGISTRATION, topicName, unheeded } from './wire.js';

afterEach(closeClients);

/** Ten times as much of it open may cost one message so many times as much. */
const FLAT = 1.2;

/** What `work` costs with a little and with ten times as much of something. */
function growth(cost: (count: number) => number): number {
  // What is set up lazily is set up.
  cost(10);
  const little = cost(500);
  const much = cost(5_000);
  expect(little).toBeGreaterThan(0);
  return much / little;
}

/** A client with so many subscriptions. */
function subscribed(count: number): ReturnType<typeof joined> {
  const client = joined(json());
  for (let i = 0; i < count; i++) client.wamp.topic(topicName(i)).subscribe();
  return client;
}

describe('with ten times as many subscriptions', () => {
  it('an event costs the same', () => {
    expect(
      growth((count) => {
        const { wire } = subscribed(count);
        const frame = wire.frame(eventOf(count / 2));
        return operations(() => wire.receive(frame));
      }),
    ).toBeLessThan(FLAT);
  });

  it('one more subscription costs the same', () => {
    expect(
      growth((count) => {
        const { wamp } = subscribed(count);
        return operations(() => wamp.topic('com.app.more').subscribe());
      }),
    ).toBeLessThan(FLAT);
  });

  it('leaving one costs the same', () => {
    expect(
      growth((count) => {
        const { wamp } = subscribed(count);
        const one = wamp.topic('com.app.more').subscribe();
        return operations(() => one.unsubscribe());
      }),
    ).toBeLessThan(FLAT);
  });

  it('coming back after a lost connection costs ten times as much, and not more', () => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] });
    jest.spyOn(Math, 'random').mockReturnValue(0);
    try {
      const factor = growth((count) => {
        const { wire } = subscribed(count);
        return operations(() => {
          wire.drop();
          jest.advanceTimersByTime(1);
          expect(wire.sent.filter(([code]) => code === Code.SUBSCRIBE)).toHaveLength(count);
        });
      });
      expect(factor).toBeLessThan(10 * FLAT);
    } finally {
      jest.restoreAllMocks();
      jest.useRealTimers();
    }
  });
});

describe('with ten times as many calls that wait', () => {
  it('a result costs the same', () => {
    expect(
      growth((count) => {
        const { wamp, wire } = joined(json());
        for (let i = 0; i < count; i++) wamp.call('com.app.never').subscribe(unheeded);
        wamp.call('com.app.add').subscribe(unheeded);
        const frame = wire.frame([Code.RESULT, wire.sent.at(-1)?.[1], {}, [5]]);
        return operations(() => wire.receive(frame));
      }),
    ).toBeLessThan(FLAT);
  });

  it('one more call costs the same', () => {
    expect(
      growth((count) => {
        const { wamp } = joined(json());
        for (let i = 0; i < count; i++) wamp.call('com.app.never').subscribe(unheeded);
        return operations(() => wamp.call('com.app.add').subscribe(unheeded));
      }),
    ).toBeLessThan(FLAT);
  });
});

describe('with ten times as many invocations that run', () => {
  it('one more costs the same', () => {
    expect(
      growth((count) => {
        const { wamp, wire } = joined(json());
        const never = new Promise(() => undefined);
        wamp.register('com.app.slow', ({ args: [isQuick] }) => (isQuick === true ? 5 : never)).subscribe();
        for (let i = 0; i < count; i++) wire.receive(wire.frame([Code.INVOCATION, i + 1, REGISTRATION, {}]));
        const frame = wire.frame([Code.INVOCATION, count + 1, REGISTRATION, {}, [true]]);
        const cost = operations(() => wire.receive(frame));
        expect(wire.sent.at(-1)).toStrictEqual([Code.YIELD, count + 1, {}, [5]]);
        return cost;
      }),
    ).toBeLessThan(FLAT);
  });
});
