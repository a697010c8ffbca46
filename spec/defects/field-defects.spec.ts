import { describe, expect, it, jest } from '@jest/globals';
import { firstValueFrom, NEVER, of } from 'rxjs';
import { Code, WampClient, type Serializer } from 'rxwamp';
import { cbor } from 'rxwamp/cbor';
import { msgpack } from 'rxwamp/msgpack';
import {
  again,
  chance,
  connected,
  idle,
  PROCEDURE,
  reconnect,
  registered,
  settled,
  subscribed,
  TOPIC,
  useVirtualTime,
  valuesOf,
  watch,
} from '../client/support.js';

useVirtualTime();

/** Each is a defect that a released WAMP client has or had; the title is what is wrong there, the spec what is right here. */
describe('known defects of released clients, when the connection is lost:', () => {
  it('calls in flight at a lost connection never settle', async () => {
    const { router, wamp } = connected();
    const result = firstValueFrom(wamp.call(PROCEDURE)).catch((error: unknown) => error);
    router.expect(Code.CALL);
    router.drop();
    expect(await result).toMatchObject({ name: 'ConnectionLostError', on: PROCEDURE });
  });

  it('calls made while down are dropped in silence', () => {
    const { router, wamp } = connected();
    router.drop();
    const call = watch(wamp.call(PROCEDURE, [1]));
    again();
    router.welcome();
    router.send([Code.RESULT, router.expect(Code.CALL, { args: [1] }).request, {}, [2]]);
    expect(valuesOf(call)).toStrictEqual([2]);
  });

  it('resubscribing after a reconnect forgets the options', () => {
    const { router, wamp } = connected();
    watch(wamp.topic('com.app', { match: 'prefix', get_retained: true }));
    subscribed(router);
    reconnect(router);
    router.expect(Code.SUBSCRIBE, { topic: 'com.app', options: { match: 'prefix', get_retained: true } });
  });

  it('nothing is subscribed when the first connection comes late', () => {
    const { router, wamp } = idle();
    router.refuse();
    const topic = watch(wamp.topic(TOPIC));
    for (let attempt = 0; attempt < 5; attempt++) again();
    router.admit();
    again();
    router.welcome();
    subscribed(router);
    router.send([Code.EVENT, 7, 1, {}, ['a']]);
    expect(valuesOf(topic)).toStrictEqual(['a']);
  });

  it('no reconnect after the router’s own GOODBYE', () => {
    const { router, wamp } = connected();
    router.send([Code.GOODBYE, {}, 'wamp.close.system_shutdown']);
    router.expect(Code.GOODBYE, { reason: 'wamp.close.goodbye_and_out' });
    again();
    router.welcome();
    expect(wamp.state.status).toBe('connected');
  });

  it('a retry goes on after close()', async () => {
    const { router, wamp } = connected();
    router.refuse();
    router.drop();
    again();
    await wamp.close();
    const { attempts } = router;
    jest.advanceTimersByTime(10_000_000);
    expect(router.attempts).toBe(attempts);
  });

  it.each(['wamp.error.not_authorized', 'wamp.error.authentication_failed', 'wamp.error.no_such_realm'])(
    'retrying forever on refused credentials or an unknown realm: %s',
    (reason) => {
      const { router, wamp } = idle();
      wamp.connect();
      router.expect(Code.HELLO);
      router.send([Code.ABORT, {}, reason]);
      jest.advanceTimersByTime(10_000_000);
      expect(router.attempts).toBe(1);
      expect(wamp.state).toMatchObject({ status: 'closed', cause: { reason } });
    },
  );

  it('the backoff is flat', () => {
    chance(1);
    const { router, wamp, states } = idle();
    router.refuse();
    wamp.connect();
    jest.advanceTimersByTime(3_500);
    const delays = states.flatMap((state) => (state.status === 'waiting' ? [state.delayMs] : []));
    expect(delays).toStrictEqual([500, 1_000, 2_000, 4_000]);
  });

  it('connection events reach the user before the topics are subscribed again', () => {
    const { router, wamp } = connected();
    watch(wamp.topic(TOPIC));
    subscribed(router);
    router.drop();
    again();
    router.welcome();
    expect(wamp.state.status).toBe('connecting');
    subscribed(router);
    expect(wamp.state.status).toBe('connected');
  });

  it.each(['ignored', 'absent'] as const)('a socket that dies silently is never noticed: ping %s', (ping) => {
    const { router, wamp } = connected({}, { ping });
    const call = watch(wamp.call(PROCEDURE));
    router.stall();
    jest.advanceTimersByTime(40_000);
    expect(call.error).toMatchObject({ name: 'ConnectionLostError', cause: { attempted: 'heartbeat' } });
    expect(wamp.state.status).toBe('waiting');
    again();
    router.welcome();
    expect(wamp.state.status).toBe('connected');
  });

  describe('procedure_already_exists after a reconnect because the router still holds the dead session', () => {
    const taken = (router: ReturnType<typeof connected>['router']): void => {
      const { request } = router.expect(Code.REGISTER);
      router.send([Code.ERROR, Code.REGISTER, request, {}, 'wamp.error.procedure_already_exists']);
    };
    const reRegistered = (onConflict?: 'fail' | 'retry' | 'force_reregister') => {
      const { router, wamp } = connected();
      const registration = watch(wamp.register(PROCEDURE, () => 1, { ...(onConflict && { onConflict }) }));
      registered(router, 7);
      reconnect(router);
      taken(router);
      return { router, registration };
    };

    it.each([undefined, 'retry'] as const)('onConflict %s: tried again with backoff until it is free', (onConflict) => {
      const { router, registration } = reRegistered(onConflict);
      again();
      taken(router);
      again();
      registered(router, 8);
      expect(registration).toMatchObject({ values: [{ id: 7 }, { id: 8 }], error: undefined });
    });

    it('onConflict fail: an error', () => {
      const { registration } = reRegistered('fail');
      expect(registration.error).toMatchObject({ uri: 'wamp.error.procedure_already_exists' });
    });

    it('onConflict force_reregister: taken over', () => {
      const { router, registration } = reRegistered('force_reregister');
      const { request } = router.expect(Code.REGISTER, { options: { force_reregister: true } });
      router.send([Code.REGISTERED, request, 8]);
      expect(registration.values.map(({ id }) => id)).toStrictEqual([7, 8]);
    });
  });
});

