import { describe, expect, it } from '@jest/globals';
import { tap } from 'rxjs';
import {
  Code,
  history,
  isTopicGap,
  UsageError,
  WampClient,
  type Link,
  type TopicOptions,
  type WampClientOptions,
  type WampEvent,
} from 'rxwamp';
import { Router, type RealmOptions } from 'rxwamp/router';
import { hashKey, weightOf } from '../../src/router/routing/rendezvous.js';
import { later, Origin } from '../worker/support.js';
import { again, connected, idle, settled, subscribed, TOPIC, useVirtualTime, valuesOf, watch } from './support.js';

useVirtualTime();

const broker = (...features: readonly string[]) => ({
  welcome: { roles: { broker: { features: Object.fromEntries(features.map((one) => [one, true])) }, dealer: {} } },
});

describe('nkey', () => {
  it('is a SUBSCRIBE of its own for each node, shared by all who name it', () => {
    const { router, wamp } = connected();
    const [a, whole, b, alsoA] = [
      watch(wamp.topic(TOPIC, { nkey: 'a' })),
      watch(wamp.topic(TOPIC)),
      watch(wamp.topic(TOPIC, { nkey: 'b' })),
      watch(wamp.topic(TOPIC, { nkey: 'a' })),
    ];
    expect(router.expect(Code.SUBSCRIBE).options).toStrictEqual({ nkey: 'a' });
    expect(router.expect(Code.SUBSCRIBE).options).toStrictEqual({});
    expect(router.expect(Code.SUBSCRIBE).options).toStrictEqual({ nkey: 'b' });
    router.expectSilence();
    [71, 72, 73].forEach((id, at) => router.send([Code.SUBSCRIBED, at + 1, id]));
    router.send([Code.EVENT, 71, 1, {}, ['to a']]);
    router.send([Code.EVENT, 72, 1, {}, ['to all']]);
    router.send([Code.EVENT, 73, 2, {}, ['to b']]);
    expect([a, alsoA, whole, b].map(valuesOf)).toStrictEqual([['to a'], ['to a'], ['to all'], ['to b']]);
    a.subscription.unsubscribe();
    router.expectSilence();
    alsoA.subscription.unsubscribe();
    router.expect(Code.UNSUBSCRIBE, { subscription: 71 });
    router.expectSilence();
    router.send([Code.EVENT, 73, 3, {}, ['to b still']]);
    expect(valuesOf(b)).toStrictEqual(['to b', 'to b still']);
  });

  it('is left alone, while others of the topic stay or are on their way', () => {
    const { router, wamp } = connected();
    const a = watch(wamp.topic(TOPIC, { nkey: 'a' }));
    subscribed(router, 71);
    const b = watch(wamp.topic(TOPIC, { nkey: 'b' }));
    a.subscription.unsubscribe();
    subscribed(router, 72);
    router.expect(Code.UNSUBSCRIBE, { subscription: 71 });
    router.expectSilence();
    router.send([Code.EVENT, 72, 1, {}, ['to b']]);
    expect(valuesOf(b)).toStrictEqual(['to b']);
  });

  it('that is revoked or refused ends its own streams only', () => {
    const { router, wamp } = connected();
    const streams = ['a', 'b', 'c'].map((nkey) => watch(wamp.topic(TOPIC, { nkey })));
    subscribed(router, 71);
    subscribed(router, 72);
    router.send([Code.ERROR, Code.SUBSCRIBE, 3, {}, 'wamp.error.invalid_argument', ['not that']]);
    router.send([Code.UNSUBSCRIBED, 0, { subscription: 71, reason: 'com.app.enough' }]);
    router.send([Code.EVENT, 72, 1, {}, ['goes on']]);
    expect(streams.map(({ error }) => error)).toStrictEqual([
      expect.objectContaining({ name: 'RevokedError' }),
      undefined,
      expect.objectContaining({ name: 'WampError', uri: 'wamp.error.invalid_argument' }),
    ]);
    expect(streams.flatMap(valuesOf)).toStrictEqual(['goes on']);
  });
});

describe('rkey', () => {
  it('travels with the publication', () => {
    const { router, wamp } = connected();
    wamp.publish(TOPIC, ['x'], { rkey: 'serial 7' });
    router.expect(Code.PUBLISH, { options: { rkey: 'serial 7' }, args: ['x'] });
  });

  it('of what waits as latest: one for each key, beside the one without', () => {
    const { router, wamp } = idle();
    const latest = (n: number, rkey?: string): void => {
      wamp.publish(TOPIC, [n], { offline: 'latest', ...(rkey !== undefined && { rkey }) });
    };
    latest(1, 'a');
    latest(2, 'b');
    latest(3);
    latest(4, 'a');
    latest(5);
    wamp.connect();
    router.welcome();
    const sent = router.received
      .filter(([code]) => code === Code.PUBLISH)
      .map(([, , options, , args]) => [options, args]);
    expect(sent).toHaveLength(3);
    expect(sent).toStrictEqual(
      expect.arrayContaining([
        [{ rkey: 'a' }, [4]],
        [{ rkey: 'b' }, [2]],
        [{}, [5]],
      ]),
    );
  });
});

