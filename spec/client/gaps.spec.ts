import { describe, expect, it, jest } from '@jest/globals';
import {
  Code,
  history,
  isTopicGap,
  isTopicSnapshot,
  snapshot,
  type Dict,
  type GapFill,
  type TopicGap,
  type TopicSnapshot,
  type WampEvent,
  type WampResult,
} from 'rxwamp';
import {
  again,
  close,
  connected,
  idle,
  reconnect,
  subscribed,
  TOPIC,
  useVirtualTime,
  watch,
  type Seen,
  type Setting,
} from './support.js';

useVirtualTime();

type Item = WampEvent | TopicGap;
/** Events as their publication ids, gaps as they are told. */
const items = ({ values }: Seen<Item>): unknown[] =>
  values.map((item) => (isTopicGap(item) ? 'gap' : item.publication));
const gapOf = ({ values }: Seen<Item>): TopicGap | undefined => values.filter(isTopicGap).at(-1);

/** A topic with a gap policy, subscribed under id 7, that has seen event 100. */
function topicWith(
  gaps: 'notice' | 'silent' | GapFill<never>,
): Setting & { readonly topic: Seen<Item> & { subscription: { unsubscribe(): void } } } {
  const setting = connected();
  const topic = watch<Item>(setting.wamp.topic(TOPIC, { gaps }));
  subscribed(setting.router, 7);
  setting.router.send([Code.EVENT, 7, 100, {}, ['seen']]);
  return { ...setting, topic };
}

const stored = (...publications: number[]): Dict[] =>
  publications.map((publication) => ({
    timestamp: '2026-01-01T00:00:00Z',
    subscription: 8,
    publication,
    details: {},
    args: [publication],
  }));

describe("gaps: 'silent'", () => {
  it('goes on as if nothing had been', () => {
    const { router, topic } = topicWith('silent');
    reconnect(router);
    subscribed(router, 8);
    router.send([Code.EVENT, 8, 101, {}]);
    expect(items(topic)).toStrictEqual([100, 101]);
    router.expectSilence();
  });
});

describe("gaps: 'notice'", () => {
  it('tells when the topic is subscribed again, before its next event', () => {
    const { router, topic } = topicWith('notice');
    jest.setSystemTime(5_000);
    router.drop();
    jest.advanceTimersByTime(700);
    router.welcome();
    expect(items(topic)).toStrictEqual([100]);
    const resumedAtMs = Date.now();
    subscribed(router, 8);
    router.send([Code.EVENT, 8, 101, {}]);
    expect(items(topic)).toStrictEqual([100, 'gap', 101]);
    expect(gapOf(topic)).toEqual({
      topic: TOPIC,
      lostAtMs: 5_000,
      resumedAtMs,
      lastPublication: 100,
      cause: undefined,
    });
  });

  it('is one gap, however many attempts it takes', () => {
    const { router, topic } = topicWith('notice');
    jest.setSystemTime(5_000);
    router.drop();
    again();
    router.welcome();
    router.expect(Code.SUBSCRIBE);
    router.drop();
    again();
    router.welcome();
    subscribed(router, 9);
    expect(items(topic)).toStrictEqual([100, 'gap']);
    expect(gapOf(topic)?.lostAtMs).toBe(5_000);
  });

  it('is told of each gap', () => {
    const { router, topic } = topicWith('notice');
    for (const id of [8, 9]) {
      reconnect(router);
      subscribed(router, id);
    }
    expect(items(topic)).toStrictEqual([100, 'gap', 'gap']);
  });

  it('is not told before the first connection, however late it comes', () => {
    const { router, wamp } = idle();
    router.refuse();
    const topic = watch<Item>(wamp.topic(TOPIC, { gaps: 'notice' }));
    for (let attempt = 0; attempt < 5; attempt++) again();
    router.admit();
    again();
    router.welcome();
    subscribed(router);
    expect(topic.values).toStrictEqual([]);
  });

  it('is not told to who comes later, when all who had the topic left meanwhile', () => {
    const { router, wamp, topic } = topicWith('notice');
    router.drop();
    topic.subscription.unsubscribe();
    const later = watch<Item>(wamp.topic(TOPIC, { gaps: 'notice' }));
    again();
    router.welcome();
    subscribed(router, 8);
    router.send([Code.EVENT, 8, 101, {}]);
    expect(items(later)).toStrictEqual([101]);
  });

  it('of a topic that nobody had published to says so', () => {
    const { router, wamp } = connected();
    const topic = watch<Item>(wamp.topic(TOPIC, { gaps: 'notice' }));
    subscribed(router);
    reconnect(router);
    subscribed(router, 8);
    expect(gapOf(topic)?.lastPublication).toBeUndefined();
    expect(items(topic)).toStrictEqual(['gap']);
  });

  it('may be what makes a subscriber leave', () => {
    const { router, wamp } = connected();
    const subscription = wamp.topic(TOPIC, { gaps: 'notice' }).subscribe((item) => {
      if (isTopicGap(item)) subscription.unsubscribe();
    });
    subscribed(router);
    reconnect(router);
    subscribed(router, 8);
    router.expect(Code.UNSUBSCRIBE, { subscription: 8 });
    router.expectSilence();
  });

  it('does not go to the subscribers of the same topic who did not ask', () => {
    const { router, wamp, topic } = topicWith('notice');
    const plain = watch<Item>(wamp.topic(TOPIC));
    subscribed(router, 7);
    reconnect(router);
    subscribed(router, 8);
    subscribed(router, 8);
    expect([items(topic), items(plain)]).toStrictEqual([[100, 'gap'], []]);
  });
});