describe('known defects of released clients, in subscribing:', () => {
  it('the first of two subscribers to leave mutes the other', () => {
    const { router, wamp } = connected();
    const topics = [
      watch(wamp.topic(TOPIC)),
      watch(wamp.topic(TOPIC, { get_retained: true })),
      watch(wamp.topic(TOPIC)),
    ];
    subscribed(router, 7);
    subscribed(router, 7);
    topics[0]?.subscription.unsubscribe();
    topics[1]?.subscription.unsubscribe();
    router.expectSilence();
    router.send([Code.EVENT, 7, 1, {}, ['a']]);
    expect(topics.map(valuesOf)).toStrictEqual([[], [], ['a']]);
  });

  it('leaving before SUBSCRIBED leaks the router’s subscription', () => {
    const { router, wamp } = connected();
    watch(wamp.topic(TOPIC)).subscription.unsubscribe();
    subscribed(router, 7);
    router.expect(Code.UNSUBSCRIBE, { subscription: 7 });
  });

  it('two concurrent subscribes lose the first handler', () => {
    const { router, wamp } = connected();
    const topics = [watch(wamp.topic(TOPIC)), watch(wamp.topic(TOPIC, { get_retained: true }))];
    subscribed(router, 7);
    subscribed(router, 7);
    router.send([Code.EVENT, 7, 1, {}, ['a']]);
    expect(topics.map(valuesOf)).toStrictEqual([['a'], ['a']]);
  });

  it('exclude_me: false is dropped', () => {
    const { router, wamp } = connected();
    wamp.publish(TOPIC, [], { exclude_me: false });
    router.expect(Code.PUBLISH, { options: { exclude_me: false } });
  });
});

