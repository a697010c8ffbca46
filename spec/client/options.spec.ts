import { describe, expect, it, jest } from '@jest/globals';
import { json, WampClient, type WampClientOptions } from 'rxwamp';
import { NEVER } from 'rxjs';
import { idle, PROCEDURE, TOPIC, useVirtualTime, watch } from './support.js';

useVirtualTime();

const base = { transport: NEVER, realm: 'realm1' };
/** What a program in JavaScript may hand over. */
const make = (options: object): WampClient => new WampClient(options as WampClientOptions);

describe('new WampClient', () => {
  it.each<[string, object]>([
    ['neither url nor transport', { realm: 'realm1' }],
    ['both url and transport', { ...base, url: 'ws://127.0.0.1' }],
    ['an empty list of urls', { realm: 'realm1', url: [] }],
    ['a malformed url', { realm: 'realm1', url: 'nonsense://x' }],
    ['a malformed url among others', { realm: 'realm1', url: ['ws://127.0.0.1', 'nonsense://x'] }],
    ['no serializers', { realm: 'realm1', url: 'ws://127.0.0.1', serializers: [] }],
    ['a serializer twice', { realm: 'realm1', url: 'ws://127.0.0.1', serializers: [json(), json()] }],
    ['serializers with a transport', { ...base, serializers: [json()] }],
    ['maxMessageBytes with a transport', { ...base, maxMessageBytes: 5 }],
    ['no realm', { transport: NEVER }],
    ['a realm that is no text', { transport: NEVER, realm: 5 }],
    ['an empty realm', { transport: NEVER, realm: '' }],
    ['a malformed realm', { transport: NEVER, realm: 'my realm' }],
    ...['handshakeTimeoutMs', 'closeTimeoutMs', 'lingerMs'].flatMap((name) =>
      [NaN, -1, '5'].map((value): [string, object] => [`${name}: ${String(value)}`, { ...base, [name]: value }]),
    ),
    ['handshakeTimeoutMs: 0', { ...base, handshakeTimeoutMs: 0 }],
    ...['initialDelayMs', 'maxDelayMs', 'maxAttempts', 'stableAfterMs'].flatMap((name) =>
      [NaN, -1, '5', null].map((value): [string, object] => [
        `retry.${name}: ${String(value)}`,
        { ...base, retry: { [name]: value } },
      ]),
    ),
    ...['intervalMs', 'timeoutMs'].flatMap((name) =>
      [NaN, 0, -1, '5'].map((value): [string, object] => [
        `heartbeat.${name}: ${String(value)}`,
        { ...base, heartbeat: { [name]: value } },
      ]),
    ),
    ...[NaN, -1, 0.5, Infinity, '5'].map((capacity): [string, object] => [
      `outbox.capacity: ${String(capacity)}`,
      { ...base, outbox: { capacity } },
    ]),
    ['outbox.ttlMs: NaN', { ...base, outbox: { ttlMs: NaN } }],
    ['outbox.ttlMs: -1', { ...base, outbox: { ttlMs: -1 } }],
    ['outbox.overflow: drop-all', { ...base, outbox: { overflow: 'drop-all' } }],
  ])('refuses %s', (what, options) => {
    expect(() => make(options)).toThrow(expect.objectContaining({ name: 'UsageError' }));
    const [name] = /^[\w.]+(?=:)/.exec(what) ?? [];
    if (name !== undefined && !what.endsWith('null')) expect(() => make(options)).toThrow(name);
  });

  it.each<[string, object]>([
    [
      'undefined everywhere',
      {
        handshakeTimeoutMs: undefined,
        closeTimeoutMs: undefined,
        lingerMs: undefined,
        auth: undefined,
        traceback: undefined,
        contract: undefined,
        retry: undefined,
        heartbeat: undefined,
        outbox: undefined,
      },
    ],
    [
      'undefined inside',
      {
        retry: { maxAttempts: undefined },
        heartbeat: { intervalMs: undefined },
        outbox: { capacity: undefined, overflow: undefined, ttlMs: undefined },
      },
    ],
    [
      'Infinity where time has no bound',
      {
        handshakeTimeoutMs: Infinity,
        closeTimeoutMs: Infinity,
        lingerMs: Infinity,
        heartbeat: { intervalMs: Infinity, timeoutMs: Infinity },
        outbox: { ttlMs: Infinity },
        retry: { maxDelayMs: Infinity, maxAttempts: Infinity, stableAfterMs: Infinity },
      },
    ],
    ['false for what can be switched off', { retry: false, heartbeat: false }],
    [
      'zero where it makes sense',
      {
        lingerMs: 0,
        closeTimeoutMs: 0,
        outbox: { capacity: 0, ttlMs: 0 },
        retry: { initialDelayMs: 0, maxDelayMs: 0, maxAttempts: 0, stableAfterMs: 0 },
      },
    ],
  ])('takes %s', (_, options) => {
    expect(() => make({ ...base, ...options })).not.toThrow();
  });
});

