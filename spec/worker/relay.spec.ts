import { describe, expect, it } from '@jest/globals';
import { Subject, switchMap, tap } from 'rxjs';
import { Code, isWampError, type Id, type Link, type WampMessage } from '../../src/index.js';
import { cbor } from '../../src/serializers/cbor.js';
import { fakeRouter, type FakeRouterOptions } from '../../src/testing/index.js';
import { messagePortTransport } from '../../src/transports/message-port.js';
import type { ShareOptions } from '../../src/worker/index.js';
import { later, Origin, settled, useVirtualTime, watch } from './support.js';

useVirtualTime();

const TOPIC = 'com.app.topic';
const PROC = 'com.app.procedure';
const args = (seen: { readonly values: readonly unknown[] }): unknown[] =>
  seen.values.map((one) => (one as { args: unknown }).args);

/** A worker whose router a spec plays, with tabs that have joined. */
function played(tabs: number, options: Partial<ShareOptions> = {}, routerOptions: FakeRouterOptions = {}) {
  const router = fakeRouter(routerOptions);
  const origin = new Origin(() => router.transport, { heartbeat: false, ...options });
  const opened = Array.from({ length: tabs }, () => origin.connected({ heartbeat: false }));
  router.welcome();
  const tab = (at: number) => {
    const one = opened[at];
    if (one === undefined) throw new Error('no such tab');
    return one.wamp;
  };
  return { router, origin, tab, opened };
}

/** A tab that says what a spec wants it to. */
function hostile(origin: Origin) {
  const links: Link[] = [];
  const transport = messagePortTransport(origin.port());
  const { values: seen } = watch(
    transport.pipe(
      tap((link) => links.push(link)),
      switchMap((link) => link),
    ),
  );
  const say = (...messages: WampMessage[]): void => {
    for (const message of messages) links[0]?.next(message);
  };
  return { say, seen, hello: () => say([Code.HELLO, 'realm1', { roles: { caller: {}, callee: {} } }]) };
}

const event = (subscription: Id, publication: Id, ...list: unknown[]): WampMessage => [
  Code.EVENT,
  subscription,
  publication,
  {},
  list,
];

