import { bytes, calls, operations } from './counting.js';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Observable, Subscriber } from 'rxjs';
import { Code, json, type Serializer } from 'rxwamp';
import { cbor } from 'rxwamp/cbor';
import { msgpack } from 'rxwamp/msgpack';
import { closeClients, eventOf, joined, REGISTRATION, topicName, unheeded, type Wire } from './wire.js';

afterEach(closeClients);

/** With how many functions and branches an event may cost; a message that needs no second look is meant. */
const SERIALIZERS: readonly (readonly [string, () => Serializer, number])[] = [
  ['JSON', json, 85],
  ['MessagePack', msgpack, 85],
  ['CBOR', cbor, 135],
];

/** Look-ups in tables that `work` makes. */
function lookUps(work: () => void): number {
  const maps = calls(Map.prototype, ['get', 'has', 'set', 'delete'], work);
  const sets = calls(Set.prototype, ['has', 'add', 'delete'], work);
  const total = (counted: Record<string, number>): number => Object.values(counted).reduce((a, b) => a + b, 0);
  return total(maps) + total(sets);
}

/** Frames that stand ready, so that only their reception is counted. */
const receiving = (wire: Wire, message: readonly unknown[]): (() => void) => {
  const frame = wire.frame(message);
  return () => wire.receive(frame);
};

describe.each(SERIALIZERS)('an EVENT over %s', (_, serializer, most) => {
  it('costs one look-up, however many subscriptions are open', () => {
    const { wamp, wire } = joined(serializer());
    let seen = 0;
    for (let i = 0; i < 1_000; i++) wamp.topic(topicName(i)).subscribe(() => seen++);
    expect(lookUps(receiving(wire, eventOf(500)))).toBe(1);
    // Once with the tables counted, once with the sets.
    expect(seen).toBe(2);
  });

  it('costs one look-up when nobody is subscribed any more', () => {
    const { wamp, wire } = joined(serializer());
    wamp.topic(topicName(0)).subscribe().unsubscribe();
    expect(lookUps(receiving(wire, eventOf(0)))).toBe(1);
  });

  it('passes two Subscribers on its way, and makes neither a subscription nor a promise nor a timer', () => {
    const { wamp, wire } = joined(serializer());
    wamp.topic(topicName(0)).subscribe();
    const receive = receiving(wire, eventOf(0));
    // The link’s reader, the topic’s observer.
    expect(calls(Subscriber.prototype, ['next'], receive).next).toBeLessThanOrEqual(2);
    expect(calls(Observable.prototype, ['subscribe', 'pipe'], receive)).toStrictEqual({ subscribe: 0, pipe: 0 });
    expect(calls(Promise.prototype, ['then'], receive)).toStrictEqual({ then: 0 });
    const scheduled = calls(globalThis, ['setTimeout', 'setInterval', 'queueMicrotask'], receive);
    expect(scheduled).toStrictEqual({ setTimeout: 0, setInterval: 0, queueMicrotask: 0 });
  });

  it('is handed out at most 22 calls below the socket', () => {
    const { wamp, wire } = joined(serializer());
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = Infinity;
    const depth = (): number => new Error('here').stack?.split('\n').length ?? 0;
    let handed = 0;
    wamp.topic(topicName(0)).subscribe(() => (handed = depth()));
    const receive = receiving(wire, eventOf(0));
    receive();
    const socket = depth();
    Error.stackTraceLimit = limit;
    expect(handed - socket).toBeGreaterThan(0);
    expect(handed - socket).toBeLessThanOrEqual(22);
  });

  it(`runs at most ${most} functions and branches of ours and of RxJS`, () => {
    const { wamp, wire } = joined(serializer());
    wamp.topic(topicName(0)).subscribe();
    const receive = receiving(wire, eventOf(0));
    receive();
    expect(operations(receive)).toBeLessThanOrEqual(most);
  });

  it('costs at most 600 bytes beside what the decoder makes', () => {
    const { wamp, wire } = joined(serializer());
    let seen = 0;
    wamp.topic(topicName(0)).subscribe(() => seen++);
    const frame = wire.frame(eventOf(0));
    const decoder = serializer();
    const EVENTS = 5_000;
    const often = (work: () => unknown) => (): void => {
      for (let i = 0; i < EVENTS; i++) work();
    };
    // Compiled once before it counts.
    often(() => wire.receive(frame))();
    often(() => decoder.decode(frame))();
    // Compiled late, on a machine that has other things to do, it is about 450; else about 150.
    const least = (work: () => unknown): number => Math.min(...Array.from({ length: 5 }, () => bytes(often(work))));
    const decoded = least(() => decoder.decode(frame));
    const received = least(() => wire.receive(frame));
    expect(seen).toBe(6 * EVENTS);
    expect(decoded / EVENTS).toBeGreaterThan(50);
    expect((received - decoded) / EVENTS).toBeLessThan(600);
  });
});

describe('a RESULT', () => {
  it('costs two look-ups: to find the call, and to forget it', () => {
    const { wamp, wire } = joined(json());
    const results: unknown[] = [];
    for (let i = 0; i < 1_000; i++)
      wamp.call('com.app.add').subscribe({ ...unheeded, next: ({ args }) => results.push(args) });
    const requests = wire.sent.filter(([code]) => code === Code.CALL).map(([, request]) => request);
    const [maps, sets] = [requests[500], requests[501]].map((request) =>
      receiving(wire, [Code.RESULT, request, {}, [5]]),
    );
    if (maps === undefined || sets === undefined) throw new Error('nothing was called');
    expect(calls(Map.prototype, ['get', 'has', 'set', 'delete'], maps)).toStrictEqual({
      get: 1,
      has: 0,
      set: 0,
      delete: 1,
    });
    expect(calls(Set.prototype, ['has', 'add', 'delete'], sets).has).toBe(0);
    expect(results).toStrictEqual([[5], [5]]);
  });
});

describe('an INVOCATION', () => {
  it('costs five look-ups at most, its YIELD included', () => {
    const { wamp, wire } = joined(json());
    wamp.register('com.app.add', () => 5).subscribe();
    const first = receiving(wire, [Code.INVOCATION, 1, REGISTRATION, {}, [2, 3]]);
    const second = receiving(wire, [Code.INVOCATION, 2, REGISTRATION, {}, [2, 3]]);
    const maps = calls(Map.prototype, ['get', 'has', 'set', 'delete'], first);
    const sets = calls(Set.prototype, ['has', 'add', 'delete'], second);
    const count = [...Object.values(maps), ...Object.values(sets)].reduce((a, b) => a + b, 0);
    expect(count).toBeLessThanOrEqual(5);
    expect(wire.sent.slice(-2)).toStrictEqual([
      [Code.YIELD, 1, {}, [5]],
      [Code.YIELD, 2, {}, [5]],
    ]);
  });
});

describe('a PUBLISH that is not acknowledged', () => {
  it('is encoded once, and leaves nothing behind that waits', () => {
    const serializer = json();
    let encoded = 0;
    const { wamp, wire } = joined({
      name: serializer.name,
      binary: serializer.binary,
      decode: (frame) => serializer.decode(frame),
      encode: (message) => {
        if (message[0] === Code.PUBLISH) encoded++;
        return serializer.encode(message);
      },
    });
    const counted = calls(Map.prototype, ['set'], () => wamp.publish('com.app.topic', [1]));
    expect(counted.set).toBe(0);
    expect(encoded).toBe(1);
    expect(wire.sent.at(-1)?.[0]).toBe(Code.PUBLISH);
  });
});