describe('gaps: history()', () => {
  /** Lost and joined again: the history is being asked for. */
  function asking(): ReturnType<typeof topicWith> & { readonly request: number } {
    const setting = topicWith(history());
    reconnect(setting.router);
    subscribed(setting.router, 8);
    const { request } = setting.router.expect(Code.CALL, {
      procedure: 'wamp.subscription.get_events',
      args: [8],
      kwargs: { from_publication: 100, limit: 10_001 },
    });
    setting.router.expectSilence();
    return { ...setting, request };
  }

  it('fills the gap from the router’s history, then goes on, each event once', () => {
    const { router, topic, request } = asking();
    router.send([Code.EVENT, 8, 102, {}, [102]]);
    router.send([Code.EVENT, 8, 103, {}, [103]]);
    expect(items(topic)).toStrictEqual([100]);
    router.send([Code.RESULT, request, {}, stored(100, 101, 102)]);
    expect(items(topic)).toStrictEqual([100, 101, 102, 103]);
    router.send([Code.EVENT, 8, 104, {}]);
    expect(items(topic)).toStrictEqual([100, 101, 102, 103, 104]);
  });

  it('gives what is stored as events', () => {
    const { router, topic, request } = asking();
    const details = { topic: 'com.app.real', publisher: 5 };
    router.send([
      Code.RESULT,
      request,
      {},
      [...stored(100), { publication: 101, details, args: [1], kwargs: { k: 2 } }, { publication: 102 }],
    ]);
    expect(topic.values.slice(1)).toStrictEqual([
      expect.objectContaining({
        args: [1],
        kwargs: { k: 2 },
        details,
        topic: 'com.app.real',
        publication: 101,
        subscription: 8,
      }),
      expect.objectContaining({ args: [], kwargs: {}, details: {}, topic: TOPIC, publication: 102 }),
    ]);
  });

  it('C-41: takes them as one list, and with the keys of nexus', () => {
    for (const result of [
      [stored(100, 101, 102)],
      [{ Publication: 100 }, { Publication: 101, Details: {}, Arguments: [1] }, { Publication: 102 }],
    ]) {
      const { router, topic, request } = asking();
      router.send([Code.RESULT, request, {}, result]);
      expect(items(topic)).toStrictEqual([100, 101, 102]);
    }
  });

  it('leaves out what was seen before, when the router gives that, too', () => {
    const { router, topic, request } = asking();
    router.send([Code.RESULT, request, {}, stored(98, 99, 100, 101)]);
    expect(items(topic)).toStrictEqual([100, 101]);
  });

  it('leaves out what is retained and was seen before', () => {
    const { router, topic, request } = asking();
    router.send([Code.EVENT, 8, 100, { retained: true }, ['seen']]);
    router.send([Code.RESULT, request, {}, stored(100, 101)]);
    expect(items(topic)).toStrictEqual([100, 101]);
  });

  it('with nothing missed says nothing', () => {
    for (const result of [stored(100), [stored(100)]]) {
      const { router, topic, request } = asking();
      router.send([Code.RESULT, request, {}, result]);
      router.send([Code.EVENT, 8, 101, {}]);
      expect(items(topic)).toStrictEqual([100, 101]);
    }
  });

  it.each<[string, (setting: ReturnType<typeof asking>) => void, object]>([
    [
      'is refused',
      ({ router, request }) => router.send([Code.ERROR, Code.CALL, request, {}, 'wamp.error.not_authorized']),
      { name: 'WampError', uri: 'wamp.error.not_authorized' },
    ],
    ['does not come', () => jest.advanceTimersByTime(10_000), { name: 'TimeoutError' }],
    ...[[5], [null], [{}], [{ publication: 'x' }], [[{ publication: 0 }]], ['x', 'y']].map(
      (result): [string, (setting: ReturnType<typeof asking>) => void, object] => [
        `is none: ${JSON.stringify(result)}`,
        ({ router, request }) => router.send([Code.RESULT, request, {}, result]),
        { name: 'ProtocolViolationError' },
      ],
    ),
  ])('the gap is told, with the cause, when the history %s', (_, fail, cause) => {
    const setting = asking();
    const { router, topic } = setting;
    router.send([Code.EVENT, 8, 20_001, {}]);
    fail(setting);
    expect(items(topic)).toStrictEqual([100, 'gap', 20_001]);
    expect(gapOf(topic)).toMatchObject({ lastPublication: 100, cause });
    router.send([Code.EVENT, 8, 20_002, {}]);
    expect(items(topic)).toStrictEqual([100, 'gap', 20_001, 20_002]);
    expect(router.isConnected).toBe(true);
  });

  /** What does not join on to what was seen, and what the cause of the gap says of it. */
  const torn: [string, Dict[], string][] = [
    ['is longer than is fetched', stored(...Array.from({ length: 10_001 }, (_, at) => at + 100)), 'too many'],
    ...[[], stored(101, 102)].map((result): [string, Dict[], string] => [
      `does not reach back far enough: ${String(result.length)}`,
      result,
      'does not reach back',
    ]),
  ];

  it.each(torn)('the gap is told, and then what there is, when the history %s', (_, result, message) => {
    const { router, topic, request } = asking();
    router.send([Code.EVENT, 8, 20_001, {}]);
    router.send([Code.RESULT, request, {}, result]);
    expect(items(topic)).toStrictEqual([100]);
    const latest = router.expect(Code.CALL, { args: [8], kwargs: { limit: 10_000, reverse: true } });
    router.send([Code.RESULT, latest.request, {}, stored(20_001, 20_000, 19_999)]);
    expect(items(topic)).toStrictEqual([100, 'gap', 19_999, 20_000, 20_001]);
    const cause: unknown = expect.objectContaining({
      name: 'OverflowError',
      message: expect.stringContaining(message),
    });
    expect(gapOf(topic)).toMatchObject({ lastPublication: 100, cause });
    router.send([Code.EVENT, 8, 20_002, {}]);
    expect(items(topic).at(-1)).toBe(20_002);
  });

  it.each(torn)('the gap is told with its cause, too, when %s and what there is does not come', (_, result) => {
    const { router, topic, request } = asking();
    router.send([Code.EVENT, 8, 20_001, {}]);
    router.send([Code.RESULT, request, {}, result]);
    router.expect(Code.CALL, { kwargs: { limit: 10_000, reverse: true } });
    jest.advanceTimersByTime(10_000);
    expect(items(topic)).toStrictEqual([100, 'gap', 20_001]);
    expect(gapOf(topic)?.cause).toMatchObject({ name: 'TimeoutError' });
  });

  it('after a gap the events that came meanwhile keep their order, also where the history begins among them', () => {
    const { router, topic, request } = asking();
    for (const id of [102, 103, 104]) router.send([Code.EVENT, 8, id, {}]);
    router.send([Code.RESULT, request, {}, stored(103, 104)]);
    router.send([Code.EVENT, 8, 105, {}]);
    const latest = router.expect(Code.CALL, { kwargs: { limit: 10_000, reverse: true } });
    router.send([Code.RESULT, latest.request, {}, stored(105, 104)]);
    expect(items(topic)).toStrictEqual([100, 'gap', 102, 103, 104, 105]);
  });

  it('what is retained and was missed comes in its place among what was missed', () => {
    const { router, topic, request } = asking();
    router.send([Code.EVENT, 8, 101, { retained: true }]);
    router.send([Code.EVENT, 8, 103, {}]);
    router.send([Code.RESULT, request, {}, stored(100, 101, 102, 103)]);
    expect(items(topic)).toStrictEqual([100, 101, 102, 103]);
  });

  it('joins on to any event that was seen: one that was not for everybody is not stored', () => {
    const { router, topic } = topicWith(history());
    router.send([Code.EVENT, 7, 101, {}, ['for some']]);
    reconnect(router);
    subscribed(router, 8);
    const first = router.expect(Code.CALL, { kwargs: { from_publication: 101, limit: 10_001 } });
    router.send([Code.RESULT, first.request, {}, []]);
    const latest = router.expect(Code.CALL, { kwargs: { limit: 10_000, reverse: true } });
    router.send([Code.RESULT, latest.request, {}, stored(103, 102, 100, 99)]);
    expect(items(topic)).toStrictEqual([100, 101, 102, 103]);
  });

  it('keeps a bounded number of events back meanwhile', () => {
    const { router, topic, request } = asking();
    for (let at = 0; at <= 10_000; at++) router.send([Code.EVENT, 8, 200 + at, {}]);
    expect(items(topic).slice(0, 3)).toStrictEqual([100, 'gap', 200]);
    expect(topic.values).toHaveLength(10_003);
    // What comes now is too late, and changes nothing.
    router.send([Code.RESULT, request, {}, stored(101)]);
    expect(topic.values).toHaveLength(10_003);
  });

  it('tells the gap at once where the router announces no history', () => {
    const { router, topic } = topicWith(history());
    reconnect(router, { roles: { broker: {}, dealer: {} } });
    subscribed(router, 8);
    router.expectSilence();
    expect(gapOf(topic)).toMatchObject({ cause: { name: 'UsageError', uri: 'wamp.error.feature_not_supported' } });
  });

  it('tells the gap where no event was seen yet, from which to ask', () => {
    const { router, wamp } = connected();
    const topic = watch<Item>(wamp.topic(TOPIC, { gaps: history() }));
    subscribed(router);
    reconnect(router);
    subscribed(router, 8);
    router.expectSilence();
    expect(items(topic)).toStrictEqual(['gap']);
  });

  it('is asked for again when the connection is lost while it is fetched: the gap is still that of the first loss', () => {
    const { router, topic } = asking();
    router.send([Code.EVENT, 8, 150, {}]);
    router.drop();
    expect(items(topic)).toStrictEqual([100]);
    again();
    router.welcome();
    subscribed(router, 9);
    const { request } = router.expect(Code.CALL, { args: [9], kwargs: { from_publication: 100 } });
    router.send([Code.RESULT, request, {}, stored(100, 101, 150, 151)]);
    expect(items(topic)).toStrictEqual([100, 101, 150, 151]);
  });

  it('while it is fetched, closing completes the stream and tells no gap', async () => {
    const setting = asking();
    await close(setting);
    expect(items(setting.topic)).toStrictEqual([100]);
    expect(setting.topic.complete).toBe(true);
  });

  it('while it is fetched, leaving forgets it', () => {
    const { router, topic, request } = asking();
    topic.subscription.unsubscribe();
    router.expect(Code.UNSUBSCRIBE, { subscription: 8 });
    router.expect(Code.CANCEL, { request });
    router.send([Code.RESULT, request, {}, stored(101)]);
    router.expectSilence();
    expect(items(topic)).toStrictEqual([100]);
    jest.advanceTimersByTime(20_000);
    router.expectSilence();
  });

  it('while it is fetched, being revoked is an error and no gap', () => {
    const { router, topic, request } = asking();
    router.send([Code.UNSUBSCRIBED, 0, { subscription: 8 }]);
    expect(topic.error).toMatchObject({ name: 'RevokedError' });
    router.send([Code.RESULT, request, {}, stored(101)]);
    expect(items(topic)).toStrictEqual([100]);
  });
});