describe('what the router is told', () => {
  it('is one HELLO, and one SUBSCRIBE and UNSUBSCRIBE for a topic, however many tabs want it', () => {
    const { router, tab } = played(2);
    const first = watch(tab(0).topic(TOPIC));
    router.send([Code.SUBSCRIBED, router.expect(Code.SUBSCRIBE, { topic: TOPIC }).request, 7]);
    const second = watch(tab(1).topic(TOPIC));
    router.expectSilence();
    router.send(event(7, 1, 'a'));
    expect([args(first), args(second)]).toStrictEqual([[['a']], [['a']]]);
    first.subscription.unsubscribe();
    router.expectSilence();
    second.subscription.unsubscribe();
    router.expect(Code.UNSUBSCRIBE, { subscription: 7 });
    expect(router.connections).toBe(1);
  });

  it('is no UNSUBSCRIBE while another SUBSCRIBE for the topic is on its way, which the router would take for both', () => {
    const { router, tab } = played(3);
    const first = watch(tab(0).topic(TOPIC));
    router.send([Code.SUBSCRIBED, router.expect(Code.SUBSCRIBE).request, 7]);
    const second = watch(tab(1).topic(TOPIC, { get_retained: true }));
    const { request } = router.expect(Code.SUBSCRIBE, { options: { get_retained: true } });
    first.subscription.unsubscribe();
    router.expectSilence();
    router.send([Code.SUBSCRIBED, request, 7]);
    router.send(event(7, 1, 'a'));
    expect(args(second)).toStrictEqual([['a']]);
    second.subscription.unsubscribe();
    router.expect(Code.UNSUBSCRIBE, { subscription: 7 });
  });

  it('gives back what was granted to a tab that has gone meanwhile', () => {
    const { router, tab, opened } = played(2);
    watch(tab(0).topic(TOPIC));
    watch(tab(0).register(PROC, () => 1));
    const subscribe = router.expect(Code.SUBSCRIBE);
    const register = router.expect(Code.REGISTER);
    opened[0]?.near.peer?.emit('close');
    router.send([Code.SUBSCRIBED, subscribe.request, 7]);
    router.expect(Code.UNSUBSCRIBE, { subscription: 7 });
    router.send([Code.REGISTERED, register.request, 8]);
    router.expect(Code.UNREGISTER, { registration: 8 });
  });

  it('is a REGISTER at a time for one procedure: what it comes to decides about the next', () => {
    const { router, tab, opened, origin } = played(3);
    watch(tab(0).register(PROC, () => 'a', { invoke: 'roundrobin' }));
    const second = watch(tab(1).register(PROC, () => 'b', { invoke: 'roundrobin' }));
    const third = watch(tab(2).register(PROC, () => 'c'));
    const { request } = router.expect(Code.REGISTER);
    router.expectSilence();
    router.send([Code.REGISTERED, request, 8]);
    expect(second.values).toStrictEqual([{ id: 8, procedure: PROC }]);
    const refused = router.expect(Code.REGISTER, { options: {} });
    router.send([Code.ERROR, Code.REGISTER, refused.request, {}, 'wamp.error.procedure_already_exists', ['taken']]);
    expect(isWampError(third.error) && third.error.args).toStrictEqual(['taken']);
    // A page that is loaded again registers again: the UNREGISTER goes out first.
    opened[0]?.near.peer?.emit('close');
    opened[1]?.near.peer?.emit('close');
    watch(tab(2).register(PROC, () => 'c'));
    router.expect(Code.UNREGISTER, { registration: 8 });
    const again = router.expect(Code.REGISTER);
    // One that goes while it waits for its turn asks for nothing.
    const late = origin.connected();
    watch(late.wamp.register(PROC, () => 'd'));
    late.near.peer?.emit('close');
    router.send([Code.ERROR, Code.REGISTER, again.request, {}, 'com.app.error']);
    router.expectSilence();
  });
});

