import { describe, expect, it } from '@jest/globals';
import { NEVER, Subject, throwError } from 'rxjs';
import {
  ConnectionRefusedError,
  isConnectionLostError,
  isConnectionRefusedError,
  isRevokedError,
  isWampError,
  payload,
  UsageError,
  WampClient,
  WampError,
} from '../../src/index.js';
import { checkTicket } from '../../src/auth/router/ticket.js';
import { ticket } from '../../src/index.js';
import { meta as metaApi } from '../../src/client/meta/index.js';
import { Origin, later, setting, settled, useVirtualTime, vanish, watch } from './support.js';

useVirtualTime();

const TOPIC = 'com.app.topic';
const PROC = 'com.app.procedure';
const args = (seen: { readonly values: readonly unknown[] }): unknown[] =>
  seen.values.map((one) => (one as { args: unknown }).args);

describe('tabs that share a connection', () => {
  it('are one session at the router, whose details each of them is given', () => {
    const { router, origin, shared } = setting();
    const states = watch(shared.state$);
    expect(states.values).toStrictEqual([{ status: 'idle' }]);
    expect(router.statistics.sessions).toBe(1);
    const sessions = [origin.connected(), origin.connected()].map(({ wamp }) => watch(wamp.session$).values[0]);
    expect(router.statistics.sessions).toBe(2);
    expect(shared.tabs).toBe(2);
    const [last] = states.values.slice(-1);
    const session = last?.status === 'connected' ? last.session : undefined;
    for (const one of sessions) {
      expect([one?.id, one?.realm, one?.authid]).toStrictEqual([session?.id, 'realm1', session?.authid]);
      expect(one?.supports('dealer', 'call_canceling')).toBe(true);
      // What would be that of all of them is not announced.
      expect(one?.supports('dealer', 'testament_meta_api')).toBe(false);
    }
  });

  it('go on when the one that came first closes, and when it vanishes and its port says so', async () => {
    const { router, origin, other } = setting();
    const first = origin.connected();
    const second = origin.connected();
    const third = origin.connected();
    const seen = watch(third.wamp.topic(TOPIC));
    await first.wamp.close();
    second.near.peer?.emit('close');
    expect(origin.shared.tabs).toBe(1);
    other.publish(TOPIC, [1]);
    expect(args(seen)).toStrictEqual([[1]]);
    expect(router.statistics.sessions).toBe(2);
  });

  it('leave the connection standing for a while when the last has gone, and then it says GOODBYE', async () => {
    const { router, origin, shared } = setting({ limits: { lingerMs: 100 } });
    await origin.connected().wamp.close();
    later(99);
    expect(router.statistics.sessions).toBe(2);
    const again = origin.connected();
    later(1000);
    expect(router.statistics.sessions).toBe(2);
    await again.wamp.close();
    later(100);
    await settled();
    expect(router.statistics.sessions).toBe(1);
    expect(watch(shared.state$).values).toStrictEqual([{ status: 'idle' }]);
    origin.connected();
    expect(router.statistics.sessions).toBe(2);
  });

  it('are the worker’s own client too', () => {
    const { origin, shared, router } = setting();
    const own = new WampClient({ realm: 'realm1', transport: shared.transport() });
    const seen = watch(own.topic(TOPIC));
    origin.connected().wamp.publish(TOPIC, ['hello']);
    expect(args(seen)).toStrictEqual([['hello']]);
    expect(router.statistics.sessions).toBe(2);
  });
});