describe('gaps: history({ first })', () => {
  it('begins with the latest events, oldest first, then goes on, each once', () => {
    const { router, wamp } = connected();
    const topic = watch<Item>(wamp.topic(TOPIC, { gaps: history({ first: 2 }) }));
    subscribed(router, 8);
    const { request } = router.expect(Code.CALL, { args: [8], kwargs: { limit: 2, reverse: true } });
    router.send([Code.EVENT, 8, 102, {}]);
    router.send([Code.EVENT, 8, 103, {}]);
    router.send([Code.RESULT, request, {}, stored(102, 101)]);
    expect(items(topic)).toStrictEqual([101, 102, 103]);
  });

  it('is asked for again when the connection is lost before it came', () => {
    const { router, wamp } = connected();
    const topic = watch<Item>(wamp.topic(TOPIC, { gaps: history({ first: 2 }) }));
    subscribed(router, 8);
    router.expect(Code.CALL);
    reconnect(router);
    subscribed(router, 9);
    const { request } = router.expect(Code.CALL, { args: [9], kwargs: { limit: 2, reverse: true } });
    router.send([Code.RESULT, request, {}, stored(101)]);
    expect(items(topic)).toStrictEqual([101]);
  });

  it('is for each subscriber by itself', () => {
    const { router, wamp } = connected();
    const first = watch<Item>(wamp.topic(TOPIC, { gaps: history({ first: 1 }) }));
    subscribed(router, 8);
    router.send([Code.RESULT, router.expect(Code.CALL).request, {}, stored(101)]);
    const second = watch<Item>(wamp.topic(TOPIC, { gaps: history({ first: 1 }) }));
    subscribed(router, 8);
    router.send([Code.RESULT, router.expect(Code.CALL).request, {}, stored(101)]);
    expect([items(first), items(second)]).toStrictEqual([[101], [101]]);
  });

  it('tells a gap where the router announces no history, and goes on', () => {
    const { router, wamp } = idle();
    wamp.connect();
    router.welcome({ roles: { broker: {}, dealer: {} } });
    const topic = watch<Item>(wamp.topic(TOPIC, { gaps: history({ first: 2 }) }));
    subscribed(router, 8);
    router.send([Code.EVENT, 8, 103, {}]);
    expect(items(topic)).toStrictEqual(['gap', 103]);
  });

  it.each([{ limit: 0 }, { first: -1 }, { timeoutMs: 0 }, { limit: 1.5 }])('refuses %p', (options) => {
    expect(() => history(options)).toThrow(expect.objectContaining({ name: 'UsageError' }));
  });
});