describe('a publication', () => {
  const subscribed = (tabs: number) => {
    const setting = played(tabs);
    const seen = Array.from({ length: tabs }, (_, at) => {
      const one = watch(setting.tab(at).topic(TOPIC));
      if (at === 0) setting.router.send([Code.SUBSCRIBED, setting.router.expect(Code.SUBSCRIBE).request, 7]);
      return one;
    });
    return { ...setting, seen };
  };

  it('goes out as it is where no other tab hears it', () => {
    const { router, tab } = played(2);
    tab(0).publish(TOPIC, [1]);
    expect(router.expect(Code.PUBLISH).options).toStrictEqual({});
    watch(tab(0).topic(TOPIC));
    router.send([Code.SUBSCRIBED, router.expect(Code.SUBSCRIBE).request, 7]);
    tab(0).publish(TOPIC, [2]);
    expect(router.expect(Code.PUBLISH).options).toStrictEqual({});
  });

  it('goes out with exclude_me: false where other tabs hear it, or are about to', () => {
    const { router, tab } = played(2);
    watch(tab(1).topic(TOPIC));
    router.expect(Code.SUBSCRIBE);
    tab(0).publish(TOPIC, [1]);
    expect(router.expect(Code.PUBLISH).options).toStrictEqual({ exclude_me: false });
  });

  it('is known by its id when it comes back, before or after the acknowledgement, with the order kept', () => {
    const { router, tab, seen } = subscribed(2);
    tab(0).publish(TOPIC, ['mine']);
    const { request, options } = router.expect(Code.PUBLISH);
    expect(options).toStrictEqual({ exclude_me: false, acknowledge: true });
    router.send(event(7, 100, 'before'));
    router.send(event(7, 101, 'mine'));
    router.send(event(7, 102, 'after'));
    expect(seen.map(args)).toStrictEqual([[], [['before'], ['mine'], ['after']]]);
    router.send([Code.PUBLISHED, request, 101]);
    expect(args(seen[0] ?? { values: [] })).toStrictEqual([['before'], ['after']]);
    tab(0).publish(TOPIC, ['mine again']);
    router.send([Code.PUBLISHED, router.expect(Code.PUBLISH).request, 103]);
    router.send(event(7, 103, 'mine again'));
    router.send(event(7, 104, 'last'));
    expect(seen.map(args).map((all) => all.at(-1))).toStrictEqual([['last'], ['last']]);
    expect(args(seen[0] ?? { values: [] })).toHaveLength(3);
  });

  it('keeps back only what may be its own, and goes on while the next is on its way', () => {
    const { router, tab, seen } = subscribed(2);
    const elsewhere = watch(tab(0).topic('com.app.other'));
    router.send([Code.SUBSCRIBED, router.expect(Code.SUBSCRIBE).request, 9]);
    tab(0).publish(TOPIC, ['one']);
    const one = router.expect(Code.PUBLISH);
    router.send(event(9, 99, 'other'));
    expect(args(elsewhere)).toStrictEqual([['other']]);
    router.send(event(7, 100, 'not mine'));
    tab(0).publish(TOPIC, ['two']);
    const two = router.expect(Code.PUBLISH);
    router.send([Code.PUBLISHED, one.request, 101]);
    // It came before the second was sent.
    expect(args(seen[0] ?? { values: [] })).toStrictEqual([['not mine']]);
    router.send([Code.ERROR, Code.PUBLISH, two.request, {}, 'wamp.error.not_authorized']);
    router.send(event(7, 101, 'one'));
    router.send(event(7, 102, 'more'));
    expect(args(seen[0] ?? { values: [] })).toStrictEqual([['not mine'], ['more']]);
  });

  it('is told apart when several are on their way, on several topics', () => {
    const { router, tab, seen } = subscribed(2);
    tab(0).publish(TOPIC, ['one']);
    tab(0).publish(TOPIC, ['two']);
    const [one, two] = [router.expect(Code.PUBLISH), router.expect(Code.PUBLISH)];
    router.send(event(7, 101, 'one'));
    router.send(event(7, 102, 'two'));
    router.send([Code.PUBLISHED, one.request, 101]);
    router.send([Code.PUBLISHED, two.request, 102]);
    watch(tab(1).topic('com.app.other'));
    watch(tab(0).topic('com.app.other'));
    for (const { request } of [router.expect(Code.SUBSCRIBE), router.expect(Code.SUBSCRIBE)])
      router.send([Code.SUBSCRIBED, request, 9]);
    tab(0).publish(TOPIC, ['three']);
    const three = router.expect(Code.PUBLISH);
    tab(0).publish('com.app.other', ['elsewhere']);
    router.send([Code.PUBLISHED, three.request, 103]);
    router.send(event(7, 103, 'three'));
    expect(seen.map(args)).toStrictEqual([[], [['one'], ['two'], ['three']]]);
  });
});

describe('a retained event', () => {
  it('goes to the tab whose SUBSCRIBE it answers', () => {
    const { router, tab } = played(2);
    const first = watch(tab(0).topic(TOPIC));
    router.send([Code.SUBSCRIBED, router.expect(Code.SUBSCRIBE).request, 7]);
    const second = watch(tab(1).topic(TOPIC, { get_retained: true }));
    router.send([Code.SUBSCRIBED, router.expect(Code.SUBSCRIBE).request, 7]);
    router.send([Code.EVENT, 7, 1, { retained: true }, ['kept']]);
    router.send(event(7, 2, 'live'));
    expect([args(first), args(second)]).toStrictEqual([[['live']], [['kept'], ['live']]]);
  });
});