describe('defaults', () => {
  it('hold for what is given as undefined', () => {
    const options: object = { outbox: { capacity: undefined, ttlMs: undefined }, heartbeat: { intervalMs: undefined } };
    const { router, wamp } = idle(options, { ping: 'absent' });
    router.hold();
    for (let one = 0; one < 1_001; one++) wamp.publish(TOPIC, [one]);
    expect(wamp.outbox).toStrictEqual({ waiting: 1_000, dropped: 1 });
    router.admit();
    router.welcome();
    for (let one = 0; one < 1_000; one++) router.expect(16);
    jest.advanceTimersByTime(29_999);
    router.expectSilence();
    jest.advanceTimersByTime(1);
    router.expect(48);
  });

  it('heartbeat: after 30 s of silence, 10 s for the answer', () => {
    const { router, wamp } = idle({}, { ping: 'ignored' });
    wamp.connect();
    router.welcome();
    jest.advanceTimersByTime(39_999);
    expect(wamp.state.status).toBe('connected');
    jest.advanceTimersByTime(1);
    expect(wamp.state).toMatchObject({ status: 'waiting', cause: { attempted: 'heartbeat' } });
  });

  it('heartbeat: false does not ask', () => {
    const { router, wamp } = idle({ heartbeat: false }, { ping: 'absent' });
    wamp.connect();
    router.welcome();
    jest.advanceTimersByTime(10_000_000);
    router.expectSilence();
    expect(wamp.state.status).toBe('connected');
  });

  it('handshake: 10 s', () => {
    const { router, wamp } = idle();
    wamp.connect();
    jest.advanceTimersByTime(9_999);
    expect(wamp.state.status).toBe('connecting');
    jest.advanceTimersByTime(1);
    expect(wamp.state.status).toBe('waiting');
    expect(router.connections).toBe(1);
  });

  it('handshakeTimeoutMs: Infinity is not at once', () => {
    const { router, wamp } = idle({ handshakeTimeoutMs: Infinity });
    watch(wamp.topic(TOPIC));
    jest.advanceTimersByTime(1_000_000);
    router.welcome();
    jest.advanceTimersByTime(20_000);
    expect(wamp.state.status).toBe('connecting');
  });

  it('close: 2 s', () => {
    const { router, wamp } = idle({}, {});
    wamp.connect();
    router.welcome();
    void wamp.close();
    jest.advanceTimersByTime(1_999);
    expect(wamp.state.status).toBe('connected');
    jest.advanceTimersByTime(1);
    expect(wamp.state.status).toBe('closed');
  });

  it('traceback: a stack trace is sent only when asked for', () => {
    for (const traceback of [undefined, true]) {
      const { router, wamp } = idle({ ...(traceback && { traceback }) });
      wamp
        .register(PROCEDURE, () => {
          throw new Error('boom');
        })
        .subscribe();
      router.welcome();
      router.send([65, router.expect(64).request, 7]);
      router.send([68, 1, 7, {}]);
      expect(router.expect(8).kwargs === undefined).toBe(traceback === undefined);
    }
  });
});
