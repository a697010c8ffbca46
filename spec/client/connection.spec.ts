import { describe, expect, it, jest } from '@jest/globals';
import { catchError, defer, EMPTY, NEVER, of, throwError } from 'rxjs';
import { Code, ConnectionRefusedError, memoryTransport, WampClient } from 'rxwamp';
import { fakeRouter } from 'rxwamp/testing';
import {
  again,
  atOnce,
  chance,
  connected,
  idle,
  PROCEDURE,
  reconnect,
  registered,
  subscribed,
  TOPIC,
  useVirtualTime,
  valuesOf,
  watch,
} from './support.js';

useVirtualTime();

describe('connecting', () => {
  it('does not begin before the client is used', () => {
    const { router, wamp, statuses } = idle();
    wamp.topic(TOPIC);
    wamp.call(PROCEDURE);
    wamp.register(PROCEDURE, () => 1);
    wamp.subject(TOPIC);
    expect(router.attempts).toBe(0);
    expect(statuses()).toStrictEqual(['idle']);
    expect(wamp.state).toStrictEqual({ status: 'idle' });
  });

  it.each<[string, (wamp: WampClient) => void]>([
    ['connect()', (wamp) => wamp.connect()],
    ['a topic', (wamp) => wamp.topic(TOPIC).subscribe()],
    ['a call', (wamp) => wamp.call(PROCEDURE).subscribe()],
    ['a registration', (wamp) => wamp.register(PROCEDURE, () => 1).subscribe()],
    ['a publication', (wamp) => void wamp.publish(TOPIC)],
  ])('begins on first use, once: %s', (_, use) => {
    const { router, wamp } = idle();
    use(wamp);
    use(wamp);
    expect(router.attempts).toBe(1);
    router.welcome();
    use(wamp);
    wamp.connect();
    expect(router.attempts).toBe(1);
    expect(router.connections).toBe(1);
  });

  it('goes idle → connecting → connected', () => {
    const { router, wamp, states } = idle();
    wamp.connect();
    expect(states).toStrictEqual([{ status: 'idle' }, { status: 'connecting', attempt: 1 }]);
    const { session } = router.welcome({ authid: 'joe' });
    expect(states.at(-1)).toMatchObject({
      status: 'connected',
      session: { id: session, authid: 'joe', realm: 'realm1' },
    });
    expect(wamp.state).toBe(states.at(-1));
  });

  it('goes through authenticating when the router asks for proof', () => {
    const { router, wamp, states, statuses } = idle({
      auth: [{ method: 'x', begin: () => [{ answer: () => [{ signature: 's' }] }] }],
    });
    wamp.connect();
    router.expect(Code.HELLO, { details: { authmethods: ['x'] } });
    router.send([Code.CHALLENGE, 'x', {}]);
    router.send([Code.WELCOME, 1, {}]);
    expect(statuses()).toStrictEqual(['idle', 'connecting', 'authenticating', 'connected']);
    expect(states[2]).toStrictEqual({ status: 'authenticating', attempt: 1 });
  });

  it('replays the present state to who comes late, and the session while there is one', () => {
    const { router, wamp } = connected();
    expect(watch(wamp.state$).values).toMatchObject([{ status: 'connected' }]);
    expect(watch(wamp.session$).values).toMatchObject([{ id: 1_001 }]);
    router.drop();
    expect(watch(wamp.state$).values).toMatchObject([{ status: 'waiting' }]);
    expect(watch(wamp.session$).values).toStrictEqual([]);
  });

  it('gives each session once, also when it is looked at from the start', () => {
    const { router, wamp } = connected();
    const sessions = watch(wamp.session$);
    reconnect(router);
    expect(sessions.values.map(({ id }) => id)).toStrictEqual([1_001, 1_002]);
  });

  it('is bounded, when the transport does not open', () => {
    chance(0.5);
    const { router, wamp, states } = idle({ handshakeTimeoutMs: 5_000 });
    router.hold();
    wamp.connect();
    jest.advanceTimersByTime(5_000);
    expect(states.at(-1)).toMatchObject({ status: 'waiting', cause: { name: 'TimeoutError', attempted: 'connect' } });
    router.admit();
    jest.advanceTimersByTime(250);
    router.welcome();
    expect(wamp.state.status).toBe('connected');
  });

  it('is bounded, when WELCOME does not come', () => {
    const { router, wamp, states } = idle({ handshakeTimeoutMs: 5_000 });
    wamp.connect();
    router.expect(Code.HELLO);
    jest.advanceTimersByTime(5_000);
    expect(states.at(-1)).toMatchObject({ status: 'waiting', cause: { name: 'TimeoutError', attempted: 'HELLO' } });
    router.expectClosed('terminated');
  });

  it('takes a transport or a function that makes one for every attempt', () => {
    const routers = [fakeRouter(), fakeRouter()];
    let attempt = 0;
    const { wamp, states } = idle({ transport: () => routers[attempt++]?.transport ?? NEVER });
    wamp.connect();
    routers[0]?.welcome();
    routers[0]?.drop();
    again();
    routers[1]?.welcome();
    expect(states.at(-1)?.status).toBe('connected');
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['fails', () => throwError(() => new Error('no'))],
    ['ends', () => EMPTY],
  ])('counts a transport that %s as an attempt that was refused', (_, transport) => {
    const { wamp, states } = idle({ transport });
    wamp.connect();
    expect(states.at(-1)).toMatchObject({ status: 'waiting', attempt: 1, cause: { name: 'ConnectionRefusedError' } });
  });

  it('does not end with a transport that ends once the link is up: the link says how it is', () => {
    const router = fakeRouter();
    const { wamp, states } = idle({
      transport: defer(() => {
        const links = watch(router.transport).values;
        return of(...links);
      }),
    });
    wamp.connect();
    router.welcome();
    expect(states.at(-1)?.status).toBe('connected');
  });
});