describe('a call', () => {
  it('has an id of the session’s, and its answers go to the tab alone, late ones to nobody', () => {
    const { router, tab } = played(2);
    const calls = [watch(tab(0).call(PROC, ['a'])), watch(tab(1).call(PROC, ['b']))];
    const requests = [router.expect(Code.CALL, { args: ['a'] }).request, router.expect(Code.CALL).request];
    expect(requests).toStrictEqual([1, 2]);
    router.send([Code.RESULT, 2, { extra: true }, ['B'], { k: 1 }]);
    router.send([Code.ERROR, Code.CALL, 1, { why: 1 }, 'com.app.error', [1], { k: 2 }]);
    router.send([Code.RESULT, 1, {}, ['late']]);
    expect(calls[1]?.values).toMatchObject([{ args: ['B'], kwargs: { k: 1 }, details: { extra: true } }]);
    expect(calls[0]?.error).toMatchObject({ uri: 'com.app.error', args: [1], kwargs: { k: 2 }, details: { why: 1 } });
  });

  it.each(['skip', 'kill', 'killnowait'] as const)('is cancelled in the mode the tab says: %s', (cancelMode) => {
    const { router, tab } = played(1);
    watch(tab(0).call(PROC, [], { cancelMode })).subscription.unsubscribe();
    const { request } = router.expect(Code.CALL);
    expect(router.expect(Code.CANCEL)).toMatchObject({ request, options: { mode: cancelMode } });
  });

  it('of a tab that goes is cancelled, with what it streams in', () => {
    const { router, tab, opened } = played(1);
    const chunks = new Subject<string>();
    watch(tab(0).call(PROC, chunks));
    chunks.next('a');
    chunks.next('b');
    const { request } = router.expect(Code.CALL, { options: { progress: true }, args: ['a'] });
    expect(router.expect(Code.CALL, { args: ['b'] }).request).toBe(request);
    opened[0]?.near.peer?.emit('close');
    expect(router.expect(Code.CANCEL).request).toBe(request);
    router.expectSilence();
  });

  it('that a router without call_canceling cannot cancel is forgotten here', () => {
    const { router, tab, origin } = played(1, {}, { welcome: { roles: { broker: {}, dealer: {} } } });
    watch(tab(0).call(PROC)).subscription.unsubscribe();
    router.expect(Code.CALL);
    router.expectSilence();
    expect(tab(0).state).toMatchObject({ status: 'connected' });
    const { say, seen, hello } = hostile(origin);
    hello();
    say([Code.CALL, 1, {}, PROC], [Code.CANCEL, 1, {}]);
    router.send([Code.RESULT, router.expect(Code.CALL).request, {}]);
    expect(seen.slice(1)).toStrictEqual([[Code.ERROR, Code.CALL, 1, {}, 'wamp.error.canceled']]);
  });
});

describe('an invocation', () => {
  const offered = (tabs = 1) => {
    const setting = played(tabs);
    const handled: unknown[] = [];
    const answers = new Subject<unknown>();
    const aborted: unknown[] = [];
    watch(
      setting.tab(0).register(PROC, (invocation) => {
        handled.push(invocation.args);
        invocation.signal.addEventListener('abort', () => aborted.push(invocation.id));
        return answers;
      }),
    );
    setting.router.send([Code.REGISTERED, setting.router.expect(Code.REGISTER).request, 8]);
    return { ...setting, handled, answers, aborted };
  };

  it('goes to the tab under an id of its own, and the answers back under the router’s', () => {
    const { router, handled, answers } = offered();
    router.send([Code.INVOCATION, 41, 8, { receive_progress: true, caller: 5 }, ['x']]);
    answers.next('p');
    answers.complete();
    expect(handled).toStrictEqual([['x']]);
    expect(router.expect(Code.YIELD)).toMatchObject({ request: 41, options: { progress: true }, args: ['p'] });
    expect(router.expect(Code.YIELD)).toMatchObject({ request: 41, options: {} });
  });

  it('is interrupted, and answered once', () => {
    const { router, aborted, opened } = offered();
    router.send([Code.INVOCATION, 41, 8, {}]);
    router.send([Code.INVOCATION, 42, 8, {}]);
    router.send([Code.INTERRUPT, 41, { mode: 'killnowait' }]);
    router.expectSilence();
    router.send([Code.INTERRUPT, 42, { mode: 'kill' }]);
    expect(router.expect(Code.ERROR)).toMatchObject({ request: 42, error: 'wamp.error.canceled' });
    expect(aborted).toStrictEqual([1, 2]);
    router.send([Code.INTERRUPT, 41, { mode: 'kill' }]);
    router.expectSilence();
    opened[0]?.near.peer?.emit('close');
    router.expect(Code.UNREGISTER);
    router.expectSilence();
  });

  it('is answered for the tab that goes, and for a registration that is gone', () => {
    const { router, opened } = offered();
    router.send([Code.INVOCATION, 41, 8, { progress: true }]);
    opened[0]?.near.peer?.emit('close');
    router.expect(Code.UNREGISTER);
    expect(router.expect(Code.ERROR)).toMatchObject({ request: 41, error: 'wamp.error.canceled' });
    // More of what it was streamed in is late; another invocation is not.
    router.send([Code.INVOCATION, 41, 8, { progress: true }]);
    router.send([Code.INVOCATION, 41, 8, {}]);
    router.expectSilence();
    router.send([Code.INVOCATION, 42, 8, {}]);
    expect(router.expect(Code.ERROR)).toMatchObject({ request: 42, error: 'wamp.error.no_such_procedure' });
  });
});