describe('topics', () => {
  it('are one subscription at the router, counted, whoever comes and goes', () => {
    const { origin, other } = setting();
    const meta = metaApi(other);
    const subscriptions = (): unknown => watch(meta.subscription.list()).values[0];
    const tabs = [origin.connected(), origin.connected()];
    const seen = tabs.map(({ wamp }) => watch(wamp.topic(TOPIC)));
    expect(subscriptions()).toMatchObject({ exact: [expect.any(Number)] });
    other.publish(TOPIC, [1]);
    seen[0]?.subscription.unsubscribe();
    other.publish(TOPIC, [2]);
    expect(seen.map(args)).toStrictEqual([[[1]], [[1], [2]]]);
    seen[1]?.subscription.unsubscribe();
    expect(subscriptions()).toMatchObject({ exact: [] });
  });

  it('keep patterns, details and payloads as the router gives them', () => {
    const { origin, other } = setting();
    const { wamp } = origin.connected();
    const prefix = watch(wamp.topic('com.app', { match: 'prefix' }));
    const wildcard = watch(wamp.topic('com..topic', { match: 'wildcard' }));
    const big = 2n ** 60n;
    other.publish(TOPIC, { args: [big, new Uint8Array([1])], kwargs: { a: null } }, { disclose_me: true });
    for (const { values } of [prefix, wildcard]) {
      expect(values).toHaveLength(1);
      expect(values[0]).toMatchObject({ topic: TOPIC, args: [big, new Uint8Array([1])], kwargs: { a: null } });
      expect(typeof values[0]?.details['publisher']).toBe('number');
    }
  });

  it('send the retained event to the tab that asks, and to no other', () => {
    const { origin, other } = setting();
    other.publish(TOPIC, ['kept'], { retain: true });
    const [first, second] = [origin.connected(), origin.connected()];
    const plain = watch(first.wamp.topic(TOPIC));
    const asking = watch(second.wamp.topic(TOPIC, { get_retained: true }));
    expect([args(plain), args(asking)]).toStrictEqual([[], [['kept']]]);
    other.publish(TOPIC, ['live']);
    expect([args(plain), args(asking)]).toStrictEqual([[['live']], [['kept'], ['live']]]);
  });

  it('are refused to the one that asks, with the router’s own error', () => {
    const { origin } = setting({}, { realms: { realm1: { authorize: (_, __, uri) => uri !== 'com.secret' } } });
    const { wamp } = origin.connected();
    const seen = watch(wamp.topic('com.secret'));
    expect(seen.error).toMatchObject({ name: 'WampError', uri: 'wamp.error.not_authorized' });
    expect(watch(wamp.topic(TOPIC)).error).toBeUndefined();
  });
});

describe('publishing', () => {
  it('reaches the other tabs and the others at the router, not the tab itself', () => {
    const { origin, other } = setting();
    const tabs = [origin.connected(), origin.connected(), origin.connected()];
    const seen = [...tabs.map(({ wamp }) => wamp), other].map((wamp) => watch(wamp.topic(TOPIC)));
    tabs[0]?.wamp.publish(TOPIC, ['a']);
    tabs[1]?.wamp.publish(TOPIC, ['b'], { exclude_me: false });
    expect(seen.map(args)).toStrictEqual([[['b']], [['a'], ['b']], [['a'], ['b']], [['a'], ['b']]]);
  });

  it('reaches the others through patterns, and tabs whose SUBSCRIBE is on its way', () => {
    const { origin } = setting();
    const [first, second] = [origin.connected(), origin.connected()];
    const own = watch(first.wamp.topic('com.app', { match: 'prefix' }));
    const seen = watch(second.wamp.topic('com..topic', { match: 'wildcard' }));
    first.wamp.publish(TOPIC, [1]);
    expect([args(own), args(seen)]).toStrictEqual([[], [[1]]]);
  });

  it('is acknowledged to the one who asks, and to nobody else', () => {
    const { origin } = setting();
    const tabs = [origin.connected(), origin.connected()];
    for (const { wamp } of tabs) watch(wamp.topic(TOPIC));
    const acknowledged = watch(tabs[0]?.wamp.publish(TOPIC, [1], { acknowledge: true }) ?? NEVER);
    expect(acknowledged.values).toStrictEqual([{ id: expect.any(Number), topic: TOPIC }]);
    expect(acknowledged.complete).toBe(true);
    expect(watch(tabs[0]?.wamp.publish(TOPIC, [1]) ?? NEVER)).toMatchObject({ values: [], complete: true });
    expect(tabs.map(({ faults }) => faults)).toStrictEqual([[], []]);
  });

  it('is refused with the router’s error', () => {
    const { origin } = setting({}, { realms: { realm1: { authorize: (_, action) => action !== 'publish' } } });
    const seen = watch(origin.connected().wamp.publish(TOPIC, [1], { acknowledge: true }));
    expect(seen.error).toMatchObject({ name: 'WampError', uri: 'wamp.error.not_authorized' });
  });
});

