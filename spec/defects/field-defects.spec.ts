import { describe, expect, it, jest } from '@jest/globals';
import { Code, payload, ticket, value, WampClient, type WampClientOptions } from 'rxwamp';
import { cbor } from 'rxwamp/cbor';
import { msgpack } from 'rxwamp/msgpack';
import { fakeRouter, type FakeRouter } from 'rxwamp/testing';
import { settled, useVirtualTime, watch } from '../session/support.js';

const TICK = 'com.app.tick';
const RETRY = { initialDelayMs: 100, maxDelayMs: 60_000 } as const;

/** A client and the router it talks to, nothing sent yet. */
function talk(
  options: Partial<WampClientOptions> = {},
  router = fakeRouter(),
): { wamp: WampClient; router: FakeRouter } {
  return { router, wamp: new WampClient({ transport: router.transport, realm: 'realm1', retry: RETRY, ...options }) };
}

/** The same, with the session joined. */
function joined(
  options: Partial<WampClientOptions> = {},
  router = fakeRouter(),
): { wamp: WampClient; router: FakeRouter } {
  const both = talk(options, router);
  both.wamp.connect();
  router.welcome();
  return both;
}

/** Answers a SUBSCRIBE to the topic. */
function subscribed(router: FakeRouter, subscription = 7): void {
  const { request } = router.expect(Code.SUBSCRIBE, { topic: TICK });
  router.send([Code.SUBSCRIBED, request, subscription]);
}

/** Answers a REGISTER. */
function registered(router: FakeRouter, registration = 9): void {
  const { request } = router.expect(Code.REGISTER);
  router.send([Code.REGISTERED, request, registration]);
}

/** Breaks the connection and lets the client make its next, which is welcomed. */
function reconnect(router: FakeRouter): void {
  router.drop();
  jest.advanceTimersByTime(RETRY.initialDelayMs);
  router.welcome();
}

const names = (errors: readonly unknown[]): unknown[] => errors.map((error) => (error as Error).name);

