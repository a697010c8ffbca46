import { describe, expect, it, jest } from '@jest/globals';
import { Code, WampClient, type PublishOptions } from 'rxwamp';
import { again, atOnce, connected, idle, reconnect, rows, settled, TOPIC, useVirtualTime, watch } from './support.js';

useVirtualTime();

describe('publish', () => {
  it('sends now, whether or not the result is watched', () => {
    const { router, wamp } = connected();
    wamp.publish(TOPIC, [1]);
    expect(router.expect(Code.PUBLISH).message).toStrictEqual([Code.PUBLISH, 1, {}, TOPIC, [1]]);
    const result = wamp.publish(TOPIC, { args: [2], kwargs: { k: 3 } });
    expect(router.expect(Code.PUBLISH).message).toStrictEqual([Code.PUBLISH, 2, {}, TOPIC, [2], { k: 3 }]);
    for (let watched = 0; watched < 2; watched++) expect(watch(result)).toMatchObject({ values: [], complete: true });
    router.expectSilence();
  });

  it('is not answered without acknowledge: its result completes', () => {
    const { router, wamp } = connected();
    expect(watch(wamp.publish(TOPIC))).toMatchObject({ values: [], complete: true });
    expect(router.expect(Code.PUBLISH).options).toStrictEqual({});
  });

  it('with acknowledge gives the publication, to whoever watches, also late', () => {
    const { router, wamp } = connected();
    const result = wamp.publish(TOPIC, [1], { acknowledge: true });
    const early = watch(result);
    const { request } = router.expect(Code.PUBLISH, { options: { acknowledge: true } });
    expect(early.complete).toBe(false);
    router.send([Code.PUBLISHED, request, 9]);
    for (const seen of [early, watch(result)])
      expect(seen).toMatchObject({ values: [{ id: 9, topic: TOPIC }], complete: true });
    router.expectSilence();
  });

  it('with acknowledge errors when the broker refuses', () => {
    const { router, wamp } = connected();
    const result = watch(wamp.publish(TOPIC, [1], { acknowledge: true }));
    router.send([Code.ERROR, Code.PUBLISH, router.expect(Code.PUBLISH).request, {}, 'wamp.error.not_authorized']);
    expect(result.error).toMatchObject({ name: 'WampError', uri: 'wamp.error.not_authorized', on: TOPIC });
  });

  it('with acknowledge errors when the connection is lost before the answer', () => {
    const { router, wamp } = connected();
    const result = watch(wamp.publish(TOPIC, [1], { acknowledge: true }));
    router.drop();
    expect(result.error).toMatchObject({ name: 'ConnectionLostError', attempted: 'PUBLISH', on: TOPIC });
  });

  it('C-16: sends every option as it is: false is not absent', () => {
    const { router, wamp } = connected();
    const options: PublishOptions = {
      acknowledge: false,
      exclude_me: false,
      exclude: [1],
      exclude_authid: ['joe'],
      exclude_authrole: ['user'],
      eligible: [9007199254740992],
      eligible_authid: ['ann'],
      eligible_authrole: ['admin'],
      disclose_me: true,
      retain: true,
      _x: 1,
      x_y: null,
    };
    wamp.publish(TOPIC, [], options);
    expect(router.expect(Code.PUBLISH).options).toStrictEqual(options);
  });

  it.each([[[]], [[0]], [['']], [[false]], [[null]], [[[]]], [[{}]]])('sends %j as it is', (args) => {
    const { router, wamp } = connected();
    wamp.publish(TOPIC, args);
    expect(router.expect(Code.PUBLISH).args).toStrictEqual(args.length === 0 ? undefined : args);
  });
});