describe('calls', () => {
  it('go from tab to tab, from and to the router’s others, with results, errors and payloads as they are', () => {
    const { origin, other } = setting();
    const [first, second] = [origin.connected(), origin.connected()];
    first.wamp.register(PROC, ({ args: [a, b] }) => payload([Number(a) + Number(b)], { from: 'first' })).subscribe();
    first.wamp
      .register('com.app.fails', () =>
        throwError(() => new WampError('com.app.error', { args: [1], kwargs: { why: 'because' } })),
      )
      .subscribe();
    for (const caller of [second.wamp, first.wamp, other]) {
      expect(watch(caller.call(PROC, [2, 3])).values).toMatchObject([{ args: [5], kwargs: { from: 'first' } }]);
      expect(watch(caller.call('com.app.fails')).error).toMatchObject({
        uri: 'com.app.error',
        args: [1],
        kwargs: { why: 'because' },
      });
    }
    expect(watch(second.wamp.call('com.app.none')).error).toMatchObject({ uri: 'wamp.error.no_such_procedure' });
  });

  it('stream results and chunks, and are cancelled', () => {
    const { origin, other } = setting();
    const results = new Subject<number>();
    let aborted = false;
    let inputs: unknown[] = [];
    other
      .register(PROC, (invocation) => {
        invocation.signal.addEventListener('abort', () => (aborted = true));
        return results;
      })
      .subscribe();
    origin
      .connected()
      .wamp.register('com.app.sum', ({ input$ }) => {
        const done = new Subject<number>();
        inputs = watch(input$).values;
        return done;
      })
      .subscribe();
    const { wamp } = origin.connected();
    const call = watch(wamp.call(PROC, [], { progress: true }));
    results.next(1);
    results.next(2);
    expect(args(call)).toStrictEqual([[1], [2]]);
    call.subscription.unsubscribe();
    expect(aborted).toBe(true);
    const chunks = new Subject<number>();
    const sum = watch(wamp.call('com.app.sum', chunks));
    chunks.next(1);
    chunks.next(2);
    expect(inputs.map((one) => (one as { args: unknown }).args)).toStrictEqual([[1], [2]]);
    sum.subscription.unsubscribe();
  });

  it('end for the caller when the tab that was called goes', () => {
    const { origin, other } = setting();
    const callee = origin.connected();
    let aborted = false;
    callee.wamp.register(PROC, () => NEVER).subscribe();
    other
      .register('com.app.long', ({ signal }) => {
        signal.addEventListener('abort', () => (aborted = true));
        return NEVER;
      })
      .subscribe();
    const caller = origin.connected();
    const seen = watch(caller.wamp.call(PROC));
    watch(callee.wamp.call('com.app.long'));
    callee.near.peer?.emit('close');
    expect(seen.error).toMatchObject({ uri: 'wamp.error.canceled' });
    // Its own calls are taken back, and what it offered is free again.
    expect(aborted).toBe(true);
    caller.wamp.register(PROC, () => 'mine').subscribe();
    expect(args(watch(other.call(PROC)))).toStrictEqual([['mine']]);
  });
});

describe('procedures', () => {
  it('are refused to the second tab, unless they are shared', () => {
    const { origin } = setting();
    const [first, second] = [origin.connected(), origin.connected()];
    watch(first.wamp.register(PROC, () => 1));
    expect(watch(second.wamp.register(PROC, () => 2)).error).toMatchObject({
      uri: 'wamp.error.procedure_already_exists',
    });
  });

  it.each([
    ['roundrobin', ['a', 'b', 'c', 'a']],
    ['first', ['a', 'a', 'a', 'a']],
    ['last', ['c', 'c', 'c', 'c']],
  ] as const)('with invoke %s are shared out between tabs', (invoke, expected) => {
    const { origin, other } = setting();
    const tabs = ['a', 'b', 'c'].map((name) => {
      const tab = origin.connected();
      const registered = watch(tab.wamp.register(PROC, () => name, { invoke }));
      expect(registered.error).toBeUndefined();
      return registered;
    });
    const ask = (): unknown => watch(other.call(PROC)).values[0]?.value;
    expect([ask(), ask(), ask(), ask()]).toStrictEqual(expected);
    // Others at the router have the same rule.
    expect(watch(other.register(PROC, () => 'other', { invoke })).error).toBeUndefined();
    for (const { subscription } of tabs) subscription.unsubscribe();
    expect(ask()).toBe('other');
  });

  it('with another way to invoke are refused, and so is the same tab twice', () => {
    const { origin } = setting();
    const [first, second] = [origin.connected(), origin.connected()];
    watch(first.wamp.register(PROC, () => 1, { invoke: 'first' }));
    for (const wamp of [second.wamp, first.wamp]) {
      const invoke = wamp === first.wamp ? 'first' : 'last';
      expect(watch(wamp.register(PROC, () => 2, { invoke })).error).toMatchObject({
        uri: 'wamp.error.procedure_already_exists',
      });
    }
  });

  it('can be taken over by another tab, and the one before is told', () => {
    const { origin, other } = setting();
    const [first, second] = [origin.connected(), origin.connected()];
    const before = watch(first.wamp.register(PROC, () => 'first'));
    watch(second.wamp.register(PROC, () => 'second', { onConflict: 'force_reregister' }));
    expect(isRevokedError(before.error)).toBe(true);
    expect(args(watch(other.call(PROC)))).toStrictEqual([['second']]);
  });
});

