import { describe, expect, it, jest } from '@jest/globals';
import { catchError, retry, take, type Observable } from 'rxjs';
import { Code, WampClient, type TopicOptions, type WampEvent } from 'rxwamp';
import {
  again,
  atOnce,
  connected,
  idle,
  reconnect,
  subscribed,
  TOPIC,
  useVirtualTime,
  valuesOf,
  watch,
  type Setting,
} from './support.js';

useVirtualTime();

const topic$ = ({ wamp }: Setting): Observable<WampEvent> => wamp.topic(TOPIC);

describe('a topic', () => {
  it('is one SUBSCRIBE for all who want the same, however they write it', () => {
    const setting = connected();
    const { router, wamp } = setting;
    const topics = [
      watch(wamp.topic(TOPIC)),
      watch(wamp.topic(TOPIC)),
      watch(wamp.topic(TOPIC, {})),
      watch(wamp.topic(TOPIC, { match: 'exact' })),
      watch(wamp.topic(TOPIC, { gaps: 'silent' })),
    ];
    expect(router.expect(Code.SUBSCRIBE).options).toStrictEqual({});
    router.send([Code.SUBSCRIBED, 1, 7]);
    router.send([Code.EVENT, 7, 1, {}, ['a']]);
    for (const topic of topics) expect(valuesOf(topic)).toStrictEqual(['a']);
    for (const topic of topics) {
      router.expectSilence();
      topic.subscription.unsubscribe();
    }
    router.expect(Code.UNSUBSCRIBE, { subscription: 7 });
    router.expectSilence();
  });

  it('is one SUBSCRIBE also when the options come in another order', () => {
    const { router, wamp } = connected();
    watch(wamp.topic(TOPIC, { get_retained: true, _a: 1 }));
    watch(wamp.topic(TOPIC, { _a: 1, get_retained: true }));
    router.expect(Code.SUBSCRIBE, { options: { get_retained: true, _a: 1 } });
    router.expectSilence();
  });

  it('with other options is another SUBSCRIBE; the broker’s one subscription ends with the last', () => {
    const { router, wamp } = connected();
    const plain = watch(wamp.topic(TOPIC));
    const retained = watch(wamp.topic(TOPIC, { get_retained: true }));
    subscribed(router, 7);
    subscribed(router, 7);
    router.send([Code.EVENT, 7, 1, {}, ['a']]);
    plain.subscription.unsubscribe();
    router.expectSilence();
    router.send([Code.EVENT, 7, 2, {}, ['b']]);
    expect([valuesOf(plain), valuesOf(retained)]).toStrictEqual([['a'], ['a', 'b']]);
    retained.subscription.unsubscribe();
    router.expect(Code.UNSUBSCRIBE, { subscription: 7 });
  });

  it('gives events in the order in which they came', () => {
    const setting = connected();
    const topic = watch(topic$(setting));
    subscribed(setting.router);
    for (let at = 0; at < 100; at++) setting.router.send([Code.EVENT, 7, 1_000 - at, {}, [at]]);
    expect(valuesOf(topic)).toStrictEqual(Array.from({ length: 100 }, (_, at) => at));
  });

  it('can be left and joined for ever', () => {
    const setting = connected();
    const { router } = setting;
    const topic = topic$(setting);
    for (let id = 1; id <= 5; id++) {
      const seen = watch(topic);
      subscribed(router, id);
      router.send([Code.EVENT, id, 1, {}, [id]]);
      expect(valuesOf(seen)).toStrictEqual([id]);
      seen.subscription.unsubscribe();
      router.expect(Code.UNSUBSCRIBE, { subscription: id });
    }
  });

  it('left before SUBSCRIBED came is unsubscribed when it comes', () => {
    const setting = connected();
    watch(topic$(setting)).subscription.unsubscribe();
    subscribed(setting.router);
    setting.router.expect(Code.UNSUBSCRIBE, { subscription: 7 });
    setting.router.expectSilence();
  });

  it('left while there is no connection is not subscribed at all', () => {
    const setting = idle();
    watch(topic$(setting)).subscription.unsubscribe();
    setting.router.welcome();
    setting.router.expectSilence();
    expect(setting.statuses().at(-1)).toBe('connected');
  });

  it('left by one of two before the first connection is subscribed for the other', () => {
    const setting = idle();
    const [first, second] = [watch(topic$(setting)), watch(topic$(setting))];
    first.subscription.unsubscribe();
    setting.router.welcome();
    subscribed(setting.router);
    setting.router.send([Code.EVENT, 7, 1, {}, ['a']]);
    expect(valuesOf(second)).toStrictEqual(['a']);
    setting.router.expectSilence();
  });

  it('that is refused is an error on that stream, and can be asked for again', () => {
    const setting = connected();
    const { router } = setting;
    const refused = watch(topic$(setting));
    router.send([Code.ERROR, Code.SUBSCRIBE, router.expect(Code.SUBSCRIBE).request, {}, 'wamp.error.not_authorized']);
    expect(refused.error).toMatchObject({ name: 'WampError', uri: 'wamp.error.not_authorized', on: TOPIC });
    expect(setting.wamp.state.status).toBe('connected');
    const topic = watch(topic$(setting));
    subscribed(router);
    router.send([Code.EVENT, 7, 1, {}, ['a']]);
    expect(valuesOf(topic)).toStrictEqual(['a']);
  });

  it('that is refused can be retried with RxJS', () => {
    const setting = connected();
    const { router } = setting;
    const topic = watch(topic$(setting).pipe(retry({ count: 3, delay: 100 })));
    router.send([Code.ERROR, Code.SUBSCRIBE, router.expect(Code.SUBSCRIBE).request, {}, 'wamp.error.not_authorized']);
    jest.advanceTimersByTime(100);
    subscribed(router);
    router.send([Code.EVENT, 7, 1, {}, ['a']]);
    expect(valuesOf(topic)).toStrictEqual(['a']);
  });

  it('that the broker takes back errors, and is not asked for again by itself', () => {
    const setting = connected();
    const { router } = setting;
    const topic = watch(topic$(setting));
    subscribed(router);
    router.send([Code.UNSUBSCRIBED, 0, { subscription: 7, reason: 'com.app.closed' }]);
    expect(topic.error).toMatchObject({ name: 'RevokedError', reason: 'com.app.closed', on: TOPIC });
    reconnect(router);
    router.expectSilence();
  });

  it('is subscribed after a reconnect with its own options', () => {
    const { router, wamp } = connected();
    const plain = watch(wamp.topic(TOPIC));
    const prefix = watch(wamp.topic('com.app', { match: 'prefix', get_retained: true, _x: [1] }));
    subscribed(router, 7);
    subscribed(router, 8);
    reconnect(router);
    router.expect(Code.SUBSCRIBE, { topic: TOPIC, options: { match: undefined, get_retained: undefined } });
    router.expect(Code.SUBSCRIBE, { topic: 'com.app', options: { match: 'prefix', get_retained: true, _x: [1] } });
    router.send([Code.SUBSCRIBED, 1, 17]);
    router.send([Code.SUBSCRIBED, 2, 18]);
    // Ids of the session that is gone mean nothing.
    router.send([Code.EVENT, 7, 1, {}, ['old']]);
    router.send([Code.EVENT, 17, 2, {}, ['new']]);
    router.send([Code.EVENT, 18, 2, { topic: TOPIC }, ['new']]);
    expect([valuesOf(plain), valuesOf(prefix)]).toStrictEqual([['new'], ['new']]);
    expect(prefix.values[0]?.topic).toBe(TOPIC);
  });

  it('left while the connection is down is not subscribed again', () => {
    const setting = connected();
    const topic = watch(topic$(setting));
    subscribed(setting.router);
    setting.router.drop();
    topic.subscription.unsubscribe();
    again();
    setting.router.welcome();
    setting.router.expectSilence();
  });

  it('refused after a reconnect errors', () => {
    const setting = connected();
    const { router } = setting;
    const topic = watch(topic$(setting));
    subscribed(router);
    reconnect(router);
    router.send([Code.ERROR, Code.SUBSCRIBE, router.expect(Code.SUBSCRIBE).request, {}, 'wamp.error.not_authorized']);
    expect(topic.error).toMatchObject({ uri: 'wamp.error.not_authorized' });
    reconnect(router);
    router.expectSilence();
  });

  it('that ends in the very event it began with leaves nothing behind', () => {
    const sent: number[] = [];
    const wamp = new WampClient({
      realm: 'realm1',
      transport: atOnce((message) => {
        sent.push(message[0]);
        if (message[0] !== Code.SUBSCRIBE) return [];
        return [
          [Code.SUBSCRIBED, message[1], 7],
          [Code.EVENT, 7, 1, { retained: true }, ['kept']],
        ];
      }),
    });
    wamp.connect();
    for (let turn = 0; turn < 2; turn++)
      expect(valuesOf(watch(wamp.topic(TOPIC, { get_retained: true }).pipe(take(1))))).toStrictEqual(['kept']);
    expect(sent).toStrictEqual([Code.SUBSCRIBE, Code.UNSUBSCRIBE, Code.SUBSCRIBE, Code.UNSUBSCRIBE]);
  });
});