describe('what was live is made again before `connected` is told', () => {
  it('topics and registrations, and what waited goes out after them', () => {
    const { router, wamp, statuses } = idle();
    const order: string[] = [];
    wamp.state$.subscribe(({ status }) => order.push(status));
    wamp.publish(TOPIC, ['waited']);
    const call = watch(wamp.call(PROCEDURE));
    const topic = watch(wamp.topic(TOPIC));
    wamp.register(PROCEDURE, () => 1).subscribe(() => order.push('registered'));
    router.welcome();
    const { request: subscribe } = router.expect(Code.SUBSCRIBE);
    const { request: register } = router.expect(Code.REGISTER);
    router.expect(Code.PUBLISH, { args: ['waited'] });
    router.send([Code.RESULT, router.expect(Code.CALL).request, {}, [1]]);
    expect(call.complete).toBe(true);
    expect(statuses()).toStrictEqual(['idle', 'connecting']);
    router.send([Code.SUBSCRIBED, subscribe, 7]);
    router.send([Code.EVENT, 7, 1, {}, ['early']]);
    expect(valuesOf(topic)).toStrictEqual(['early']);
    expect(statuses()).toStrictEqual(['idle', 'connecting']);
    router.send([Code.REGISTERED, register, 8]);
    expect(order).toStrictEqual(['idle', 'connecting', 'registered', 'connected']);
  });

  it('also when one of them is refused', () => {
    const { router, wamp, statuses } = idle();
    const topics = [watch(wamp.topic('com.app.secret')), watch(wamp.topic(TOPIC))];
    router.welcome();
    const { request } = router.expect(Code.SUBSCRIBE);
    router.send([Code.ERROR, Code.SUBSCRIBE, request, {}, 'wamp.error.not_authorized']);
    expect(statuses().at(-1)).toBe('connecting');
    subscribed(router);
    expect(topics[0]?.error).toMatchObject({ uri: 'wamp.error.not_authorized' });
    expect(statuses()).toStrictEqual(['idle', 'connecting', 'connected']);
  });

  it('also when one of them is left meanwhile', () => {
    const { router, wamp, statuses } = idle();
    const topics = [watch(wamp.topic('com.app.a')), watch(wamp.topic(TOPIC))];
    const registration = watch(wamp.register(PROCEDURE, () => 1));
    router.welcome();
    topics[0]?.subscription.unsubscribe();
    registration.subscription.unsubscribe();
    router.expect(Code.SUBSCRIBE);
    subscribed(router);
    expect(statuses()).toStrictEqual(['idle', 'connecting', 'connected']);
  });

  it('a topic that is taken back at once does not stand for another that is not there yet', () => {
    const { router, wamp, statuses } = idle();
    watch(wamp.topic('com.app.a'));
    watch(wamp.topic('com.app.b'));
    router.welcome();
    subscribed(router, 7);
    router.send([Code.UNSUBSCRIBED, 0, { subscription: 7 }]);
    expect(statuses()).toStrictEqual(['idle', 'connecting']);
    subscribed(router, 8);
    expect(statuses()).toStrictEqual(['idle', 'connecting', 'connected']);
    router.send([Code.UNSUBSCRIBED, 0, { subscription: 8 }]);
    expect(statuses()).toStrictEqual(['idle', 'connecting', 'connected']);
  });

  it('but a router that does not answer is not waited for without end', () => {
    const { router, wamp, statuses } = idle({ handshakeTimeoutMs: 3_000 });
    watch(wamp.topic(TOPIC));
    router.welcome();
    router.expect(Code.SUBSCRIBE);
    jest.advanceTimersByTime(2_999);
    expect(statuses()).toStrictEqual(['idle', 'connecting']);
    jest.advanceTimersByTime(1);
    expect(statuses()).toStrictEqual(['idle', 'connecting', 'connected']);
    router.send([Code.SUBSCRIBED, 1, 7]);
    expect(statuses()).toStrictEqual(['idle', 'connecting', 'connected']);
  });

  it('and a session that is lost meanwhile is never announced', () => {
    const { router, wamp, statuses } = idle();
    watch(wamp.topic(TOPIC));
    router.welcome();
    router.drop();
    again();
    router.welcome();
    subscribed(router);
    expect(statuses()).toStrictEqual(['idle', 'connecting', 'waiting', 'connecting', 'connected']);
  });

  it('each once, with a router that answers before it returns', () => {
    const sent: number[] = [];
    const wamp = new WampClient({
      realm: 'realm1',
      transport: atOnce((message) => {
        sent.push(message[0]);
        if (message[0] === Code.SUBSCRIBE)
          return [
            [Code.SUBSCRIBED, message[1], 7],
            [Code.EVENT, 7, 1, {}, ['x']],
          ];
        if (message[0] === Code.REGISTER) return [[Code.REGISTERED, message[1], 8]];
        return message[0] === Code.CALL ? [[Code.RESULT, message[1], {}, ['r']]] : [];
      }),
    });
    const states = watch(wamp.state$);
    const topic = watch(wamp.topic(TOPIC));
    expect(topic).toMatchObject({ error: undefined, values: [{ value: 'x' }] });
    const registration = watch(wamp.register(PROCEDURE, () => 1));
    expect(registration.values).toStrictEqual([{ id: 8, procedure: PROCEDURE }]);
    expect(valuesOf(watch(wamp.call(PROCEDURE)))).toStrictEqual(['r']);
    expect(sent).toStrictEqual([Code.SUBSCRIBE, Code.REGISTER, Code.CALL]);
    expect(states.values.map(({ status }) => status)).toStrictEqual(['idle', 'connecting', 'connected']);
  });

  it('what is given up in reaction to another is not asked for', () => {
    const { router, wamp } = idle();
    const lost = watch(wamp.call('com.app.second'));
    // The first of the two topics needs a feature the router has not, and so errors at once.
    wamp.topic('com.app', { match: 'prefix' }).subscribe({
      error: () => {
        other.unsubscribe();
        lost.subscription.unsubscribe();
      },
    });
    const other = wamp.topic(TOPIC).subscribe();
    router.welcome({ roles: { broker: {}, dealer: {} } });
    router.expectSilence();
  });
});