describe('known defects of released clients, in calling:', () => {
  it('a handler returning nothing leaves its caller waiting', async () => {
    const { router, wamp } = connected();
    for (const handler of [() => undefined, async () => undefined, () => of()]) {
      const registration = watch(wamp.register(PROCEDURE, handler));
      registered(router);
      router.send([Code.INVOCATION, 1, 7, {}]);
      await settled();
      expect(router.expect(Code.YIELD).message).toStrictEqual([Code.YIELD, 1, {}]);
      registration.subscription.unsubscribe();
      router.expect(Code.UNREGISTER);
    }
  });

  it('a result without arguments or with keyword arguments only vanishes', () => {
    const { router, wamp } = connected();
    const calls = [watch(wamp.call(PROCEDURE)), watch(wamp.call(PROCEDURE))];
    router.send([Code.RESULT, router.expect(Code.CALL).request, {}]);
    router.send([Code.RESULT, router.expect(Code.CALL).request, {}, [], { k: 1 }]);
    expect(calls).toMatchObject([
      { values: [{ args: [], kwargs: {} }], complete: true },
      { values: [{ args: [], kwargs: { k: 1 } }], complete: true },
    ]);
  });

  it.each([0, '', false, null])("falsy payloads 0, '', false, null are dropped: %j", (falsy) => {
    const { router, wamp } = connected();
    wamp.publish(TOPIC, [falsy]);
    router.expect(Code.PUBLISH, { args: [falsy] });
    const call = watch(wamp.call(PROCEDURE, [falsy], { progress: true }));
    const { request } = router.expect(Code.CALL, { args: [falsy] });
    router.send([Code.RESULT, request, { progress: true }, [falsy]]);
    router.send([Code.RESULT, request, {}, [falsy]]);
    expect(valuesOf(call)).toStrictEqual([falsy, falsy]);
    const topic = watch(wamp.topic(TOPIC));
    subscribed(router);
    router.send([Code.EVENT, 7, 1, {}, [falsy]]);
    expect(valuesOf(topic)).toStrictEqual([falsy]);
    wamp.register(PROCEDURE, () => of(falsy, falsy)).subscribe();
    registered(router, 8);
    router.send([Code.INVOCATION, 1, 8, { receive_progress: true }, [falsy]]);
    for (let at = 0; at < 2; at++) router.expect(Code.YIELD, { options: { progress: true }, args: [falsy] });
    router.expect(Code.YIELD);
    router.send([Code.INVOCATION, 2, 8, {}, [falsy]]);
    router.expect(Code.YIELD, { args: [falsy] });
  });

  it('the socket is closed on INTERRUPT', () => {
    const { router, wamp } = connected();
    wamp.register(PROCEDURE, () => NEVER).subscribe();
    registered(router);
    router.send([Code.INVOCATION, 1, 7, {}]);
    for (const [mode, request] of [
      ['kill', 1],
      ['kill', 1],
      ['killnowait', 99],
    ] as const)
      router.send([Code.INTERRUPT, request, { mode }]);
    router.expect(Code.ERROR, { request: 1, error: 'wamp.error.canceled' });
    router.expectSilence();
    expect(router.isConnected).toBe(true);
  });

  it('the ERROR that follows a CANCEL is taken for a violation', () => {
    const { router, wamp } = connected();
    watch(wamp.call(PROCEDURE)).subscription.unsubscribe();
    const { request } = router.expect(Code.CALL);
    router.expect(Code.CANCEL, { request });
    router.send([Code.ERROR, Code.CALL, request, {}, 'wamp.error.canceled']);
    router.expectSilence();
    expect(wamp.state.status).toBe('connected');
  });

  it('a late message for something already gone closes the session', () => {
    const { router, wamp } = connected();
    const topic = watch(wamp.topic(TOPIC));
    const registration = watch(wamp.register(PROCEDURE, () => 1));
    const call = watch(wamp.call(PROCEDURE));
    subscribed(router, 7);
    registered(router, 8);
    for (const { subscription } of [topic, registration, call]) subscription.unsubscribe();
    for (const code of [Code.CALL, Code.UNSUBSCRIBE, Code.UNREGISTER, Code.CANCEL]) router.expect(code);
    router.send([Code.EVENT, 7, 1, {}]);
    router.send([Code.RESULT, 3, { progress: true }, [1]]);
    router.send([Code.RESULT, 3, {}]);
    router.send([Code.INVOCATION, 1, 8, {}]);
    router.expect(Code.ERROR, { error: 'wamp.error.no_such_procedure' });
    for (const request of [4, 4]) router.send([Code.UNSUBSCRIBED, request]);
    for (const request of [5, 5]) router.send([Code.UNREGISTERED, request]);
    router.send([Code.UNSUBSCRIBED, 0, { subscription: 7 }]);
    router.send([Code.UNREGISTERED, 0, { registration: 8 }]);
    router.expectSilence();
    expect(wamp.state.status).toBe('connected');
  });
});

