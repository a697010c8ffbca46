import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Code, ConnectionRefusedError, SerializationError, ticket, type Authenticator } from 'rxwamp';
import {
  again,
  chance,
  connected,
  idle,
  PROCEDURE,
  reconnect,
  settled,
  TOPIC,
  useVirtualTime,
  watch,
} from './support.js';

useVirtualTime();

const refused = (): ConnectionRefusedError => new ConnectionRefusedError('nobody is there', { attempted: 'connect' });

describe('the delay', () => {
  const delays = (part: number, count: number, retry = {}): number[] => {
    chance(part);
    const { router, wamp, states } = idle({ retry });
    router.refuse(refused());
    wamp.connect();
    for (let attempt = 1; attempt < count; attempt++) {
      const state = wamp.state;
      jest.advanceTimersByTime(state.status === 'waiting' ? Math.max(1, state.delayMs) : NaN);
    }
    void wamp.close();
    return states.flatMap((state) => (state.status === 'waiting' ? [state.delayMs] : []));
  };

  it('doubles up to its bound, 500 ms to 30 s by default', () => {
    expect(delays(1, 9)).toStrictEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('is anything from 0 to the bound: full jitter', () => {
    expect(delays(0.5, 3)).toStrictEqual([250, 500, 1_000]);
    expect(new Set(delays(0, 3))).toStrictEqual(new Set([0]));
  });

  it('is as the options say', () => {
    expect(delays(1, 5, { initialDelayMs: 10, maxDelayMs: 35 })).toStrictEqual([10, 20, 35, 35, 35]);
    // What is undefined is not given.
    expect(delays(1, 2, { initialDelayMs: undefined })).toStrictEqual([500, 1_000]);
  });

  it('starts over after a connection that stood for stableAfterMs, and not before', () => {
    chance(1);
    const { router, states } = connected({ retry: { stableAfterMs: 5_000 } });
    router.drop();
    jest.advanceTimersByTime(500);
    router.welcome();
    jest.advanceTimersByTime(4_999);
    router.drop();
    expect(states.at(-1)).toMatchObject({ attempt: 2, delayMs: 1_000 });
    jest.advanceTimersByTime(1_000);
    expect(states.at(-1)).toStrictEqual({ status: 'connecting', attempt: 3 });
    router.welcome();
    jest.advanceTimersByTime(5_000);
    router.drop();
    expect(states.at(-1)).toMatchObject({ attempt: 1, delayMs: 500 });
  });
});

describe('giving up', () => {
  it('does not happen by default', () => {
    const { router, wamp } = idle();
    router.refuse(refused());
    wamp.connect();
    for (let attempt = 0; attempt < 100; attempt++) again();
    expect(router.attempts).toBeGreaterThan(100);
    expect(wamp.state.status).toBe('waiting');
  });

  it('happens after maxAttempts failures in a row, with the last error', () => {
    const { router, wamp, states } = idle({ retry: { maxAttempts: 3 } });
    router.refuse(refused());
    const topic = watch(wamp.topic(TOPIC));
    for (let attempt = 0; attempt < 10; attempt++) again();
    expect(router.attempts).toBe(3);
    expect(states.at(-1)).toMatchObject({ status: 'closed', cause: { message: 'connect: nobody is there' } });
    expect(topic.error).toMatchObject({ message: 'connect: nobody is there' });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('happens at the first failure with retry: false', () => {
    const { router, wamp, states } = idle({ retry: false });
    router.refuse(refused());
    const call = watch(wamp.call(PROCEDURE));
    expect(states.at(-1)).toMatchObject({ status: 'closed', cause: { name: 'ConnectionRefusedError' } });
    expect(call.error).toMatchObject({ name: 'ClientClosedError', cause: { name: 'ConnectionRefusedError' } });
    expect(router.attempts).toBe(1);
  });

  it('happens at the first loss with retry: false', () => {
    const { router, wamp, states } = connected({ retry: false });
    const topic = watch(wamp.topic(TOPIC));
    const registration = watch(wamp.register(PROCEDURE, () => 1));
    const call = watch(wamp.call(PROCEDURE));
    router.drop();
    expect(states.at(-1)).toMatchObject({ status: 'closed', cause: { name: 'ConnectionLostError' } });
    for (const stream of [topic, registration, call])
      expect(stream.error).toMatchObject({ name: 'ConnectionLostError' });
    expect(watch(wamp.topic(TOPIC)).error).toMatchObject({
      name: 'ClientClosedError',
      cause: { name: 'ConnectionLostError' },
    });
  });
});

describe('what a retry cannot mend ends it at once, with that error', () => {
  it.each([
    'wamp.error.no_such_realm',
    'wamp.error.no_such_role',
    'wamp.error.no_such_principal',
    'wamp.error.not_authorized',
    'wamp.error.authentication_failed',
    'wamp.error.authentication_denied',
    'wamp.error.authentication_required',
    'wamp.error.no_matching_auth_method',
    'wamp.error.no_auth_method',
    'wamp.error.authorization_failed',
    'wamp.error.invalid_uri',
  ])('ABORT %s', (reason) => {
    const { router, wamp, states, statuses } = idle();
    const [topic, call] = [watch(wamp.topic(TOPIC)), watch(wamp.call(PROCEDURE))];
    router.expect(Code.HELLO);
    router.send([Code.ABORT, {}, reason]);
    expect(statuses()).toStrictEqual(['idle', 'connecting', 'closed']);
    expect(states.at(-1)).toMatchObject({ cause: { name: 'ConnectionRefusedError', reason, fatal: true } });
    expect(topic.error).toMatchObject({ name: 'ConnectionRefusedError', reason });
    expect(call.error).toMatchObject({ name: 'ClientClosedError', cause: { reason } });
    again();
    expect(router.attempts).toBe(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('a HELLO that cannot be encoded', () => {
    const { wamp, states } = idle({ auth: [{ method: 'x', begin: () => [{ authextra: { f: () => 1 } }] }] });
    wamp.connect();
    expect(states.at(-1)).toMatchObject({ status: 'closed', cause: { name: 'SerializationError' } });
  });

  it('a transport that says so', () => {
    const { router, wamp, states } = idle();
    router.refuse(new ConnectionRefusedError('no common format', { attempted: 'connect', fatal: true }));
    wamp.connect();
    expect(states.at(-1)).toMatchObject({ status: 'closed', cause: { fatal: true } });
    expect(watch(wamp.state$)).toMatchObject({ values: [{ status: 'closed' }], complete: true });
  });

  it('also when it comes after a good session', () => {
    const { router, wamp } = connected();
    const topic = watch(wamp.topic(TOPIC));
    router.drop();
    again();
    router.expect(Code.HELLO);
    router.send([Code.ABORT, {}, 'wamp.error.no_such_realm']);
    expect(topic.error).toMatchObject({ reason: 'wamp.error.no_such_realm' });
  });
});

describe('ABORT for another reason is tried again', () => {
  it.each(['wamp.close.system_shutdown', 'wamp.error.protocol_violation', 'com.app.later', 'wamp.error.timeout'])(
    '%s',
    (reason) => {
      const { router, wamp } = idle();
      wamp.connect();
      router.expect(Code.HELLO);
      router.send([Code.ABORT, {}, reason]);
      again();
      router.welcome();
      expect(wamp.state.status).toBe('connected');
    },
  );
});

describe('credentials', () => {
  const renewable = (get: () => string): Authenticator => ({
    method: 'ticket',
    renewable: true,
    begin: () => [{ answer: () => [{ signature: get() }] }],
  });

  it('are asked for afresh at every attempt', async () => {
    const get = jest.fn<() => Promise<string>>();
    for (const token of ['first', 'second']) get.mockResolvedValueOnce(token);
    const { router, wamp } = idle({ auth: [ticket({ authid: 'joe', ticket: get })] });
    wamp.connect();
    for (const token of ['first', 'second']) {
      router.expect(Code.HELLO);
      router.send([Code.CHALLENGE, 'ticket', {}]);
      await settled();
      router.expect(Code.AUTHENTICATE, { signature: token });
      router.send([Code.WELCOME, 1, {}]);
      expect(wamp.state.status).toBe('connected');
      router.drop();
      again();
    }
    expect(get).toHaveBeenCalledTimes(2);
  });

  const refuseOnce = (router: ReturnType<typeof idle>['router'], reason = 'wamp.error.authentication_failed'): void => {
    router.expect(Code.HELLO);
    router.send([Code.CHALLENGE, 'ticket', {}]);
    router.expect(Code.AUTHENTICATE);
    router.send([Code.ABORT, {}, reason]);
  };

  it('that may be others next time are given one more chance, and no third', () => {
    const { router, wamp, statuses, states } = idle({ auth: [renewable(() => 't')] });
    wamp.connect();
    refuseOnce(router);
    expect(statuses().at(-1)).toBe('waiting');
    again();
    refuseOnce(router);
    expect(states.at(-1)).toMatchObject({ status: 'closed', cause: { reason: 'wamp.error.authentication_failed' } });
  });

  it('… and a chance again after a session that stood', () => {
    const { router, wamp } = idle({ auth: [renewable(() => 't')], retry: { stableAfterMs: 1_000 } });
    wamp.connect();
    refuseOnce(router);
    again();
    router.welcome();
    jest.advanceTimersByTime(1_000);
    router.drop();
    again();
    refuseOnce(router);
    expect(wamp.state.status).toBe('waiting');
  });

  it('… but not where it is the realm that is refused', () => {
    const { router, wamp } = idle({ auth: [renewable(() => 't')] });
    wamp.connect();
    refuseOnce(router, 'wamp.error.no_such_realm');
    expect(wamp.state.status).toBe('closed');
  });

  it('that cannot be had now may be had later', () => {
    const tokens: string[] = [];
    const get = (): string => {
      const [token] = tokens;
      if (token === undefined) throw new Error('offline');
      return token;
    };
    const { router, wamp, states } = idle({ auth: [renewable(get)] });
    wamp.connect();
    router.expect(Code.HELLO);
    router.send([Code.CHALLENGE, 'ticket', {}]);
    expect(states.at(-1)).toMatchObject({
      status: 'waiting',
      cause: { name: 'ConnectionRefusedError', cause: { message: 'offline' } },
    });
    tokens.push('fresh');
    again();
    router.expect(Code.HELLO);
    router.send([Code.CHALLENGE, 'ticket', {}]);
    router.expect(Code.AUTHENTICATE, { signature: 'fresh' });
  });

  it('with which the client’s own arithmetic fails end it', () => {
    const { router, wamp } = idle({ auth: [ticket({ authid: 'joe', ticket: 'x' })] }, { info: { secure: false } });
    wamp.connect();
    router.expectSilence();
    expect(wamp.state).toMatchObject({ status: 'closed', cause: { name: 'AuthenticationError' } });
  });
});

describe('what the browser says of the network', () => {
  const target = new EventTarget();
  const globals = { navigator: {}, onoffline: null, addEventListener: undefined, removeEventListener: undefined };
  type Global = keyof typeof globals;
  const before = new Map<Global, PropertyDescriptor | undefined>();
  const names = Object.keys(globals) as Global[];

  beforeEach(() => {
    for (const name of names) {
      before.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
      const value: unknown = name.endsWith('Listener')
        ? target[name as 'addEventListener'].bind(target)
        : globals[name];
      Object.defineProperty(globalThis, name, { value, configurable: true });
    }
  });
  afterEach(() => {
    for (const [name, descriptor] of before) {
      if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, descriptor);
    }
  });

  it('online ends the wait', () => {
    chance(1);
    const { router, wamp } = idle({ retry: { initialDelayMs: 60_000, maxDelayMs: 60_000 } });
    router.refuse(refused());
    wamp.connect();
    jest.advanceTimersByTime(1_000);
    router.admit();
    target.dispatchEvent(new Event('online'));
    router.welcome();
    expect(wamp.state.status).toBe('connected');
    // It only hurries what would come anyway.
    target.dispatchEvent(new Event('online'));
    expect(router.attempts).toBe(2);
  });

  it('a page that is seen again ends the wait, and asks for a sign of life', () => {
    const page = Object.assign(new EventTarget(), { visibilityState: 'hidden' });
    Object.defineProperty(globalThis, 'document', { value: page, configurable: true });
    try {
      chance(1);
      const { router, wamp } = idle({ retry: { initialDelayMs: 60_000, maxDelayMs: 60_000 } }, { ping: 'absent' });
      router.refuse(refused());
      wamp.connect();
      router.admit();
      page.dispatchEvent(new Event('visibilitychange'));
      expect(router.attempts).toBe(1);
      page.visibilityState = 'visible';
      page.dispatchEvent(new Event('visibilitychange'));
      router.welcome();
      page.dispatchEvent(new Event('resume'));
      router.expect(Code.CALL);
      target.dispatchEvent(new Event('online'));
      router.expectSilence();
    } finally {
      Reflect.deleteProperty(globalThis, 'document');
    }
  });

  it('offline asks the router for a sign of life at once, and does not close anything', () => {
    const { router, wamp } = connected({}, { ping: 'absent' });
    target.dispatchEvent(new Event('offline'));
    const { request } = router.expect(Code.CALL);
    router.send([Code.ERROR, Code.CALL, request, {}, 'wamp.error.no_such_procedure']);
    jest.advanceTimersByTime(10_000);
    expect(wamp.state.status).toBe('connected');
  });

  it('offline with a dead connection: it is given up in the heartbeat’s time-out', () => {
    const { router, wamp } = connected({ heartbeat: { timeoutMs: 3_000 } });
    router.stall();
    target.dispatchEvent(new Event('offline'));
    jest.advanceTimersByTime(3_000);
    expect(wamp.state).toMatchObject({ status: 'waiting', cause: { attempted: 'heartbeat' } });
  });

  it('is listened to only while it matters', async () => {
    const listening = jest.spyOn(target, 'addEventListener');
    const left = jest.spyOn(target, 'removeEventListener');
    const { router, wamp } = connected();
    reconnect(router);
    void wamp.close();
    router.expect(Code.GOODBYE);
    router.send([Code.GOODBYE, {}, 'wamp.close.goodbye_and_out']);
    expect(wamp.state.status).toBe('closed');
    expect(left.mock.calls.length).toBe(listening.mock.calls.length);
  });
});

it('an error that is none of ours is told as one, with its cause', () => {
  const cause = new SerializationError('x', { attempted: 'decode' });
  const { router, wamp } = idle();
  router.refuse(cause);
  wamp.connect();
  expect(wamp.state).toMatchObject({ status: 'closed', cause });
});

describe('a refusal of the transport that is fatal', () => {
  const badRequest = (): ConnectionRefusedError =>
    new ConnectionRefusedError('answered HTTP 400', { attempted: 'connect', fatal: true });

  it('ends a client that never had a session', () => {
    const { router, wamp } = idle();
    router.refuse(badRequest());
    wamp.connect();
    expect(wamp.state).toMatchObject({ status: 'closed', cause: { fatal: true } });
  });

  it('is tried once more where there has been a session: twice in a row ends it', () => {
    chance(1);
    const { router, wamp } = connected();
    router.refuse(badRequest());
    router.drop();
    jest.advanceTimersByTime(500);
    expect(wamp.state).toMatchObject({ status: 'waiting', cause: { fatal: true } });
    jest.advanceTimersByTime(1_000);
    expect(wamp.state).toMatchObject({ status: 'closed', cause: { fatal: true } });
  });

  it('is forgotten when the next attempt works', () => {
    chance(1);
    const { router, wamp } = connected();
    for (let turn = 0; turn < 2; turn++) {
      router.refuse(badRequest());
      router.drop();
      jest.advanceTimersByTime(500);
      router.admit();
      jest.advanceTimersByTime(1_000);
      router.welcome();
      jest.advanceTimersByTime(20_000);
    }
    expect(wamp.state.status).toBe('connected');
  });
});