describe('C-42: after a lost connection', () => {
  it('everything is asked for anew under new ids, and the state tells', () => {
    chance(0.5);
    const { router, wamp, states } = connected();
    watch(wamp.topic(TOPIC));
    subscribed(router, 70);
    watch(wamp.register(PROCEDURE, () => 'r'));
    registered(router, 80);
    router.drop();
    expect(states.at(-1)).toMatchObject({
      status: 'waiting',
      attempt: 1,
      delayMs: 250,
      cause: { name: 'ConnectionLostError' },
    });
    jest.advanceTimersByTime(249);
    expect(router.connections).toBe(1);
    jest.advanceTimersByTime(1);
    expect(states.at(-1)).toStrictEqual({ status: 'connecting', attempt: 2 });
    router.welcome();
    router.expect(Code.SUBSCRIBE, { request: 1, topic: TOPIC });
    router.expect(Code.REGISTER, { request: 2, procedure: PROCEDURE });
    router.send([Code.SUBSCRIBED, 1, 71]);
    router.send([Code.REGISTERED, 2, 81]);
    expect(states.at(-1)?.status).toBe('connected');
    router.send([Code.INVOCATION, 1, 80, {}]);
    router.expect(Code.ERROR, { error: 'wamp.error.no_such_procedure' });
    router.send([Code.INVOCATION, 2, 81, {}]);
    router.expect(Code.YIELD, { args: ['r'] });
  });

  it.each([
    ['GOODBYE', [Code.GOODBYE, {}, 'wamp.close.system_shutdown']],
    ['ABORT', [Code.ABORT, {}, 'wamp.close.killed']],
    ['a violation', [Code.WELCOME, 1, {}]],
  ] as const)('by %s, too', (_, message) => {
    const { router, wamp, states } = connected();
    router.send(message);
    expect(states.at(-1)?.status).toBe('waiting');
    again();
    router.welcome();
    expect(wamp.state.status).toBe('connected');
  });

  it('who used the client in reaction to it waits for the next session', () => {
    const { router, wamp } = connected();
    const second = defer(() => {
      wamp.publish(TOPIC, ['first']);
      return wamp.call(PROCEDURE, ['again']);
    });
    const call = watch(wamp.call(PROCEDURE).pipe(catchError(() => second)));
    router.drop();
    again();
    router.welcome();
    router.expect(Code.PUBLISH, { args: ['first'] });
    const { request } = router.expect(Code.CALL, { args: ['again'] });
    router.send([Code.RESULT, request, {}, [1]]);
    expect(valuesOf(call)).toStrictEqual([1]);
  });
});