describe('a router without the feature', () => {
  it('is not sent the options; without them everything works', () => {
    const { router, wamp, faults } = connected({}, broker('pattern_based_subscription'));
    const topic = watch(wamp.topic(TOPIC, { nkey: 'a' }));
    const publication = watch(wamp.publish(TOPIC, [], { rkey: 'a', acknowledge: true }));
    router.expectSilence();
    const unsupported = (attempted: string, key: string) => {
      const text = `the router does not announce sharded_subscription, which ${key} needs`;
      return expect.objectContaining({
        name: 'UsageError',
        uri: 'wamp.error.feature_not_supported',
        attempted,
        on: TOPIC,
        message: expect.stringContaining(text) as unknown,
      }) as unknown;
    };
    expect(topic.error).toStrictEqual(unsupported('SUBSCRIBE', 'nkey'));
    expect(publication.error).toStrictEqual(unsupported('PUBLISH', 'rkey'));
    watch(wamp.topic(TOPIC));
    router.expect(Code.SUBSCRIBE);
    expect(faults).toStrictEqual([]);
  });

  it.each(['sharded_subscription', 'sharded_subscriptions', 'shareded_subscriptions'])(
    'is not one that announces %s',
    (spelling) => {
      const { router, wamp } = connected({}, broker(spelling));
      watch(wamp.topic(TOPIC, { nkey: 'a' }));
      router.expect(Code.SUBSCRIBE, { options: { nkey: 'a' } });
      wamp.publish(TOPIC, [], { rkey: 'a' });
      router.expect(Code.PUBLISH, { options: { rkey: 'a' } });
    },
  );

  it.each([
    ['that is no text', 7],
    ['that is empty', ''],
    ['that is too long', 'k'.repeat(4_097)],
  ])('nor is a key %s sent to any', (_, key) => {
    const { router, wamp } = connected();
    // What is no text is what JavaScript may give it.
    const nkey = key as string;
    const errors = [
      watch(wamp.topic(TOPIC, { nkey })),
      watch(wamp.publish(TOPIC, [], { rkey: nkey })),
      watch(wamp.call(TOPIC, [], { runmode: 'partition', rkey: nkey })),
    ].map(({ error }) => error);
    for (const error of errors) {
      expect(error).toBeInstanceOf(UsageError);
      expect(error).toMatchObject({ uri: 'wamp.error.invalid_argument', on: TOPIC });
    }
    router.expectSilence();
  });
});

/** A router in this process, and clients whose connection can be cut. */
function cluster(realm: RealmOptions = {}) {
  const router = new Router({ realms: { realm1: realm } });
  const client = (options: Partial<WampClientOptions> = {}) => {
    const links: Link[] = [];
    const transport = router.transport().pipe(tap((link) => links.push(link)));
    const wamp = new WampClient({
      transport: Object.assign(transport, { kind: 'memory' }),
      realm: 'realm1',
      ...options,
    });
    wamp.connect();
    const cut = (): void => links.at(-1)?.terminate();
    const node = (nkey: string | undefined, more: TopicOptions = {}) =>
      watch(wamp.topic(TOPIC, { ...(nkey !== undefined && { nkey }), ...more }));
    return { wamp, cut, node };
  };
  return { router, client };
}

/** What came: events as their first arguments, gaps as they are told. */
const told = ({ values }: { readonly values: readonly unknown[] }): unknown[] =>
  values.map((item) => (isTopicGap(item) ? 'gap' : (item as WampEvent).value));

/** The one of these nodes that a key goes to, by the rule the router promises. */
function ownerOf(rkey: string, nkeys: readonly string[]): string | undefined {
  const key = hashKey(rkey);
  return [...nkeys].sort((a, b) => weightOf(key, hashKey(b)) - weightOf(key, hashKey(a)))[0];
}