describe('what the router takes back', () => {
  it('is told to the tabs that had it', () => {
    const { router, tab } = played(2);
    const topics = [watch(tab(0).topic(TOPIC)), watch(tab(1).topic(TOPIC))];
    // The second asked before the first was answered: the router has one subscription for both.
    for (const { request } of [router.expect(Code.SUBSCRIBE), router.expect(Code.SUBSCRIBE)])
      router.send([Code.SUBSCRIBED, request, 7]);
    const offer = watch(tab(0).register(PROC, () => 1));
    router.send([Code.REGISTERED, router.expect(Code.REGISTER).request, 8]);
    router.send([Code.UNSUBSCRIBED, 0, { subscription: 7, reason: 'com.app.enough' }]);
    router.send([Code.UNREGISTERED, 0, { registration: 8, reason: 'com.app.enough' }]);
    for (const { error } of [...topics, offer])
      expect(error).toMatchObject({ name: 'RevokedError', reason: 'com.app.enough' });
    router.expectSilence();
  });
});

describe('the end of the session', () => {
  it.each(['wamp.close.killed', 'wamp.close.system_shutdown'])(
    'by GOODBYE %s is told with its reason',
    async (reason) => {
      const { router, tab } = played(1);
      const call = watch(tab(0).call(PROC));
      router.expect(Code.CALL);
      router.send([Code.GOODBYE, {}, reason]);
      router.expect(Code.GOODBYE, { reason: 'wamp.close.goodbye_and_out' });
      await settled();
      expect(call.error).toMatchObject({ name: 'ConnectionLostError', cause: { reason } });
    },
  );

  it('by a lost connection has every tab join again, once there is a session', async () => {
    const { router, tab } = played(2);
    const topic = watch(tab(0).topic(TOPIC, { gaps: 'notice' }));
    router.send([Code.SUBSCRIBED, router.expect(Code.SUBSCRIBE).request, 7]);
    router.drop();
    await settled();
    later();
    await settled();
    later();
    router.welcome();
    await settled();
    router.send([Code.SUBSCRIBED, router.expect(Code.SUBSCRIBE).request, 9]);
    router.send(event(9, 2, 'again'));
    expect(topic.values.map((one) => one.constructor.name)).toStrictEqual(['TopicGap', 'WampEvent']);
    expect([tab(0), tab(1)].map(({ state }) => state.status)).toStrictEqual(['connected', 'connected']);
  });
});