describe('a client closed by who watches its state', () => {
  it.each(['connecting', 'authenticating', 'connected', 'waiting'])('when %s', async (status) => {
    const { router, wamp } = idle({
      auth: [{ method: 'x', begin: () => of({ answer: () => [{ signature: '' }] }) }],
    });
    const seen: string[] = [];
    wamp.state$.subscribe((state) => {
      seen.push(state.status);
      if (state.status === status) void wamp.close();
    });
    wamp.connect();
    if (router.isConnected && status !== 'connecting') {
      router.send([Code.CHALLENGE, 'x', {}]);
      if (status !== 'authenticating') router.send([Code.WELCOME, 1, {}]);
      if (status === 'waiting') router.drop();
    }
    if (status === 'connected') router.send([Code.GOODBYE, {}, 'wamp.close.goodbye_and_out']);
    expect(seen.slice(-2)).toStrictEqual([status, 'closed']);
    jest.advanceTimersByTime(100_000);
    expect(router.attempts).toBe(status === 'connecting' ? 0 : 1);
    expect(router.isConnected).toBe(false);
    expect(jest.getTimerCount()).toBe(0);
  });
});

it('a client closed while a router in the same process answers is closed, whatever that says still', async () => {
  const wamp = new WampClient({
    realm: 'realm1',
    auth: [{ method: 'x', begin: () => [{ answer: () => [{ signature: '' }] }] }],
    transport: memoryTransport((link) => {
      let proofs = 0;
      link.subscribe(([code]) => {
        if (code === Code.AUTHENTICATE) proofs++;
        link.next(proofs < 2 ? [Code.CHALLENGE, 'x', {}] : [Code.WELCOME, 1, {}]);
      });
    }),
  });
  const seen: string[] = [];
  wamp.state$.subscribe(({ status }) => {
    seen.push(status);
    if (status === 'authenticating') void wamp.close();
  });
  wamp.connect();
  expect(seen).toStrictEqual(['idle', 'connecting', 'authenticating', 'closed']);
  expect(wamp.state.status).toBe('closed');
  expect(jest.getTimerCount()).toBe(0);
});

it('a refusal that is not fatal is tried again, with what the router said', () => {
  const { router, wamp, states } = idle();
  router.refuse(new ConnectionRefusedError('nobody is there', { attempted: 'connect' }));
  wamp.connect();
  expect(states.at(-1)).toMatchObject({ status: 'waiting', cause: { message: 'connect: nobody is there' } });
  router.admit();
  again();
  router.expect(Code.HELLO);
  router.send([Code.ABORT, { message: 'restarting' }, 'wamp.close.system_shutdown']);
  expect(states.at(-1)).toMatchObject({
    status: 'waiting',
    attempt: 2,
    cause: { reason: 'wamp.close.system_shutdown' },
  });
});