describe('what cannot be published', () => {
  it.each<[string, string, unknown, object, object]>([
    ['an empty URI', '', [], {}, { uri: 'wamp.error.invalid_uri' }],
    ['a malformed URI', 'com..app', [], {}, { uri: 'wamp.error.invalid_uri' }],
    ['C-13: a URI of the router’s', 'wamp.session.on_join', [], {}, { uri: 'wamp.error.invalid_uri' }],
    ['a payload that is none', TOPIC, 5, {}, { uri: 'wamp.error.invalid_argument' }],
    ['a payload with other keys', TOPIC, { a: 1 }, {}, { uri: 'wamp.error.invalid_argument' }],
    ['an option of the wrong type', TOPIC, [], { exclude: 5 }, { uri: 'wamp.error.invalid_argument' }],
    [
      'an option with an element of the wrong type',
      TOPIC,
      [],
      { eligible: ['x'] },
      { uri: 'wamp.error.invalid_argument' },
    ],
    ['acknowledge: 1', TOPIC, [], { acknowledge: 1 }, { uri: 'wamp.error.invalid_argument' }],
    [
      'to nobody, which routers take for everybody',
      TOPIC,
      [],
      { eligible: [] },
      { uri: 'wamp.error.invalid_argument' },
    ],
    ['to no authid', TOPIC, [], { eligible_authid: [] }, { uri: 'wamp.error.invalid_argument' }],
    ['to no authrole', TOPIC, [], { eligible_authrole: [] }, { uri: 'wamp.error.invalid_argument' }],
    ['what cannot be encoded', TOPIC, [() => 1], {}, { name: 'SerializationError' }],
    ['what cannot be encoded, acknowledged', TOPIC, [() => 1], { acknowledge: true }, { name: 'SerializationError' }],
  ])('errors and sends nothing: %s', async (_, topic, payload, options, error) => {
    const { router, wamp, faults } = connected();
    const result = watch(wamp.publish(topic, payload as unknown[], options as PublishOptions));
    expect(result.error).toMatchObject(error);
    await settled();
    // It was listened for.
    expect(faults).toStrictEqual([]);
    wamp.publish(topic, payload as unknown[], options as PublishOptions);
    await settled();
    expect(faults).toStrictEqual([expect.objectContaining(error)]);
    router.expectSilence();
    wamp.publish(TOPIC);
    router.expect(Code.PUBLISH, { request: 1 });
  });

  it.each<[PublishOptions, string]>([
    [{ exclude: [1] }, 'subscriber_blackwhite_listing'],
    [{ exclude_authid: ['a'] }, 'subscriber_blackwhite_listing'],
    [{ exclude_authrole: ['a'] }, 'subscriber_blackwhite_listing'],
    [{ eligible: [1] }, 'subscriber_blackwhite_listing'],
    [{ eligible_authid: ['a'] }, 'subscriber_blackwhite_listing'],
    [{ eligible_authrole: ['a'] }, 'subscriber_blackwhite_listing'],
    [{ disclose_me: true }, 'publisher_identification'],
    [{ retain: true }, 'event_retention'],
  ])('C-3: %j needs %s', (options, feature) => {
    const { router, wamp } = connected({}, { welcome: { roles: { broker: {} } } });
    const { error } = watch(wamp.publish(TOPIC, [], options));
    expect(error).toMatchObject({ uri: 'wamp.error.feature_not_supported', message: expect.stringContaining(feature) });
    router.expectSilence();
  });

  it('C-3: what asks for nothing needs nothing', () => {
    const { router, wamp } = connected({}, { welcome: { roles: { broker: {} } } });
    wamp.publish(TOPIC, [], { acknowledge: true, exclude_me: false, disclose_me: false, retain: false, _x: 1 });
    router.expect(Code.PUBLISH);
  });
});

describe('faults$', () => {
  it('tells of errors that nobody listens for, once', async () => {
    const { router, wamp, faults } = connected();
    wamp.publish(TOPIC, [1], { acknowledge: true });
    router.send([Code.ERROR, Code.PUBLISH, router.expect(Code.PUBLISH).request, {}, 'wamp.error.not_authorized']);
    await settled();
    expect(faults).toMatchObject([{ name: 'WampError', uri: 'wamp.error.not_authorized', on: TOPIC }]);
  });

  it('does not tell of those that somebody does', async () => {
    const { router, wamp, faults } = connected();
    const result = watch(wamp.publish(TOPIC, [1], { acknowledge: true }));
    router.send([Code.ERROR, Code.PUBLISH, router.expect(Code.PUBLISH).request, {}, 'wamp.error.not_authorized']);
    await settled();
    expect(result.error).toBeDefined();
    expect(faults).toStrictEqual([]);
  });

  it('is not replayed', async () => {
    const { wamp } = connected();
    wamp.publish('');
    await settled();
    expect(watch(wamp.faults$).values).toStrictEqual([]);
  });
});