describe('a tab that breaks the protocol', () => {
  it.each<[string, readonly WampMessage[]]>([
    ['a request out of sequence', [[Code.CALL, 5, {}, PROC]]],
    [
      'a subscription id that is used again',
      [
        [Code.SUBSCRIBE, 1, {}, TOPIC],
        [Code.SUBSCRIBE, 1, {}, TOPIC],
      ],
    ],
    [
      'a chunk of a call that streams nothing',
      [
        [Code.CALL, 1, {}, PROC],
        [Code.CALL, 1, {}, PROC],
      ],
    ],
    ['an answer to nothing', [[Code.YIELD, 1, {}]]],
    ['an ERROR for a CALL', [[Code.ERROR, Code.CALL, 1, {}, 'com.app.error']]],
    ['what only a router says', [[Code.RESULT, 1, {}]]],
    ['a second HELLO', [[Code.HELLO, 'realm1', {}]]],
    ['a payload passed through without announcing it', [[Code.PUBLISH, 1, { ppt_scheme: 'x_app' }, TOPIC]]],
  ])('with %s is sent away alone', async (_, messages) => {
    const { router, tab, origin } = played(1);
    const { say, seen, hello } = hostile(origin);
    hello();
    say(...messages);
    await settled();
    expect(seen.at(-1)).toStrictEqual([Code.ABORT, { message: expect.any(String) }, 'wamp.error.protocol_violation']);
    expect(origin.shared.tabs).toBe(1);
    expect(tab(0).state.status).toBe('connected');
    expect(router.received.filter(([code]) => code === Code.ABORT || code === Code.GOODBYE)).toStrictEqual([]);
  });

  it.each<[string, WampMessage, string]>([
    ['a malformed topic', [Code.SUBSCRIBE, 1, {}, 'a b'], 'wamp.error.invalid_uri'],
    ['a malformed procedure', [Code.CALL, 1, {}, 'a..b'], 'wamp.error.invalid_uri'],
    ['a procedure of the router’s', [Code.REGISTER, 1, {}, 'wamp.mine'], 'wamp.error.invalid_uri'],
    ['somebody else’s subscription', [Code.UNSUBSCRIBE, 1, 7], 'wamp.error.no_such_subscription'],
    ['somebody else’s registration', [Code.UNREGISTER, 1, 7], 'wamp.error.no_such_registration'],
    [
      'a topic to publish to that is the router’s',
      [Code.PUBLISH, 1, { acknowledge: true }, 'wamp.x'],
      'wamp.error.invalid_uri',
    ],
  ])('with %s is answered here', (_, message, error) => {
    const { router, origin } = played(1);
    const { say, seen, hello } = hostile(origin);
    hello();
    say(message);
    expect(seen.at(-1)?.slice(0, 5)).toStrictEqual([Code.ERROR, message[0], 1, {}, error]);
    router.expectSilence();
  });

  it('in the opening handshake is sent away, and so is one that says nothing', async () => {
    const { origin } = played(1);
    const early = hostile(origin);
    early.say([Code.CALL, 1, {}, PROC]);
    const silent = hostile(origin);
    later(2_000);
    await settled();
    expect(early.seen).toStrictEqual([[Code.ABORT, expect.any(Object), 'wamp.error.protocol_violation']]);
    expect(silent.seen).toStrictEqual([[Code.ABORT, expect.any(Object), 'wamp.error.timeout']]);
    expect(origin.shared.tabs).toBe(1);
  });

  it('cannot make the router break with all by an error’s malformed URI', () => {
    const { router, origin } = played(1);
    const { say, hello } = hostile(origin);
    hello();
    say([Code.REGISTER, 1, {}, PROC]);
    router.send([Code.REGISTERED, router.expect(Code.REGISTER).request, 8]);
    router.send([Code.INVOCATION, 41, 8, {}]);
    say([Code.ERROR, Code.INVOCATION, 1, {}, 'not a uri']);
    expect(router.expect(Code.ERROR)).toMatchObject({ request: 41, error: 'wamp.error.invalid_uri' });
    say([Code.YIELD, 1, {}]);
    router.expectSilence();
  });
});