describe("gaps: 'retained'", () => {
  const retained = (publication: number): [typeof Code.EVENT, number, number, Dict] => [
    Code.EVENT,
    8,
    publication,
    { retained: true },
  ];

  it('asks for what is retained, and gives it again after a reconnect only if it is another event', () => {
    const { router, wamp } = connected();
    const topic = watch<Item>(wamp.topic(TOPIC, { gaps: 'retained' }));
    const { request } = router.expect(Code.SUBSCRIBE, { options: { get_retained: true } });
    router.send([Code.SUBSCRIBED, request, 8]);
    router.send(retained(100));
    router.send([Code.EVENT, 8, 101, {}]);
    for (const publication of [100, 100, 101, 102]) {
      reconnect(router);
      subscribed(router, 8);
      router.send(retained(publication));
    }
    expect(items(topic)).toStrictEqual([100, 101, 102]);
  });

  it('gives who joins later the latest event there was', () => {
    const { router, wamp } = connected();
    const first = watch<Item>(wamp.topic(TOPIC, { gaps: 'retained' }));
    subscribed(router, 8);
    const none = watch<Item>(wamp.topic(TOPIC, { get_retained: true, gaps: 'retained' }));
    router.send(retained(100));
    router.send([Code.EVENT, 8, 101, {}]);
    const later = watch<Item>(wamp.topic(TOPIC, { gaps: 'retained' }));
    router.expectSilence();
    expect([items(first), items(none), items(later)]).toStrictEqual([[100, 101], [100, 101], [101]]);
  });
});