describe('known defects of released clients, in ids:', () => {
  it('random or non-sequential request ids', () => {
    const { router, wamp } = connected();
    const topic = watch(wamp.topic(TOPIC));
    wamp.publish(TOPIC);
    wamp.publish(TOPIC, [], { acknowledge: true }).subscribe();
    wamp.register(PROCEDURE, () => 1).subscribe();
    wamp.publish(TOPIC, [() => 'cannot be sent']).subscribe({ error: () => undefined });
    watch(wamp.call(PROCEDURE)).subscription.unsubscribe();
    subscribed(router);
    topic.subscription.unsubscribe();
    wamp.publish(TOPIC);
    const ids = router.received.flatMap(([code, id]) => (code === Code.CANCEL ? [] : [id]));
    expect(ids).toStrictEqual([2, 3, 4, 5, 6, 7]);
  });

  /** 2^53, as MessagePack (`uint 64`) and CBOR (major type 0, 8 bytes) write an integer. */
  const formats: [string, () => Serializer, string][] = [
    ['MessagePack', msgpack, 'cf0020000000000000'],
    ['CBOR', cbor, '1b0020000000000000'],
  ];
  it.each(formats)('ids above 2^32 leave as floats in MessagePack or CBOR: %s', (_, make, integer) => {
    const inner = make();
    const frames: string[] = [];
    const serializer: Serializer = {
      name: inner.name,
      binary: true,
      decode: (frame) => inner.decode(frame),
      encode: (message) => {
        const frame = inner.encode(message);
        frames.push(Buffer.from(frame).toString('hex'));
        return frame;
      },
    };
    const { router, wamp } = connected({}, { serializer });
    wamp.register(PROCEDURE, () => 1).subscribe();
    registered(router);
    router.send([Code.INVOCATION, 2 ** 53, 7, {}]);
    router.expect(Code.YIELD, { request: 2 ** 53 });
    expect(frames.at(-1)).toContain(integer);
    const topic = watch(wamp.topic(TOPIC));
    subscribed(router, 2 ** 53);
    topic.subscription.unsubscribe();
    router.expect(Code.UNSUBSCRIBE, { subscription: 2 ** 53 });
    expect(frames.at(-1)).toContain(integer);
    wamp.publish(TOPIC, [], { exclude: [2 ** 53] });
    expect(frames.at(-1)).toContain(integer);
  });
});

it('a client is one session at a time, however often it is told to connect', () => {
  const { router, wamp } = connected();
  for (let turn = 0; turn < 3; turn++) wamp.connect();
  expect(router.connections).toBe(1);
  expect(wamp).toBeInstanceOf(WampClient);
});
