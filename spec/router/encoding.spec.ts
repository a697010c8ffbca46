import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Code } from '../../src/protocol/code.js';
import type { WampMessage } from '../../src/protocol/message.js';
import { Router } from '../../src/router/index.js';
import { cbor } from '../../src/serializers/cbor.js';
import { json } from '../../src/serializers/json.js';
import { msgpack } from '../../src/serializers/msgpack.js';
import type { Serializer } from '../../src/serializers/serializer.js';
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
const newRouter = (): Router => new Router({ realms: { realm1: {} } });

/** A serializer that counts the EVENTs it encodes. */
function counting(inner: Serializer) {
  const counted = {
    name: inner.name,
    binary: inner.binary,
    events: 0,
    encode: (message: WampMessage) => {
      if (message[0] === Code.EVENT) counted.events++;
      return inner.encode(message);
    },
    decode: (frame: string | Uint8Array) => inner.decode(frame),
  };
  return counted;
}

describe('one EVENT for many subscribers', () => {
  it('is encoded once for each serializer, not once for each receiver', () => {
    const router = newRouter();
    const serializers = [counting(json()), counting(msgpack())];
    const clients = Array.from({ length: 40 }, (_, n) => joined(router, { serializer: serializers[n % 2] }));
    for (const client of clients) client.subscribe(uri);
    joined(router).publish(uri, [1]);
    for (const client of clients) client.expect(Code.EVENT);
    expect(serializers.map(({ events }) => events)).toEqual([1, 1]);
  });

  it('is encoded once more for each further subscription', () => {
    const router = newRouter();
    const serializer = counting(json());
    const clients = Array.from({ length: 10 }, () => joined(router, { serializer }));
    for (const client of clients) {
      client.subscribe(uri);
      client.subscribe('com.', { match: 'prefix' });
    }
    joined(router).publish(uri);
    expect(serializer.events).toBe(2);
  });

  it('is not encoded when nobody may receive it', () => {
    const router = newRouter();
    const serializer = counting(json());
    joined(router, { serializer }).subscribe(uri);
    joined(router).publish(uri, [], { eligible: [] });
    expect(serializer.events).toBe(0);
  });
});

describe('R-50: transcoding', () => {
  const formats = { json, msgpack, cbor };
  const names = ['json', 'msgpack', 'cbor'] as const;
  it.each(names.flatMap((from) => names.map((to) => [from, to] as const)))(
    'binary and text from %s to %s',
    (from, to) => {
      const router = newRouter();
      const receiver = joined(router, { serializer: formats[to]() });
      receiver.subscribe(uri);
      const args = [Uint8Array.of(0, 128, 255), { deep: [Uint8Array.of()], text: 'ü', n: 2 ** 53 }, null, 1.5];
      joined(router, { serializer: formats[from]() }).publish(uri, args);
      expect(receiver.expect(Code.EVENT)[4]).toEqual(args);
    },
  );
});