describe('the outbox', () => {
  it('keeps what is published without a connection, in order, and lets it out first', async () => {
    const { router, wamp, faults } = idle();
    const results = [1, 2, 3].map((n) => watch(wamp.publish(TOPIC, [n])));
    expect(wamp.outbox).toStrictEqual({ waiting: 3, dropped: 0 });
    expect(results.map(({ complete }) => complete)).toStrictEqual([false, false, false]);
    router.welcome();
    wamp.publish(TOPIC, [4]);
    for (const n of [1, 2, 3, 4]) router.expect(Code.PUBLISH, { request: n, args: [n] });
    expect(results.map(({ complete }) => complete)).toStrictEqual([true, true, true]);
    expect(wamp.outbox).toStrictEqual({ waiting: 0, dropped: 0 });
    await settled();
    expect(faults).toStrictEqual([]);
  });

  it('keeps acknowledged ones, too', () => {
    const { router, wamp } = idle();
    const result = watch(wamp.publish(TOPIC, [1], { acknowledge: true }));
    router.welcome();
    const { request } = router.expect(Code.PUBLISH);
    expect(result.complete).toBe(false);
    router.send([Code.PUBLISHED, request, 9]);
    expect(result).toMatchObject({ values: [{ id: 9 }], complete: true });
  });

  it('looks at the router’s features when there is one', () => {
    const { router, wamp } = idle();
    const results = [watch(wamp.publish(TOPIC, [1], { retain: true })), watch(wamp.publish(TOPIC, [2]))];
    router.welcome({ roles: { broker: {} } });
    expect(results[0]?.error).toMatchObject({ uri: 'wamp.error.feature_not_supported' });
    router.expect(Code.PUBLISH, { request: 1, args: [2] });
  });

  it.each([
    ['drop-oldest', [2, 3], 0],
    ['drop-newest', [1, 2], 2],
    ['error', [1, 2], 2],
  ] as const)('full, with overflow %s: goes on with %j', async (overflow, kept, victim) => {
    const { router, wamp, faults } = idle({ outbox: { capacity: 2, overflow } });
    const results = [1, 2, 3].map((n) => watch(wamp.publish(TOPIC, [n])));
    expect(wamp.outbox).toStrictEqual({ waiting: 2, dropped: 1 });
    expect(results.map(({ error }) => error !== undefined)).toStrictEqual([0, 1, 2].map((at) => at === victim));
    expect(results[victim]?.error).toMatchObject({ name: 'OverflowError', limit: 2, attempted: 'PUBLISH', on: TOPIC });
    router.welcome();
    for (const n of kept) router.expect(Code.PUBLISH, { args: [n] });
    router.expectSilence();
    await settled();
    expect(faults).toStrictEqual([]);
  });

  it('tells of what it dropped and nobody watched', async () => {
    const { wamp, faults } = idle({ outbox: { capacity: 1 } });
    for (const n of [1, 2, 3]) wamp.publish(TOPIC, [n]);
    await settled();
    expect(faults).toMatchObject([{ name: 'OverflowError' }, { name: 'OverflowError' }]);
    expect(wamp.outbox).toStrictEqual({ waiting: 1, dropped: 2 });
  });

  it('of capacity 0 keeps nothing, but the client connects', () => {
    for (const overflow of ['drop-oldest', 'drop-newest', 'error'] as const) {
      const { router, wamp } = idle({ outbox: { capacity: 0, overflow } });
      expect(watch(wamp.publish(TOPIC, [1])).error).toMatchObject({ name: 'OverflowError', limit: 0 });
      expect(wamp.outbox).toStrictEqual({ waiting: 0, dropped: 1 });
      router.welcome();
      router.expectSilence();
      wamp.publish(TOPIC, [2]);
      router.expect(Code.PUBLISH, { args: [2] });
    }
  });

  it('drops what waited too long, each at its time', () => {
    const { router, wamp } = idle({ outbox: { ttlMs: 1_000 }, handshakeTimeoutMs: 60_000 });
    const first = watch(wamp.publish(TOPIC, [1]));
    jest.advanceTimersByTime(600);
    const second = watch(wamp.publish(TOPIC, [2]));
    jest.advanceTimersByTime(399);
    expect(first.error).toBeUndefined();
    jest.advanceTimersByTime(1);
    expect(first.error).toMatchObject({ name: 'TimeoutError', timeoutMs: 1_000, attempted: 'PUBLISH', on: TOPIC });
    expect(wamp.outbox).toStrictEqual({ waiting: 1, dropped: 1 });
    jest.advanceTimersByTime(600);
    expect(second.error).toMatchObject({ name: 'TimeoutError' });
    router.welcome();
    router.expectSilence();
    wamp.publish(TOPIC, [3]);
    router.expect(Code.PUBLISH, { args: [3] });
  });

  it('drops together what waited too long together', () => {
    const { wamp } = idle({ outbox: { ttlMs: 1_000 } });
    const results = [1, 2, 3].map((n) => watch(wamp.publish(TOPIC, [n])));
    jest.advanceTimersByTime(1_003);
    expect(results.map(({ error }) => error !== undefined)).toStrictEqual([true, true, true]);
  });

  it('whose oldest was pushed out watches the next', () => {
    const { wamp } = idle({ outbox: { ttlMs: 1_000, capacity: 1 }, handshakeTimeoutMs: 60_000 });
    wamp.publish(TOPIC, [1]);
    jest.advanceTimersByTime(500);
    const second = watch(wamp.publish(TOPIC, [2]));
    jest.advanceTimersByTime(999);
    expect(second.error).toBeUndefined();
    jest.advanceTimersByTime(1);
    expect(second.error).toMatchObject({ name: 'TimeoutError' });
    expect(wamp.outbox).toStrictEqual({ waiting: 0, dropped: 2 });
  });

  it('with a time longer than a timer can wait keeps it', () => {
    const { router, wamp } = idle({ outbox: { ttlMs: 2 ** 32 }, handshakeTimeoutMs: Infinity });
    wamp.publish(TOPIC, [1]);
    jest.advanceTimersByTime(2 ** 31);
    expect(wamp.outbox).toStrictEqual({ waiting: 1, dropped: 0 });
    jest.advanceTimersByTime(2 ** 31);
    expect(wamp.outbox).toStrictEqual({ waiting: 0, dropped: 1 });
    expect(router.connections).toBeGreaterThan(0);
  });

  it('fills again after each loss, and what was sent is not sent again', () => {
    const { router, wamp } = connected();
    wamp.publish(TOPIC, ['sent']);
    router.expect(Code.PUBLISH);
    for (const n of [1, 2]) {
      router.drop();
      wamp.publish(TOPIC, [n]);
      again();
      router.welcome();
      router.expect(Code.PUBLISH, { args: [n] });
      router.expectSilence();
    }
  });

  it('errors what waits when the client is closed', async () => {
    const { router, wamp } = idle();
    const result = watch(wamp.publish(TOPIC, [1]));
    await wamp.close();
    expect(result.error).toMatchObject({ name: 'ClientClosedError', attempted: 'PUBLISH', on: TOPIC });
    expect(wamp.outbox).toStrictEqual({ waiting: 0, dropped: 0 });
    expect(router.isConnected).toBe(false);
  });

  it('that is being emptied stops with the session', async () => {
    const { router, wamp } = idle();
    wamp.publish(TOPIC, [1]).subscribe({ complete: () => void wamp.close() });
    const second = watch(wamp.publish(TOPIC, [2]));
    router.welcome();
    router.expect(Code.PUBLISH, { args: [1] });
    router.expect(Code.GOODBYE);
    router.expectSilence();
    expect(second.error).toBeUndefined();
    router.send([Code.GOODBYE, {}, 'wamp.close.goodbye_and_out']);
    expect(second.error).toMatchObject({ name: 'ClientClosedError' });
  });

  it('lets nothing overtake: what is published in reaction to the first comes after the last', () => {
    const { router, wamp } = idle();
    wamp.publish(TOPIC, [1]).subscribe({ complete: () => void wamp.publish(TOPIC, [3]) });
    wamp.publish(TOPIC, [2]);
    router.welcome();
    for (const n of [1, 2, 3]) router.expect(Code.PUBLISH, { request: n, args: [n] });
    expect(wamp.outbox).toStrictEqual({ waiting: 0, dropped: 0 });
  });

  it('with a router that answers at once does not go through the outbox twice', () => {
    const published: unknown[] = [];
    const wamp = new WampClient({
      realm: 'realm1',
      transport: atOnce((message) => {
        if (message[0] === Code.PUBLISH) published.push(message[4]?.[0]);
        return [];
      }),
    });
    for (const n of [1, 2, 3]) wamp.publish(TOPIC, [n]);
    expect(published).toStrictEqual([1, 2, 3]);
    expect(wamp.outbox).toStrictEqual({ waiting: 0, dropped: 0 });
  });

  it.each(rows([Code.GOODBYE, {}, 'wamp.close.system_shutdown']))('begins when the router leaves: %s', (_, message) => {
    const { router, wamp } = connected();
    router.send(message);
    wamp.publish(TOPIC, [1]);
    expect(wamp.outbox.waiting).toBe(1);
    again();
    router.welcome();
    router.expect(Code.PUBLISH);
  });

  it('lets out what waited after what was subscribed', () => {
    const { router, wamp } = connected();
    wamp.topic(TOPIC).subscribe();
    router.expect(Code.SUBSCRIBE);
    router.drop();
    wamp.publish(TOPIC, [1], { exclude_me: false });
    again();
    router.welcome();
    router.expect(Code.SUBSCRIBE);
    router.expect(Code.PUBLISH);
    reconnect(router);
  });
});