/** A key of each of two nodes. */
const [ofA = '', ofB = ''] = ['a', 'b'].map(
  (nkey) => ['k0', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7'].find((rkey) => ownerOf(rkey, ['a', 'b']) === nkey) ?? '',
);

describe('with the embedded router', () => {
  it('equal keys go to the same node, and who names none gets everything', () => {
    const { client } = cluster();
    const { wamp } = client();
    const [one, other] = [client(), client()];
    const nodes = [one.node('a'), other.node('b'), other.node(undefined), other.node('b')];
    for (const rkey of [ofA, ofB, ofA]) wamp.publish(TOPIC, [rkey], { rkey });
    wamp.publish(TOPIC, ['all']);
    const [a, b, whole, alsoB] = nodes.map(told);
    expect(a).toStrictEqual([ofA, ofA, 'all']);
    expect(b).toStrictEqual([ofB, 'all']);
    expect(alsoB).toStrictEqual(b);
    expect(whole).toStrictEqual([ofA, ofB, ofA, 'all']);
  });

  it('a node that leaves gives its keys to the others, at once or when it has lingered', () => {
    const { client } = cluster();
    const { wamp } = client();
    const a = client({ lingerMs: 1_000 });
    const [first, b] = [a.node('a'), client().node('b')];
    first.subscription.unsubscribe();
    const again$ = a.node('a');
    wamp.publish(TOPIC, [1], { rkey: ofA });
    expect([told(again$), told(b)]).toStrictEqual([[1], []]);
    again$.subscription.unsubscribe();
    wamp.publish(TOPIC, [2], { rkey: ofA });
    expect(told(b)).toStrictEqual([]);
    later(1_000);
    wamp.publish(TOPIC, [3], { rkey: ofA });
    expect(told(b)).toStrictEqual([3]);
  });

  it('begins with what is retained for the node, and is not given it again after a reconnect', () => {
    const { client } = cluster();
    const { wamp } = client();
    const [a, b] = [client(), client()];
    const [live] = [a.node('a'), b.node('b')];
    wamp.publish(TOPIC, ['kept'], { rkey: ofA, retain: true });
    live.subscription.unsubscribe();
    const retained = [a.node('a', { get_retained: true }), b.node('b', { get_retained: true })];
    expect(retained.map(told)).toStrictEqual([['kept'], []]);
    for (const { cut } of [a, b]) cut();
    again();
    wamp.publish(TOPIC, ['live'], { rkey: ofA });
    expect(retained.map(told)).toStrictEqual([['kept', 'live'], []]);
  });

  it('goes on after a lost connection, with a notice if that is wanted', () => {
    const { client } = cluster();
    const { wamp } = client();
    const [a, b] = [client(), client()];
    const notices = a.node('a', { gaps: 'notice' });
    const rest = b.node('b');
    a.cut();
    wamp.publish(TOPIC, ['meanwhile'], { rkey: ofA });
    again();
    wamp.publish(TOPIC, ['back'], { rkey: ofA });
    expect(told(notices)).toStrictEqual(['gap', 'back']);
    expect(told(rest)).toStrictEqual(['meanwhile']);
  });

  it('fills a gap with what the node missed: not what another had in its place', () => {
    const { client } = cluster({ history: [{ topic: TOPIC, maxEvents: 10 }] });
    const { wamp } = client();
    const [a, b] = [client(), client()];
    const nodes = [a.node('a', { gaps: history() }), b.node('b')];
    for (const rkey of [ofA, ofB]) wamp.publish(TOPIC, [`first ${rkey}`], { rkey });
    a.cut();
    wamp.publish(TOPIC, ['taken over by b'], { rkey: ofA });
    wamp.publish(TOPIC, ['to all']);
    b.cut();
    wamp.publish(TOPIC, ['there was no node'], { rkey: ofA });
    again();
    wamp.publish(TOPIC, ['live'], { rkey: ofA });
    expect(nodes.map(told)).toStrictEqual([
      [`first ${ofA}`, 'to all', 'there was no node', 'live'],
      [`first ${ofB}`, 'taken over by b', 'to all'],
    ]);
  });

  it('moves to another session without losing an event, or seeing one twice', async () => {
    const { client } = cluster();
    const { wamp } = client();
    const a = client();
    const nodes = [a.node('a'), client().node('b')];
    wamp.publish(TOPIC, [1], { rkey: ofA });
    const moved = a.wamp.reconnect({ graceful: true });
    wamp.publish(TOPIC, [2], { rkey: ofA });
    await settled();
    wamp.publish(TOPIC, [3], { rkey: ofA });
    await moved;
    wamp.publish(TOPIC, [4], { rkey: ofA });
    expect(nodes.map(told)).toStrictEqual([[1, 2, 3, 4], []]);
  });

  it('works over a connection that tabs share, each tab a node', () => {
    const { router, client } = cluster();
    const origin = new Origin(() => router.transport());
    const tabs = [origin.connected(), origin.connected(), origin.connected(), origin.connected()];
    const nkeys = ['a', 'b', 'b', undefined];
    const seen = tabs.map(({ wamp }, at) => {
      const nkey = nkeys[at];
      return watch(wamp.topic(TOPIC, nkey === undefined ? {} : { nkey }));
    });
    const { wamp } = client();
    for (const rkey of [ofA, ofB]) wamp.publish(TOPIC, [rkey], { rkey });
    expect(seen.map(told)).toStrictEqual([[ofA], [ofB], [ofB], [ofA, ofB]]);
    // What one tab publishes comes to the others, and not to itself.
    tabs[1]?.wamp.publish(TOPIC, ['from b'], { rkey: ofB });
    later(1);
    expect(seen.map((one) => told(one).at(-1))).toStrictEqual([ofA, ofB, 'from b', 'from b']);
    // The two tabs of b share a subscription, which ends with the second.
    seen[1]?.subscription.unsubscribe();
    wamp.publish(TOPIC, ['to b'], { rkey: ofB });
    expect(seen.map((one) => told(one).at(-1))).toStrictEqual([ofA, ofB, 'to b', 'to b']);
    seen[2]?.subscription.unsubscribe();
    wamp.publish(TOPIC, ['to a now'], { rkey: ofB });
    expect(seen.map((one) => told(one).at(-1))).toStrictEqual(['to a now', ofB, 'to b', 'to a now']);
    expect(router.statistics.subscriptions).toBe(2);
  });
});