describe('the meta API', () => {
  it('knows subscriptions and sessions by the ids that tabs know', () => {
    const { origin } = setting();
    const { wamp } = origin.connected();
    const meta = metaApi(wamp);
    expect(watch(meta.session.count()).values).toStrictEqual([2]);
    watch(wamp.topic(TOPIC));
    const id = watch(meta.subscription.lookup(TOPIC)).values[0];
    const seen = watch(wamp.topic(TOPIC));
    wamp.publish(TOPIC, [1], { exclude_me: false });
    expect(seen.values[0]?.subscription).toBe(id);
  });

  it('is refused where it would speak for one tab and mean all', () => {
    const { origin } = setting();
    const seen = watch(origin.connected().wamp.call('wamp.session.add_testament', [TOPIC, [], {}]));
    expect(seen.error).toMatchObject({ uri: 'wamp.error.feature_not_supported' });
  });
});

describe('credentials', () => {
  it('are given in the worker, and hold for all tabs', async () => {
    const authenticate = [checkTicket({ principals: { joe: { ticket: 'secret', authrole: 'user' } } })];
    const { origin } = setting(
      { auth: [ticket({ authid: 'joe', ticket: 'secret' })] },
      { realms: { realm1: { authenticate } } },
    );
    const tabs = [origin.connected(), origin.connected()];
    await settled();
    for (const { wamp } of tabs)
      expect(watch(wamp.session$).values).toMatchObject([{ authid: 'joe', authrole: 'user' }]);
  });
});

describe('a lost connection', () => {
  it('is told to every tab, whose client does what it does on any lost connection', () => {
    const { router, origin, other } = setting();
    const callee = origin.connected();
    const caller = origin.connected();
    callee.wamp.register(PROC, () => 'here').subscribe();
    other.register('com.app.long', () => NEVER).subscribe();
    const topic = watch(caller.wamp.topic(TOPIC));
    const call = watch(caller.wamp.call('com.app.long'));
    const states = watch(caller.wamp.state$);
    const shared = watch(origin.shared.state$);
    const [session] = shared.values.map((state) => (state.status === 'connected' ? state.session.id : 0));
    metaApi(other)
      .session.kill(session ?? 0)
      .subscribe();
    expect(isConnectionLostError(call.error)).toBe(true);
    later(1000);
    expect(states.values.map(({ status }) => status)).toStrictEqual(
      expect.arrayContaining(['connected', 'waiting', 'connecting', 'connected']),
    );
    expect(states.values.at(-1)?.status).toBe('connected');
    other.publish(TOPIC, ['again']);
    expect(args(topic)).toStrictEqual([['again']]);
    expect(args(watch(other.call(PROC)))).toStrictEqual([['here']]);
    expect(router.statistics.sessions).toBe(2);
  });

  it('keeps tabs waiting, tells them why, and lets them in as soon as there is one', () => {
    let up = false;
    const { router } = setting();
    const down = throwError(() => new ConnectionRefusedError('the router is down', { attempted: 'connect' }));
    const origin = new Origin(() => (up ? router.transport() : down), { limits: { joinTimeoutMs: 100 } });
    const tab = origin.connected();
    const states = watch(tab.wamp.state$);
    later(100);
    const waiting = states.values.find(({ status }) => status === 'waiting');
    expect(waiting?.status === 'waiting' && waiting.cause.message).toContain('the router is down');
    up = true;
    later(60_000);
    expect(states.values.at(-1)?.status).toBe('connected');
  });
});

describe('a router that refuses for good', () => {
  it('is told to each tab with its reason, and asked again by the next that comes', async () => {
    const { origin, router } = setting({ realm: 'nowhere' });
    const tab = origin.connected({ realm: 'nowhere' });
    await settled();
    expect(tab.wamp.state).toMatchObject({
      status: 'closed',
      cause: { reason: 'wamp.error.no_such_realm', fatal: true },
    });
    expect(watch(origin.shared.state$).values[0]).toMatchObject({ status: 'closed' });
    const next = origin.connected({ realm: 'nowhere' });
    await settled();
    expect(next.wamp.state.status).toBe('closed');
    expect(router.statistics.sessions).toBe(1);
  });

  it('is not even asked by a tab that wants another realm', () => {
    const { origin } = setting();
    origin.connected();
    const tab = origin.connected({ realm: 'realm2' });
    const { state } = tab.wamp;
    expect(state.status === 'closed' && isConnectionRefusedError(state.cause) && state.cause.reason).toBe(
      'wamp.error.no_such_realm',
    );
  });
});