describe('gaps: snapshot(…)', () => {
  const STATE = 'com.app.state';
  /** Items as what they are; a snapshot as its value. */
  const seen = ({ values }: Seen<Item | TopicSnapshot>): unknown[] =>
    values.map((item) => (isTopicSnapshot(item) ? item.result.value : isTopicGap(item) ? 'gap' : item.publication));

  function snapped(fill = snapshot(STATE)): Setting & { readonly topic: Seen<Item | TopicSnapshot> } {
    const setting = connected();
    const topic = watch<Item | TopicSnapshot>(setting.wamp.topic(TOPIC, { gaps: fill }));
    subscribed(setting.router, 8);
    return { ...setting, topic };
  }

  it('subscribes first, then asks for the state, and gives it before the events that came meanwhile', () => {
    const { router, topic } = snapped(snapshot(STATE, { payload: { args: [1], kwargs: { deep: true } } }));
    const { request } = router.expect(Code.CALL, { procedure: STATE, args: [1], kwargs: { deep: true } });
    router.send([Code.EVENT, 8, 101, {}]);
    expect(seen(topic)).toStrictEqual([]);
    router.send([Code.RESULT, request, {}, ['state']]);
    router.send([Code.EVENT, 8, 102, {}]);
    expect(seen(topic)).toStrictEqual(['state', 101, 102]);
  });

  it('does so again after a reconnect', () => {
    const { router, topic } = snapped();
    router.send([Code.RESULT, router.expect(Code.CALL).request, {}, ['one']]);
    reconnect(router);
    subscribed(router, 8);
    router.send([Code.EVENT, 8, 101, {}]);
    router.send([Code.RESULT, router.expect(Code.CALL, { procedure: STATE }).request, {}, ['two']]);
    expect(seen(topic)).toStrictEqual(['one', 'two', 101]);
  });

  it('leaves out the events that are in the state already', () => {
    const includes = (result: WampResult, event: WampEvent): boolean => Number(event.value) <= Number(result.value);
    const { router, topic } = snapped(snapshot(STATE, { includes }));
    for (const version of [4, 5, 6]) router.send([Code.EVENT, 8, 100 + version, {}, [version]]);
    router.send([Code.RESULT, router.expect(Code.CALL).request, {}, [5]]);
    router.send([Code.EVENT, 8, 107, {}, [7]]);
    expect(seen(topic)).toStrictEqual([5, 106, 107]);
  });

  it('is asked for again when the connection is lost meanwhile, once', () => {
    const { router, topic } = snapped();
    router.expect(Code.CALL, { procedure: STATE });
    router.send([Code.EVENT, 8, 101, {}]);
    reconnect(router);
    subscribed(router, 8);
    router.send([Code.RESULT, router.expect(Code.CALL, { procedure: STATE }).request, {}, ['two']]);
    expect(seen(topic)).toStrictEqual(['two']);
  });

  it('is for each subscriber by itself, over one subscription of the broker', () => {
    const { router, wamp, topic } = snapped();
    router.send([Code.RESULT, router.expect(Code.CALL).request, {}, ['one']]);
    const other = watch<Item | TopicSnapshot>(wamp.topic(TOPIC, { gaps: snapshot(STATE) }));
    subscribed(router, 8);
    router.send([Code.RESULT, router.expect(Code.CALL).request, {}, ['two']]);
    router.send([Code.EVENT, 8, 101, {}]);
    expect([seen(topic), seen(other)]).toStrictEqual([
      ['one', 101],
      ['two', 101],
    ]);
  });

  it.each<[string, (setting: Setting, request: number) => void, object]>([
    [
      'refused',
      ({ router }, request) => router.send([Code.ERROR, Code.CALL, request, {}, 'wamp.error.no_such_procedure']),
      { name: 'WampError' },
    ],
    ['late', () => jest.advanceTimersByTime(10_000), { name: 'TimeoutError' }],
  ])('tells the gap with its cause when the call is %s, and goes on', (_, fail, cause) => {
    const setting = snapped();
    const { router, topic } = setting;
    router.send([Code.EVENT, 8, 101, {}]);
    fail(setting, router.expect(Code.CALL).request);
    expect(seen(topic)).toStrictEqual(['gap', 101]);
    expect(topic.values[0]).toMatchObject({ cause });
  });

  it('tells the gap when what compares fails', () => {
    const broken = (): boolean => {
      throw new Error('broken');
    };
    const { router, topic } = snapped(snapshot(STATE, { includes: broken }));
    router.send([Code.EVENT, 8, 101, {}]);
    router.send([Code.RESULT, router.expect(Code.CALL).request, {}, ['state']]);
    expect(seen(topic)).toStrictEqual(['gap', 101]);
    expect(topic.values[0]).toMatchObject({ cause: { message: 'broken' } });
  });
});