describe('known defects of released clients, of which this one is free', () => {
  useVirtualTime();

  it('calls in flight at a lost connection never settle', () => {
    const { wamp, router } = joined();
    const calls = ['a', 'b'].map((name) => watch(wamp.call(`com.app.${name}`)));
    router.drop();
    expect(names(calls.map(({ error }) => error))).toEqual(['ConnectionLostError', 'ConnectionLostError']);
    expect(String(calls[0]?.error)).toContain('CALL com.app.a');
    jest.advanceTimersByTime(RETRY.initialDelayMs);
    router.welcome();
    router.expectSilence();
  });

  it('calls made while down are dropped in silence', () => {
    const { wamp, router } = joined();
    router.drop();
    const call = watch(wamp.call('com.app.add', [1]));
    jest.advanceTimersByTime(RETRY.initialDelayMs);
    router.welcome();
    const { request } = router.expect(Code.CALL, { procedure: 'com.app.add', args: [1] });
    router.send([Code.RESULT, request, {}, [2]]);
    expect(call.values.map((result) => result.value)).toEqual([2]);
    expect(call.complete).toBe(true);
  });

  it('the first of two subscribers to leave mutes the other', () => {
    const { wamp, router } = joined();
    const first = watch(wamp.topic(TICK));
    const second = watch(wamp.topic(TICK));
    subscribed(router);
    first.subscription.unsubscribe();
    router.expectSilence();
    router.send([Code.EVENT, 7, 1, {}, ['still here']]);
    expect(second.values.map((event) => event.value)).toEqual(['still here']);
    expect(first.values).toEqual([]);
    second.subscription.unsubscribe();
    router.expect(Code.UNSUBSCRIBE, { subscription: 7 });
    router.expectSilence();
  });

  it('leaving before SUBSCRIBED leaks the router’s subscription', () => {
    const { wamp, router } = joined();
    const watching = watch(wamp.topic(TICK));
    const { request } = router.expect(Code.SUBSCRIBE);
    watching.subscription.unsubscribe();
    router.expectSilence();
    router.send([Code.SUBSCRIBED, request, 7]);
    router.expect(Code.UNSUBSCRIBE, { subscription: 7 });
    router.expectSilence();
  });

  it.each([0, 1])('two concurrent subscribes lose the first handler (leaving first: number %i)', (leaver) => {
    const { wamp, router } = joined();
    // Different options, so two SUBSCRIBEs; the broker answers both with its one subscription.
    const both = [watch(wamp.topic(TICK)), watch(wamp.topic(TICK, { get_retained: true }))];
    const requests = [router.expect(Code.SUBSCRIBE), router.expect(Code.SUBSCRIBE)];
    for (const { request } of requests) router.send([Code.SUBSCRIBED, request, 7]);
    router.send([Code.EVENT, 7, 1, {}, ['for both']]);
    expect(both.map(({ values }) => values.map((event) => event.value))).toEqual([['for both'], ['for both']]);

    both[leaver]?.subscription.unsubscribe();
    router.expectSilence();
    router.send([Code.EVENT, 7, 2, {}, ['for one']]);
    expect(both[1 - leaver]?.values.map((event) => event.value)).toEqual(['for both', 'for one']);
    both[1 - leaver]?.subscription.unsubscribe();
    router.expect(Code.UNSUBSCRIBE, { subscription: 7 });
    router.expectSilence();
  });

  it('two concurrent subscribes lose the first handler: one leaves while the other is still on its way', () => {
    const { wamp, router } = joined();
    const first = watch(wamp.topic(TICK));
    subscribed(router);
    const second = watch(wamp.topic(TICK, { get_retained: true }));
    const { request } = router.expect(Code.SUBSCRIBE);
    // The broker has one subscription for both: an UNSUBSCRIBE now would end the second before it began.
    first.subscription.unsubscribe();
    router.expectSilence();
    router.send([Code.SUBSCRIBED, request, 7]);
    router.send([Code.EVENT, 7, 1, {}, ['here']]);
    expect(second.values.map((event) => event.value)).toEqual(['here']);
    router.expectSilence();
  });

  it('resubscribing after a reconnect forgets the options', () => {
    const { wamp, router } = joined();
    watch(wamp.topic('com.app.', { match: 'prefix', get_retained: true }));
    const options = { match: 'prefix', get_retained: true };
    const { request } = router.expect(Code.SUBSCRIBE, { options });
    router.send([Code.SUBSCRIBED, request, 7]);
    reconnect(router);
    router.expect(Code.SUBSCRIBE, { topic: 'com.app.', options });
  });

  it('nothing is subscribed when the first connection comes late', () => {
    const router = fakeRouter();
    router.refuse();
    const { wamp } = talk({}, router);
    const watching = watch(wamp.topic(TICK));
    const registering = watch(wamp.register('com.app.add', () => 1));
    jest.advanceTimersByTime(50);
    router.admit();
    jest.advanceTimersByTime(RETRY.initialDelayMs);
    router.welcome();
    subscribed(router);
    registered(router);
    router.send([Code.EVENT, 7, 1, {}, ['late']]);
    expect(watching.values.map((event) => event.value)).toEqual(['late']);
    expect(registering.values).toEqual([{ id: 9, procedure: 'com.app.add' }]);
  });

  it('no reconnect after the router’s own GOODBYE', () => {
    const { wamp, router } = joined();
    const watching = watch(wamp.topic(TICK));
    subscribed(router);
    router.send([Code.GOODBYE, {}, 'wamp.close.system_shutdown']);
    router.expect(Code.GOODBYE, { reason: 'wamp.close.goodbye_and_out' });
    expect(wamp.state).toMatchObject({ status: 'waiting', cause: { reason: 'wamp.close.system_shutdown' } });
    jest.advanceTimersByTime(RETRY.initialDelayMs);
    router.welcome();
    subscribed(router, 8);
    router.send([Code.EVENT, 8, 1, {}, ['after']]);
    expect(watching.values.map((event) => event.value)).toEqual(['after']);
  });

  it('a retry goes on after close()', async () => {
    const router = fakeRouter();
    router.refuse();
    const { wamp } = talk({}, router);
    wamp.connect();
    expect(wamp.state.status).toBe('waiting');
    await wamp.close();
    const before = router.attempts;
    jest.advanceTimersByTime(3_600_000);
    expect(router.attempts).toBe(before);
    expect(wamp.state).toEqual({ status: 'closed', cause: undefined });
  });

  it.each(['wamp.error.no_such_realm', 'wamp.error.authentication_failed', 'wamp.error.not_authorized'])(
    'retrying forever on refused credentials or an unknown realm (%s)',
    (reason) => {
      const { wamp, router } = talk({ auth: [ticket({ authid: 'joe', ticket: 'wrong' })] });
      const watching = watch(wamp.topic(TICK));
      router.expect(Code.HELLO);
      router.send([Code.ABORT, { message: 'no' }, reason]);
      jest.advanceTimersByTime(3_600_000);
      expect(router.attempts).toBe(1);
      expect(wamp.state).toMatchObject({ status: 'closed', cause: { name: 'ConnectionRefusedError', reason } });
      expect(watching.error).toMatchObject({ name: 'ConnectionRefusedError', reason });
    },
  );

  it('the backoff is flat', () => {
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
    const router = fakeRouter();
    router.refuse();
    const { wamp } = talk({ retry: { initialDelayMs: 100, maxDelayMs: 500 } }, router);
    const delays: number[] = [];
    wamp.state$.subscribe((state) => {
      if (state.status === 'waiting') delays.push(state.delayMs);
    });
    wamp.connect();
    jest.advanceTimersByTime(50 + 100 + 200 + 250);
    // Half of 100, 200, 400, and of 500 where it is bounded.
    expect(delays).toEqual([50, 100, 200, 250, 250]);
  });

  it('a handler returning nothing leaves its caller waiting', async () => {
    const { wamp, router } = joined();
    watch(wamp.register('com.app.nothing', () => undefined));
    registered(router);
    router.send([Code.INVOCATION, 1, 9, {}]);
    expect(router.expect(Code.YIELD, { request: 1, args: undefined }).message).toEqual([Code.YIELD, 1, {}]);

    watch(wamp.register('com.app.later', () => Promise.resolve()));
    registered(router, 10);
    router.send([Code.INVOCATION, 2, 10, {}]);
    await settled();
    expect(router.expect(Code.YIELD).message).toEqual([Code.YIELD, 2, {}]);
  });

  it('a result without arguments or with keyword arguments only vanishes', () => {
    const { wamp, router } = joined();
    const empty = watch(wamp.call('com.app.empty'));
    const named = watch(wamp.call('com.app.named'));
    const [first, second] = [router.expect(Code.CALL), router.expect(Code.CALL)];
    router.send([Code.RESULT, first.request, {}]);
    router.send([Code.RESULT, second.request, {}, [], { total: 3 }]);
    expect(empty.values).toMatchObject([{ args: [], kwargs: {} }]);
    expect(named.values).toMatchObject([{ args: [], kwargs: { total: 3 } }]);
    expect([empty.complete, named.complete]).toEqual([true, true]);
  });

  it.each([[0], [''], [false], [null]])('falsy payloads are dropped (%j)', (falsy) => {
    const { wamp, router } = joined();
    const events = watch(wamp.topic(TICK).pipe(value()));
    subscribed(router);
    router.send([Code.EVENT, 7, 1, {}, [falsy]]);
    expect(events.values).toEqual([falsy]);

    wamp.publish(TICK, [falsy]);
    expect(router.expect(Code.PUBLISH).args).toEqual([falsy]);

    const results = watch(wamp.call('com.app.echo', [falsy]).pipe(value()));
    const { request, args } = router.expect(Code.CALL);
    expect(args).toEqual([falsy]);
    router.send([Code.RESULT, request, {}, [falsy]]);
    expect(results.values).toEqual([falsy]);

    watch(wamp.register('com.app.falsy', () => falsy));
    registered(router);
    router.send([Code.INVOCATION, 1, 9, {}]);
    expect(router.expect(Code.YIELD).args).toEqual([falsy]);
  });

  it('exclude_me: false is dropped', () => {
    const { wamp, router } = joined();
    wamp.publish(TICK, [1], { exclude_me: false });
    expect(router.expect(Code.PUBLISH).options).toEqual({ exclude_me: false });
  });

  it('the socket is closed on INTERRUPT', () => {
    const { wamp, router } = joined();
    let aborted = false;
    watch(
      wamp.register('com.app.long', ({ signal }) => {
        signal.addEventListener('abort', () => (aborted = true));
        return new Promise(() => undefined);
      }),
    );
    registered(router);
    router.send([Code.INVOCATION, 1, 9, {}]);
    router.send([Code.INTERRUPT, 1, { mode: 'kill' }]);
    router.expect(Code.ERROR, { requestType: Code.INVOCATION, request: 1, error: 'wamp.error.canceled' });
    // Also for one that nobody knows any more.
    router.send([Code.INTERRUPT, 1, { mode: 'killnowait' }]);
    router.expectSilence();
    expect(aborted).toBe(true);
    expect(router.isConnected).toBe(true);
    expect(wamp.state.status).toBe('connected');
  });

  it('the ERROR that follows a CANCEL is taken for a violation', () => {
    const { wamp, router } = joined();
    const call = watch(wamp.call('com.app.long'));
    const { request } = router.expect(Code.CALL);
    call.subscription.unsubscribe();
    router.expect(Code.CANCEL, { request, options: { mode: 'killnowait' } });
    router.send([Code.ERROR, Code.CALL, request, {}, 'wamp.error.canceled']);
    router.expectSilence();
    expect(wamp.state.status).toBe('connected');
    expect([call.error, call.complete]).toEqual([undefined, false]);
  });

  it.each([
    // 0xcf is MessagePack's uint64, 0x1b CBOR's unsigned integer of 8 bytes; floats would be 0xcb and 0xfb.
    ['MessagePack', msgpack(), 'cf0000000108030b1e'],
    ['CBOR', cbor(), '1b0000000108030b1e'],
  ])('ids above 2^32 leave as floats in %s', (_, serializer, id) => {
    const sent: string[] = [];
    const encode = serializer.encode.bind(serializer);
    jest.spyOn(serializer, 'encode').mockImplementation((message) => {
      const frame = encode(message);
      sent.push(Buffer.from(frame as Uint8Array).toString('hex'));
      return frame;
    });
    const { wamp, router } = joined({}, fakeRouter({ serializer }));
    const watching = watch(wamp.topic(TICK));
    subscribed(router, 4_429_384_478);
    watching.subscription.unsubscribe();
    router.expect(Code.UNSUBSCRIBE, { subscription: 4_429_384_478 });
    expect(sent.at(-1)).toContain(id);
  });

  it('random or non-sequential request ids', async () => {
    const { wamp, router } = joined();
    watch(wamp.topic(TICK));
    wamp.publish(TICK, [1]);
    // What cannot be sent uses up no id.
    const failed = watch(wamp.publish(TICK, [() => undefined]));
    watch(wamp.register('com.app.add', () => 1));
    watch(wamp.call('com.app.sub'));
    wamp.publish(TICK, [2], { acknowledge: true });
    expect(names([failed.error])).toEqual(['SerializationError']);
    const requests = [
      router.expect(Code.SUBSCRIBE),
      router.expect(Code.PUBLISH),
      router.expect(Code.REGISTER),
      router.expect(Code.CALL),
      router.expect(Code.PUBLISH),
    ].map(({ request }) => request);
    expect(requests).toEqual([1, 2, 3, 4, 5]);
    router.drop();
    jest.advanceTimersByTime(RETRY.initialDelayMs);
    router.welcome();
    expect(router.expect(Code.SUBSCRIBE).request).toBe(1);
    await settled();
  });

  it('a late message for something already gone closes the session', () => {
    const { wamp, router } = joined();
    router.send([Code.EVENT, 99, 1, {}, ['nobody']]);
    router.send([Code.RESULT, 99, {}, ['nobody']]);
    router.send([Code.ERROR, Code.CALL, 99, {}, 'com.app.error']);
    router.send([Code.PUBLISHED, 99, 1]);
    router.send([Code.SUBSCRIBED, 99, 1]);
    router.send([Code.UNSUBSCRIBED, 99]);
    router.send([Code.UNSUBSCRIBED, 0, { subscription: 99 }]);
    router.send([Code.REGISTERED, 99, 1]);
    router.send([Code.UNREGISTERED, 0, { registration: 99 }]);
    router.send([Code.INTERRUPT, 99, {}]);
    router.expectSilence();
    expect(wamp.state.status).toBe('connected');
  });

  describe('procedure_already_exists after a reconnect because the router still holds the dead session', () => {
    const TAKEN = 'wamp.error.procedure_already_exists';

    /** Registered once, then again in a session after that, where it is taken. */
    function taken(onConflict?: 'fail' | 'retry' | 'force_reregister'): {
      router: FakeRouter;
      seen: ReturnType<typeof watch>;
    } {
      const { wamp, router } = joined();
      const seen = watch(
        wamp.register('com.app.add', () => payload([1]), onConflict === undefined ? {} : { onConflict }),
      );
      registered(router);
      reconnect(router);
      const { request } = router.expect(Code.REGISTER);
      router.send([Code.ERROR, Code.REGISTER, request, {}, TAKEN]);
      return { router, seen };
    }

    it('policy fail: an error on that stream', () => {
      const { router, seen } = taken('fail');
      expect(seen.error).toMatchObject({ name: 'WampError', uri: TAKEN, on: 'com.app.add' });
      jest.advanceTimersByTime(60_000);
      router.expectSilence();
    });

    it.each([['retry' as const], [undefined]])(
      'policy %s: tried again, with backoff, until the router lets go',
      (policy) => {
        const { router, seen } = taken(policy);
        router.expectSilence();
        jest.advanceTimersByTime(RETRY.initialDelayMs);
        const { request } = router.expect(Code.REGISTER);
        router.send([Code.REGISTERED, request, 10]);
        expect(seen.values).toMatchObject([{ id: 9 }, { id: 10 }]);
      },
    );

    it('policy force_reregister: taken over', () => {
      const { router, seen } = taken('force_reregister');
      const { request } = router.expect(Code.REGISTER, { options: { force_reregister: true } });
      router.send([Code.REGISTERED, request, 10]);
      expect(seen.values).toMatchObject([{ id: 9 }, { id: 10 }]);
    });
  });

  it('connection events reach the user before the topics are subscribed again', () => {
    const { wamp, router } = joined();
    watch(wamp.topic(TICK));
    watch(wamp.register('com.app.add', () => 1));
    subscribed(router);
    registered(router);
    const states: string[] = [];
    wamp.state$.subscribe(({ status }) => states.push(status));
    wamp.session$.subscribe(() => states.push('session'));
    reconnect(router);
    states.length = 0;
    const again = router.expect(Code.SUBSCRIBE);
    router.send([Code.SUBSCRIBED, again.request, 8]);
    expect(states).toEqual([]);
    registered(router, 10);
    expect(states).toEqual(['connected', 'session']);
  });

  it.each(['ignored', 'absent'] as const)('a socket that dies silently is never noticed (ping: %s)', (ping) => {
    const heartbeat = { intervalMs: 1_000, timeoutMs: 500 };
    const { wamp, router } = joined({ heartbeat }, fakeRouter({ ping }));
    const call = watch(wamp.call('com.app.long'));
    router.stall();
    jest.advanceTimersByTime(1_499);
    expect(wamp.state.status).toBe('connected');
    jest.advanceTimersByTime(1);
    expect(wamp.state).toMatchObject({ status: 'waiting', cause: { name: 'ConnectionLostError' } });
    expect(names([call.error])).toEqual(['ConnectionLostError']);
  });
});