describe('payloads that are packed', () => {
  const PACKED = { ppt_scheme: 'x_app', ppt_serializer: 'cbor' };
  const packer = (origin: Origin) => {
    const tab = hostile(origin);
    const features = { payload_passthru_mode: true };
    const role = { features };
    tab.say([Code.HELLO, 'realm1', { roles: { publisher: role, subscriber: role, caller: role, callee: role } }]);
    return tab;
  };
  const message = (at: number, seen: readonly WampMessage[]): WampMessage | undefined => seen.at(at);

  it('are announced to the router, and passed on from and to those who know them', () => {
    const router = fakeRouter();
    const origin = new Origin(() => router.transport, { heartbeat: false });
    const { say, seen } = packer(origin);
    const { details } = router.welcome();
    for (const role of ['publisher', 'subscriber', 'caller', 'callee'])
      expect(details).toMatchObject({ roles: { [role]: { features: { payload_passthru_mode: true } } } });
    const bytes = new Uint8Array([1, 2]);
    say([Code.CALL, 1, PACKED, PROC, [bytes]], [Code.SUBSCRIBE, 2, {}, TOPIC]);
    expect(router.expect(Code.CALL)).toMatchObject({ options: PACKED, args: [bytes] });
    router.send([Code.RESULT, 1, PACKED, [bytes]]);
    expect(message(-1, seen)).toStrictEqual([Code.RESULT, 1, PACKED, [bytes]]);
    router.send([Code.SUBSCRIBED, router.expect(Code.SUBSCRIBE).request, 7]);
    router.send([Code.EVENT, 7, 1, PACKED, [bytes]]);
    expect(message(-1, seen)).toStrictEqual([Code.EVENT, 7, 1, PACKED, [bytes]]);
  });

  it('do not reach those who do not', () => {
    const { router, tab } = played(1);
    const topic = watch(tab(0).topic(TOPIC));
    const call = watch(tab(0).call(PROC));
    watch(tab(0).register(PROC, () => 1));
    router.send([Code.SUBSCRIBED, router.expect(Code.SUBSCRIBE).request, 7]);
    router.send([Code.RESULT, router.expect(Code.CALL).request, PACKED, [new Uint8Array(1)]]);
    router.send([Code.REGISTERED, router.expect(Code.REGISTER).request, 8]);
    router.send([Code.EVENT, 7, 1, PACKED, [new Uint8Array(1)]]);
    router.send([Code.INVOCATION, 41, 8, PACKED, [new Uint8Array(1)]]);
    expect(topic.values).toStrictEqual([]);
    expect(call.error).toMatchObject({ uri: 'wamp.error.feature_not_supported' });
    expect(router.expect(Code.ERROR)).toMatchObject({ request: 41, error: 'wamp.error.feature_not_supported' });
  });
});

describe('what a format cannot carry', () => {
  it('is an error to who sent it, and a fault where there is nobody to tell', () => {
    const { router, tab, origin } = played(2, {}, { serializer: cbor() });
    const faults = watch(origin.shared.faults$).values;
    // CBOR has integers of 64 bits, JSON of any size.
    const call = watch(tab(0).call(PROC, [2n ** 70n]));
    expect(call.error).toMatchObject({ uri: 'wamp.error.invalid_payload' });
    watch(tab(0).call(PROC));
    expect(router.expect(Code.CALL).request).toBe(1);
    // Text that starts with U+0000 is what JSON keeps for bytes.
    router.send([Code.RESULT, 1, {}, ['\0']]);
    const topic = watch(tab(1).topic(TOPIC));
    router.send([Code.SUBSCRIBED, router.expect(Code.SUBSCRIBE).request, 7]);
    router.send(event(7, 1, '\0'));
    router.send(event(7, 2, 'fine'));
    expect(args(topic)).toStrictEqual([['fine']]);
    expect(faults).toMatchObject([{ name: 'SerializationError' }]);
  });
});

describe('a router that does not keep up', () => {
  it('makes the tabs wait: nothing more is read from them until it has', async () => {
    const { router, tab } = played(1, { limits: { maxBufferedBytes: 1_000 } });
    const published = (): number => router.received.filter(([code]) => code === Code.PUBLISH).length;
    router.stopReading();
    for (let count = 0; count < 20; count++) tab(0).publish(TOPIC, ['x'.repeat(100)]);
    router.readOn();
    expect(published()).toBeLessThan(20);
    later(100);
    await settled();
    expect(published()).toBe(20);
  });
});