describe('lingerMs', () => {
  it('is one SUBSCRIBE also for who comes back while a new session is being filled', () => {
    const setting = connected({ lingerMs: 60_000 });
    const { router, wamp } = setting;
    // The next router lacks what this one needs, which its subscriber hears before the lingering topic has its turn.
    const other$ = wamp.topic('com.other.', { match: 'prefix' });
    other$.pipe(catchError(() => topic$(setting))).subscribe();
    router.send([Code.SUBSCRIBED, router.expect(Code.SUBSCRIBE).request, 8]);
    const left = watch(topic$(setting));
    subscribed(router);
    left.subscription.unsubscribe();
    reconnect(router, { roles: { broker: {}, dealer: {} } });
    router.expect(Code.SUBSCRIBE, { topic: TOPIC });
    router.expectSilence();
  });

  it('keeps a topic that nobody watches subscribed for so long', () => {
    const setting = connected({ lingerMs: 1_000 });
    const { router } = setting;
    watch(topic$(setting)).subscription.unsubscribe();
    subscribed(router);
    jest.advanceTimersByTime(999);
    router.expectSilence();
    const topic = watch(topic$(setting));
    jest.advanceTimersByTime(10_000);
    router.send([Code.EVENT, 7, 1, {}, ['a']]);
    expect(valuesOf(topic)).toStrictEqual(['a']);
    router.expectSilence();
    topic.subscription.unsubscribe();
    jest.advanceTimersByTime(1_000);
    router.expect(Code.UNSUBSCRIBE, { subscription: 7 });
    expect(watch(topic$(setting)).error).toBeUndefined();
    router.expect(Code.SUBSCRIBE);
  });

  it('goes on over a reconnect', () => {
    const setting = connected({ lingerMs: 60_000 });
    const { router } = setting;
    watch(topic$(setting)).subscription.unsubscribe();
    subscribed(router, 7);
    reconnect(router);
    subscribed(router, 8);
    const topic = watch(topic$(setting));
    router.expectSilence();
    router.send([Code.EVENT, 8, 1, {}, ['a']]);
    expect(valuesOf(topic)).toStrictEqual(['a']);
  });

  it('watched again while the connection is down is subscribed once', () => {
    const setting = connected({ lingerMs: 60_000 });
    const { router } = setting;
    watch(topic$(setting)).subscription.unsubscribe();
    subscribed(router);
    router.drop();
    const topic = watch(topic$(setting));
    again();
    router.welcome();
    subscribed(router, 9);
    router.expectSilence();
    router.send([Code.EVENT, 9, 1, {}, ['a']]);
    expect(valuesOf(topic)).toStrictEqual(['a']);
  });

  it('ends with the client, and with a refusal', () => {
    const setting = connected({ lingerMs: 60_000, heartbeat: false, closeTimeoutMs: 1 });
    const { router, wamp } = setting;
    watch(topic$(setting)).subscription.unsubscribe();
    router.send([Code.ERROR, Code.SUBSCRIBE, router.expect(Code.SUBSCRIBE).request, {}, 'wamp.error.x']);
    watch(wamp.topic('com.app.b')).subscription.unsubscribe();
    subscribed(router);
    void wamp.close();
    router.send([Code.GOODBYE, {}, 'wamp.close.goodbye_and_out']);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('Infinity keeps it', () => {
    const setting = connected({ lingerMs: Infinity });
    watch(topic$(setting)).subscription.unsubscribe();
    subscribed(setting.router);
    jest.advanceTimersByTime(10_000_000);
    setting.router.expectSilence();
  });
});

describe('C-13: a topic’s URI', () => {
  it.each<[string, TopicOptions]>([
    ['', {}],
    ['com.app..a', {}],
    ['com.app.', {}],
    ['.com', {}],
    ['com.a b', {}],
    ['com.a#b', {}],
    ['com.app\n', {}],
    ['a..b', { match: 'prefix' }],
    ['a b', { match: 'wildcard' }],
    [`a.${'b'.repeat(5_000)}`, {}],
  ])('is refused before anything is sent: %j %j', (uri, options: TopicOptions) => {
    const { router, wamp } = connected();
    expect(watch(wamp.topic(uri, options)).error).toMatchObject({ name: 'UsageError', uri: 'wamp.error.invalid_uri' });
    router.expectSilence();
  });

  it.each<[string, TopicOptions]>([
    ['wamp.session.on_join', {}],
    ['com.app-x.ÄÖ', {}],
    ['com.app.', { match: 'prefix' }],
    ['', { match: 'prefix' }],
    ['com..a', { match: 'wildcard' }],
    ['..', { match: 'wildcard' }],
  ])('is sent: %j %j', (uri, options: TopicOptions) => {
    const { router, wamp } = connected();
    watch(wamp.topic(uri, options));
    router.expect(Code.SUBSCRIBE, { topic: uri });
  });

  it('and options that are not what they should be are refused as errors of the stream', () => {
    const { router, wamp } = connected();
    // What a program in JavaScript may hand over.
    const wrong = [
      { match: 'regex' },
      { get_retained: 'yes' },
      { gaps: 'never' },
      { match: 5 },
    ] as unknown[] as TopicOptions[];
    for (const options of wrong) {
      expect(watch(wamp.topic(TOPIC, options)).error).toMatchObject({
        name: 'UsageError',
        uri: 'wamp.error.invalid_argument',
      });
    }
    expect(watch(wamp.topic(5 as unknown as string)).error).toMatchObject({ name: 'UsageError' });
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    expect(watch(wamp.topic(TOPIC, { _cycle: cycle })).error).toMatchObject({ name: 'SerializationError', on: TOPIC });
    router.expectSilence();
  });
});

describe('C-3: what the router did not announce', () => {
  it.each<[string, TopicOptions, string]>([
    ['com.app', { match: 'prefix' }, 'pattern_based_subscription'],
    ['com..a', { match: 'wildcard' }, 'pattern_based_subscription'],
    [TOPIC, { get_retained: true }, 'event_retention'],
  ])('is refused: %s %j needs %s', (uri, options: TopicOptions, feature) => {
    const { router, wamp, statuses } = connected({}, { welcome: { roles: { broker: {} } } });
    const topic = watch(wamp.topic(uri, options));
    expect(topic.error).toMatchObject({
      name: 'UsageError',
      uri: 'wamp.error.feature_not_supported',
      message: expect.stringContaining(feature),
    });
    router.expectSilence();
    expect(statuses().at(-1)).toBe('connected');
  });

  it('is not needed for what asks for nothing', () => {
    const { router, wamp } = connected({}, { welcome: { roles: { broker: {} } } });
    watch(wamp.topic(TOPIC, { match: 'exact', get_retained: false, _x: 1 }));
    router.expect(Code.SUBSCRIBE);
  });

  it('is found out anew in each session', () => {
    const { router, wamp } = connected();
    const topic = watch(wamp.topic('com.app', { match: 'prefix' }));
    subscribed(router);
    reconnect(router, { roles: { broker: {} } });
    expect(topic.error).toMatchObject({ uri: 'wamp.error.feature_not_supported' });
    router.expectSilence();
    expect(wamp.state.status).toBe('connected');
  });
});