describe('what a receiver’s serializer or transport cannot carry', () => {
  /** A serializer that cannot carry the string 'unsendable'. */
  const limited = (error: Error = new TypeError('no')): Serializer => ({
    ...json(),
    name: 'limited',
    encode: (message) => {
      if (JSON.stringify(message).includes('unsendable')) throw error;
      return json().encode(message);
    },
    decode: (frame) => json().decode(frame),
  });
  const joinedWith = (router: Router, serializer: Serializer): FakeClient => {
    // The client itself speaks JSON; only what the router sends goes through the serializer.
    const [near, far] = linkPair();
    Object.defineProperty(far, 'serializer', { value: serializer });
    const client = new FakeClient(near);
    router.accept(far);
    return client.join();
  };

  it('an EVENT is skipped for that receiver alone, and counted', () => {
    const router = newRouter();
    const clients = [joined(router), joinedWith(router, limited()), joinedWith(router, limited()), joined(router)];
    for (const client of clients) client.subscribe(uri);
    joined(router).publish(uri, ['unsendable'], { exclude_me: false });
    expect(clients.map((client) => client.take().length)).toEqual([1, 0, 0, 1]);
    expect(router.statistics.eventsSkipped).toBe(2);
    joined(router).publish(uri, ['fine']);
    expect(clients.map((client) => client.take().length)).toEqual([1, 1, 1, 1]);
  });

  it('R-51: an EVENT that is too large for one transport is skipped there', () => {
    const router = newRouter();
    const [near, far] = linkPair();
    const [small, large] = [new FakeClient(near), joined(router)];
    router.accept(far);
    small.join();
    for (const client of [small, large]) client.subscribe(uri);
    jest.spyOn(far, 'sendFrame').mockImplementation(() => {
      throw new RangeError('too large');
    });
    joined(router).publish(uri);
    large.expect(Code.EVENT);
    expect(router.statistics.eventsSkipped).toBe(1);
  });

  it('R-51: an INVOCATION that cannot be carried is an ERROR to the caller, and uses no invocation id', () => {
    const router = newRouter();
    const callee = joinedWith(router, limited());
    callee.register(uri);
    const caller = joined(router);
    caller.call(uri, ['unsendable']);
    expect(caller.take()).toEqual([[Code.ERROR, Code.CALL, 1, {}, 'wamp.error.invalid_payload']]);
    caller.call(uri);
    expect(callee.expect(Code.INVOCATION)[1]).toBe(1);
  });

  it('R-51: a later chunk that cannot be carried ends the call, and interrupts the callee', () => {
    const router = newRouter();
    const callee = joinedWith(router, limited());
    callee.register(uri);
    const caller = joined(router);
    caller.call(uri, [], { progress: true });
    caller.send([Code.CALL, 1, { progress: true }, uri, ['unsendable']]);
    expect(caller.take()).toEqual([[Code.ERROR, Code.CALL, 1, {}, 'wamp.error.invalid_payload']]);
    callee.expect(Code.INVOCATION);
    expect(callee.take()).toEqual([[Code.INTERRUPT, 1, { mode: 'killnowait' }]]);
  });

  it.each([{}, { progress: true }])('R-51: a RESULT %j that cannot be carried is an ERROR instead', (options) => {
    const router = newRouter();
    const callee = joined(router);
    callee.register(uri);
    const caller = joinedWith(router, limited());
    caller.call(uri, [], { receive_progress: true });
    callee.take();
    callee.send([Code.YIELD, 1, options, ['unsendable']], [Code.YIELD, 1, {}]);
    expect(caller.take()).toEqual([[Code.ERROR, Code.CALL, 1, {}, 'wamp.error.invalid_payload']]);
    expect(callee.take()).toHaveLength('progress' in options ? 1 : 0);
  });

  it('R-51: an ERROR that cannot be carried is another ERROR', () => {
    const router = newRouter();
    const callee = joined(router);
    callee.register(uri);
    const caller = joinedWith(router, limited());
    caller.call(uri);
    callee.send([Code.ERROR, Code.INVOCATION, 1, {}, 'com.example.error', ['unsendable']]);
    expect(caller.take()).toEqual([[Code.ERROR, Code.CALL, 1, {}, 'wamp.error.invalid_payload']]);
  });

  it('R-51: what is too large for the caller’s transport is payload_size_exceeded', () => {
    const router = newRouter();
    const callee = joined(router);
    callee.register(uri);
    const tooLarge = Object.assign(new Error('too large'), {
      name: 'OverflowError',
      [Symbol.for('rxwamp.error')]: true,
    });
    const caller = joinedWith(router, limited(tooLarge));
    caller.call(uri);
    callee.send([Code.YIELD, 1, {}, ['unsendable']]);
    expect(caller.expect(Code.ERROR)[4]).toBe('wamp.error.payload_size_exceeded');
  });
});