describe('a tab that is gone without a word', () => {
  it('is noticed by its silence, and all it had is released', () => {
    const { origin, other } = setting({ limits: { tabSilenceMs: 1_000, tabAnswerMs: 500 } });
    const silent = origin.connected();
    const alive = origin.connected();
    watch(silent.wamp.register(PROC, () => NEVER));
    watch(silent.wamp.topic(TOPIC));
    const call = watch(alive.wamp.call(PROC));
    vanish(silent);
    later(2_400);
    expect(call.error).toBeUndefined();
    later(200);
    expect(origin.shared.tabs).toBe(1);
    expect(isWampError(call.error) && call.error.uri).toBe('wamp.error.canceled');
    expect(watch(other.call(PROC)).error).toMatchObject({ uri: 'wamp.error.no_such_procedure' });
    expect(watch(metaApi(other).subscription.lookup(TOPIC)).values).not.toContainEqual(expect.any(Number));
    later(10_000);
    expect(origin.shared.tabs).toBe(1);
  });

  it('is dropped when more waits for it than may', async () => {
    const { origin, other } = setting({ limits: { maxBufferedBytesPerTab: 10_000 } });
    const slow = origin.connected();
    const alive = origin.connected();
    watch(slow.wamp.topic(TOPIC));
    const seen = watch(alive.wamp.topic(TOPIC));
    vanish(slow);
    for (let count = 0; count < 20; count++) {
      other.publish(TOPIC, ['x'.repeat(1_000)]);
      later(20);
    }
    await settled();
    expect(seen.values).toHaveLength(20);
    expect(origin.shared.tabs).toBe(1);
  });
});

describe('limits', () => {
  it('hold for tabs', () => {
    const { origin } = setting({ limits: { maxTabs: 1 } });
    origin.connected();
    const second = origin.connected();
    expect(second.wamp.state).toMatchObject({ status: 'waiting', cause: { reason: 'wamp.error.network_failure' } });
  });

  it('hold for subscriptions, registrations and calls of each tab', () => {
    const { origin, other } = setting({
      limits: { maxSubscriptionsPerTab: 1, maxRegistrationsPerTab: 1, maxPendingPerTab: 1 },
    });
    other.register('com.app.long', () => NEVER).subscribe();
    const { wamp } = origin.connected();
    const all = [1, 2].flatMap((n) => [
      watch(wamp.topic(`com.app.t${n}`)),
      watch(wamp.register(`com.app.p${n}`, () => n)),
      watch(wamp.call('com.app.long', [n])),
    ]);
    expect(all.slice(0, 3).map(({ error }) => error)).toStrictEqual([undefined, undefined, undefined]);
    expect(all.slice(3).map(({ error }) => isWampError(error) && error.uri)).toStrictEqual([
      'wamp.error.not_authorized',
      'wamp.error.not_authorized',
      'wamp.error.network_failure',
    ]);
    const { wamp: unconcerned } = origin.connected();
    expect(watch(unconcerned.topic('com.app.t2')).error).toBeUndefined();
  });

  it.each([
    [{ limits: { maxTabs: 0 } }],
    [{ limits: { tabAnswerMs: Number.NaN } }],
    [{ realm: 'not a realm' }],
    [{ url: 'ws://localhost' }],
    [{ handshakeTimeoutMs: -1 }],
  ])('and options are checked at once: %j', (options) => {
    expect(() => new Origin(NEVER, options)).toThrow(UsageError);
  });
});

describe('close()', () => {
  it('says GOODBYE to tabs and router, and is final', async () => {
    const { origin, shared, router } = setting();
    const tab = origin.connected({ retry: false });
    const states = watch(shared.state$);
    await shared.close();
    expect(states.values.at(-1)).toStrictEqual({ status: 'closed', cause: undefined });
    expect(states.complete).toBe(true);
    expect(router.statistics.sessions).toBe(1);
    expect(tab.wamp.state).toMatchObject({ status: 'closed', cause: { reason: 'wamp.close.system_shutdown' } });
    const late = origin.connected({ retry: false });
    expect(late.wamp.state).toMatchObject({ status: 'closed', cause: { reason: 'wamp.close.system_shutdown' } });
    expect(shared.tabs).toBe(0);
    await shared.close();
  });
});
