import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Code } from '../../src/protocol/code.js';
import type { Dict, Id } from '../../src/protocol/message.js';
import { Router, type Authorize, type RealmOptions } from '../../src/router/index.js';
import { PatternIndex } from '../../src/router/routing/pattern-index.js';
import { hashKey } from '../../src/router/routing/rendezvous.js';
import { joined, type FakeClient } from './fake-client.js';

beforeEach(() => {
  jest.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') });
});
afterEach(() => {
  // What RxJS has to report of an error nobody caught, it throws from a timer.
  jest.runOnlyPendingTimers();
  jest.useRealTimers();
});

const topic = 'com.example.reading';
const newRouter = (realm: RealmOptions = {}): Router => new Router({ realms: { realm1: realm } });

/** A client subscribed as one node. */
interface Node {
  readonly client: FakeClient;
  readonly nkey: string;
  readonly id: Id;
}

const nodeOf = (router: Router, nkey: string, options: Dict = {}, uri = topic): Node => {
  const client = joined(router);
  return { client, nkey, id: client.subscribe(uri, { nkey, ...options }) };
};
const nodesOf = (router: Router, nkeys: readonly string[], options?: Dict): Node[] =>
  nkeys.map((nkey) => nodeOf(router, nkey, options));

/** First arguments of the events that came. */
const heard = ({ client }: Pick<Node, 'client'>): unknown[] =>
  client.take().map((message) => {
    if (message[0] !== Code.EVENT) throw new Error(`not an EVENT: ${JSON.stringify(message)}`);
    return message[4]?.[0];
  });

const keys = Array.from({ length: 300 }, (_, n) => `serial ${n}`);

/** The node key that each resource key goes to; it must be exactly one. */
function ownersOf(router: Router, nodes: readonly Node[]): string[] {
  const publisher = joined(router);
  return keys.map((rkey) => {
    publisher.publish(topic, [rkey], { rkey });
    const reached = nodes.filter((node) => heard(node).length > 0);
    expect(reached).toHaveLength(1);
    return reached[0]?.nkey ?? '';
  });
}

/** A resource key that goes to this node. */
function keyOf(router: Router, nodes: readonly Node[], nkey: string): string {
  const at = ownersOf(router, nodes).indexOf(nkey);
  return keys[at] ?? '';
}

/** A question to the router, and its answer: the arguments of the result, or the error and what it says. */
function ask(client: FakeClient, procedure: string, args: readonly unknown[], kwargs: Dict = {}): unknown {
  client.send([Code.CALL, client.request(), {}, procedure, args, kwargs]);
  const answer = client.take().at(-1);
  if (answer?.[0] === Code.RESULT) return answer[3];
  return answer?.[0] === Code.ERROR ? answer[4] : answer;
}

describe('sharded subscriptions', () => {
  it('each node key has a subscription of its own, which all who use it share', () => {
    const router = newRouter();
    const whole = joined(router).subscribe(topic);
    const ids = nodesOf(router, ['a', 'b', 'a']).map(({ id }) => id);
    expect(ids[2]).toBe(ids[0]);
    expect(new Set([whole, ...ids]).size).toBe(3);
  });

  it('one session may be several nodes, and leaves them one by one', () => {
    const router = newRouter();
    const client = joined(router);
    const [a, b] = [client.subscribe(topic, { nkey: 'a' }), client.subscribe(topic, { nkey: 'b' })];
    joined(router).publish(topic, ['to all']);
    expect(client.take().map((message) => message[1])).toStrictEqual([a, b]);
    client.send([Code.UNSUBSCRIBE, client.request(), a]);
    client.expect(Code.UNSUBSCRIBED);
    joined(router).publish(topic, ['to all'], { rkey: 'x' });
    expect(client.take().map((message) => message[1])).toStrictEqual([b]);
  });

  it('a key always reaches the same node, whoever publishes, and all nodes have keys', () => {
    const router = newRouter();
    const nodes = nodesOf(router, ['node-1', 'node-2', 'node-3', 'node-4']);
    const first = ownersOf(router, nodes);
    expect(ownersOf(router, nodes)).toStrictEqual(first);
    // Each has about binomial(300, 1/4): 75 ± 7.5; six standard deviations.
    for (const { nkey } of nodes)
      expect(Math.abs(first.filter((owner) => owner === nkey).length - 75)).toBeLessThan(45);
  });

  it('whose keys are whose does not depend on the order in which the nodes came, nor on their sessions', () => {
    const [one, other] = [newRouter(), newRouter()];
    const nodes = nodesOf(one, ['a', 'b', 'c']);
    const others = nodesOf(other, ['c', 'a', 'b']);
    expect(ownersOf(other, others)).toStrictEqual(ownersOf(one, nodes));
  });

  it('when a node comes only the keys it takes over move, and when it goes only its own', () => {
    const router = newRouter();
    const nodes = nodesOf(router, ['a', 'b', 'c']);
    const before = ownersOf(router, nodes);
    const newcomer = nodeOf(router, 'd');
    const after = ownersOf(router, [...nodes, newcomer]);
    after.forEach((owner, at) => {
      if (owner !== 'd') expect(owner).toBe(before[at]);
    });
    expect(after).toContain('d');
    newcomer.client.vanish();
    expect(ownersOf(router, nodes)).toStrictEqual(before);
  });

  it('of two node keys that hash alike the same has all keys, in whatever order they came', () => {
    // A well-known pair of English words that FNV-1a cannot tell apart.
    const pair = ['costarring', 'liquid'];
    expect(new Set(pair.map(hashKey)).size).toBe(1);
    const [one, other] = [newRouter(), newRouter()];
    const nodes = nodesOf(one, pair);
    const others = nodesOf(other, [...pair].reverse());
    expect(ownersOf(one, nodes)).toStrictEqual(ownersOf(other, others));
  });

  it('all sessions of the node get the event, from one frame, and those without a node key get every one', () => {
    const router = newRouter();
    const nodes = nodesOf(router, ['a', 'b']);
    const rkey = keyOf(router, nodes, 'a');
    const second = nodeOf(router, 'a');
    const plain = { client: joined(router) };
    const whole = plain.client.subscribe(topic);
    const publisher = joined(router);
    publisher.send([Code.PUBLISH, publisher.request(), { rkey, acknowledge: true }, topic, [1], { a: 2 }]);
    const [, , publication] = publisher.expect(Code.PUBLISHED);
    // The resource key is not told.
    const event = (id: Id | undefined) => [[Code.EVENT, id, publication, {}, [1], { a: 2 }]];
    expect(nodes[0]?.client.take()).toStrictEqual(event(nodes[0]?.id));
    expect(second.client.take()).toStrictEqual(event(nodes[0]?.id));
    expect(nodes[1]?.client.take()).toStrictEqual([]);
    expect(plain.client.take()).toStrictEqual(event(whole));
  });

  it('without a resource key an event goes to all nodes', () => {
    const router = newRouter();
    const nodes = nodesOf(router, ['a', 'b', 'c']);
    joined(router).publish(topic, ['all']);
    joined(router).publish(topic, ['all again'], { rkey: null });
    expect(nodes.map(heard)).toStrictEqual([
      ['all', 'all again'],
      ['all', 'all again'],
      ['all', 'all again'],
    ]);
  });

  it('a node key of null is none', () => {
    const router = newRouter();
    const id = joined(router).subscribe(topic);
    expect(joined(router).subscribe(topic, { nkey: null })).toBe(id);
  });

  it('a resource key changes nothing where nobody has a node key', () => {
    const router = newRouter();
    const clients = [joined(router), joined(router)];
    for (const client of clients) client.subscribe(topic);
    joined(router).publish(topic, ['x'], { rkey: 'any' });
    expect(clients.map((client) => heard({ client }))).toStrictEqual([['x'], ['x']]);
  });

  it('each topic and each pattern shares out its events by itself', () => {
    const router = newRouter();
    const exact = nodesOf(router, ['a', 'b']);
    const rkey = keyOf(router, exact, 'a');
    const rings: readonly (readonly [string, Dict])[] = [
      [topic, {}],
      ['com.example.', { match: 'prefix' }],
      ['com.', { match: 'prefix' }],
      ['com..reading', { match: 'wildcard' }],
    ];
    const all = rings.map(([uri, options]) => ['a', 'b'].map((nkey) => nodeOf(router, nkey, options, uri)));
    // Of this ring the node that would win elsewhere is not there.
    const alone = nodeOf(router, 'b', { match: 'wildcard' }, '.example.');
    joined(router).publish(topic, ['x'], { rkey });
    expect(all.map((nodes) => nodes.map(heard))).toStrictEqual(rings.map(() => [['x'], []]));
    expect(heard(alone)).toStrictEqual(['x']);
  });

  it('the last of a node takes its subscription with it, the last node the topic', () => {
    const router = newRouter();
    const forgotten = jest.spyOn(PatternIndex.prototype, 'delete');
    const [a, again, b] = nodesOf(router, ['a', 'a', 'b']);
    const client = joined(router);
    a?.client.vanish();
    expect(ask(client, 'wamp.subscription.match', [topic])).toStrictEqual([[again?.id, b?.id]]);
    again?.client.vanish();
    expect(ask(client, 'wamp.subscription.match', [topic])).toStrictEqual([[b?.id]]);
    b?.client.send([Code.UNSUBSCRIBE, b.client.request(), b.id]);
    expect(ask(client, 'wamp.subscription.match', [topic])).toStrictEqual([null]);
    expect(router.statistics.subscriptions).toBe(0);
    expect(forgotten.mock.calls).toStrictEqual([['exact', topic]]);
    forgotten.mockRestore();
  });

  it('a revoked node has no keys any more', () => {
    const router = newRouter();
    const [a, b] = nodesOf(router, ['a', 'b']);
    if (a === undefined || b === undefined) throw new Error('two nodes');
    const rkey = keyOf(router, [a, b], 'a');
    ask(joined(router), 'wamp.subscription.remove_subscriber', [a.id, a.client.id]);
    expect(a.client.take()).toStrictEqual([[Code.UNSUBSCRIBED, 0, { subscription: a.id }]]);
    joined(router).publish(topic, ['x'], { rkey });
    expect([a, b].map(heard)).toStrictEqual([[], ['x']]);
  });
});

describe('whom the publisher excludes', () => {
  it('is looked at after the choice of the node: no other stands in for it', () => {
    const router = newRouter();
    const [a, b] = nodesOf(router, ['a', 'b']);
    if (a === undefined || b === undefined) throw new Error('two nodes');
    const rkey = keyOf(router, [a, b], 'a');
    const publisher = joined(router);
    publisher.publish(topic, ['excluded'], { rkey, exclude: [a.client.id] });
    publisher.publish(topic, ['another is eligible'], { rkey, eligible: [b.client.id] });
    a.client.publish(topic, ['its own'], { rkey });
    expect([a, b].map(heard)).toStrictEqual([[], []]);
    const second = nodeOf(router, 'a');
    a.client.publish(topic, ['its own'], { rkey });
    a.client.publish(topic, ['to itself, too'], { rkey, exclude_me: false });
    expect([a, second, b].map(heard)).toStrictEqual([['to itself, too'], ['its own', 'to itself, too'], []]);
  });

  it('a payload that is passed through goes to those of the node who can read it', () => {
    const router = newRouter();
    const reader = nodeOf(router, 'a');
    const client = joined(router, { details: { roles: { subscriber: {} } } });
    client.subscribe(topic, { nkey: 'a' });
    joined(router).publish(topic, [new Uint8Array([1])], { rkey: 'x', ppt_scheme: 'x_test' });
    expect([reader.client.take().length, client.take().length]).toStrictEqual([1, 0]);
  });
});

describe('a retained event', () => {
  const retained = { retain: true };
  const getRetained = { get_retained: true };

  it('comes to every node when it has no resource key', () => {
    const router = newRouter();
    joined(router).publish(topic, ['last'], retained);
    expect(nodesOf(router, ['a', 'b'], getRetained).map(heard)).toStrictEqual([['last'], ['last']]);
  });

  it('comes to the node that has its key now, and to who has no node key', () => {
    const router = newRouter();
    const nodes = nodesOf(router, ['a', 'b']);
    const rkey = keyOf(router, nodes, 'a');
    joined(router).publish(topic, ['last'], { ...retained, rkey });
    for (const node of nodes) node.client.take();
    expect(nodesOf(router, ['a', 'b'], getRetained).map(heard)).toStrictEqual([['last'], []]);
    const client = joined(router);
    client.subscribe(topic, getRetained);
    expect(heard({ client })).toStrictEqual(['last']);
  });

  it('of a pattern is chosen among the nodes of the pattern', () => {
    const router = newRouter();
    const nodes = nodesOf(router, ['a', 'b']);
    const rkey = keyOf(router, nodes, 'b');
    joined(router).publish(topic, ['last'], { ...retained, rkey });
    const pattern = (nkey: string) => nodeOf(router, nkey, { match: 'prefix', ...getRetained }, 'com.');
    // The only node there is, at first.
    expect(['a', 'b', 'a'].map(pattern).map(heard)).toStrictEqual([['last'], ['last'], []]);
  });
});

describe('event history', () => {
  const history = [{ topic, maxEvents: 400 }];
  const getEvents = (client: FakeClient, id: Id | undefined, filter?: Dict): unknown => {
    const events = ask(client, 'wamp.subscription.get_events', [id], filter);
    return Array.isArray(events) ? events.map((event: { args: unknown[] }) => event.args[0]) : events;
  };

  it('of a node is what the node received, also when another has its keys by now', () => {
    const router = newRouter({ history });
    const nodes = nodesOf(router, ['a', 'b']);
    const owners = ownersOf(router, nodes);
    joined(router).publish(topic, ['to all']);
    const received = (nkey: string) => [...keys.filter((_, at) => owners[at] === nkey), 'to all'];
    const [a, b] = nodes;
    const client = joined(router);
    for (const { nkey, id } of nodes) expect(getEvents(client, id)).toStrictEqual(received(nkey));
    a?.client.vanish();
    expect(getEvents(client, b?.id)).toStrictEqual(received('b'));
    // Under a new id it is the same node still.
    expect(getEvents(client, nodeOf(router, 'a').id)).toStrictEqual(received('a'));
    expect(getEvents(client, client.subscribe(topic))).toStrictEqual([...keys, 'to all']);
  });

  it('what there was no node for is of the one that has the key now', () => {
    const router = newRouter({ history });
    const publisher = joined(router);
    for (const rkey of keys) publisher.publish(topic, [rkey], { rkey });
    const nodes = nodesOf(router, ['a', 'b', 'c']);
    const told = nodes.map(({ client, id }) => getEvents(client, id));
    const owners = ownersOf(router, nodes);
    expect(told).toStrictEqual(nodes.map(({ nkey }) => keys.filter((_, at) => owners[at] === nkey)));
  });

  it('filters as always, and is told only to those who may subscribe as that node', () => {
    const authorize: Authorize = (_, action, __, options) =>
      action !== 'subscribe' || options['nkey'] !== 'b' || options['match'] === undefined;
    const router = newRouter({ history, authorize });
    const [a, b] = nodesOf(router, ['a', 'b']);
    const publisher = joined(router);
    for (const n of [1, 2, 3]) publisher.publish(topic, [n]);
    expect(getEvents(publisher, a?.id, { limit: 2, reverse: true })).toStrictEqual([3, 2]);
    expect(getEvents(publisher, b?.id)).toBe('wamp.error.not_authorized');
  });

  it('is none where the topic keeps none', () => {
    const router = newRouter();
    const { client, id } = nodeOf(router, 'a');
    expect(getEvents(client, id)).toBe('wamp.error.history_unavailable');
  });
});

describe('testaments', () => {
  it('go to the node that has their key', () => {
    const router = newRouter();
    const nodes = nodesOf(router, ['a', 'b']);
    const rkey = keyOf(router, nodes, 'b');
    const client = joined(router);
    ask(client, 'wamp.session.add_testament', [topic, ['gone'], {}], { publish_options: { rkey } });
    client.vanish();
    expect(nodes.map(heard)).toStrictEqual([[], ['gone']]);
  });

  it.each([['', 7, 'x'.repeat(4_097)]])('are refused with a key that cannot be one', (rkey) => {
    const refused = ask(joined(newRouter()), 'wamp.session.add_testament', [topic, [], {}], {
      publish_options: { rkey },
    });
    expect(refused).toBe('wamp.error.invalid_argument');
  });
});

describe('the meta API', () => {
  it('describes a node’s subscription with its key, and reports it as any other', () => {
    const router = newRouter();
    const client = joined(router);
    for (const event of ['create', 'subscribe', 'unsubscribe', 'delete'])
      client.subscribe(`wamp.subscription.on_${event}`);
    const [a, b] = nodesOf(router, ['a', 'a']);
    if (a === undefined || b === undefined) throw new Error('two clients');
    const created = new Date().toISOString();
    const description = { id: a.id, created, uri: topic, match: 'exact', nkey: 'a' };
    a.client.vanish();
    b.client.vanish();
    const [first, second] = [a.client.id, b.client.id];
    expect(client.take().map((message) => message[4])).toStrictEqual([
      [first, description],
      [first, a.id],
      [second, a.id],
      [first, a.id],
      [second, a.id],
      [second, a.id],
    ]);
    const again = nodeOf(router, 'a');
    expect(ask(client, 'wamp.subscription.get', [again.id])).toStrictEqual([{ ...description, id: again.id }]);
  });

  it('finds it by topic and key, and without a key only the one that gets everything', () => {
    const router = newRouter();
    const client = joined(router);
    const lookup = (...args: unknown[]): unknown => ask(client, 'wamp.subscription.lookup', args);
    const [a, b] = nodesOf(router, ['a', 'b']);
    const prefix = nodeOf(router, 'a', { match: 'prefix' });
    expect(lookup(topic)).toStrictEqual([null]);
    expect(lookup(topic, { nkey: 'a' })).toStrictEqual([a?.id]);
    expect(lookup(topic, { nkey: 'b', match: 'exact' })).toStrictEqual([b?.id]);
    expect(lookup(topic, { nkey: 'a', match: 'prefix' })).toStrictEqual([prefix.id]);
    expect(lookup(topic, { nkey: 'c' })).toStrictEqual([null]);
    expect(lookup(topic, { nkey: 5 })).toBe('wamp.error.invalid_argument');
    const whole = client.subscribe(topic);
    expect(lookup(topic, { nkey: null })).toStrictEqual([whole]);
  });

  it('lists all, counts the members of each, and says whom an event with a key would reach', () => {
    const router = newRouter();
    const nodes = nodesOf(router, ['a', 'b']);
    const rkey = keyOf(router, nodes, 'b');
    const second = nodeOf(router, 'b');
    const client = joined(router);
    const whole = client.subscribe(topic);
    const ids = nodes.map(({ id }) => id);
    const match = (...args: unknown[]): unknown => ask(client, 'wamp.subscription.match', args);
    expect(ask(client, 'wamp.subscription.list', [])).toStrictEqual([
      { exact: [...ids, whole], prefix: [], wildcard: [] },
    ]);
    expect(ask(client, 'wamp.subscription.list_subscribers', [ids[1]])).toStrictEqual([
      [nodes[1]?.client.id, second.client.id],
    ]);
    expect(ask(client, 'wamp.subscription.count_subscribers', [ids[0]])).toStrictEqual([1]);
    expect(match(topic)).toStrictEqual([[whole, ...ids]]);
    expect(match(topic, { rkey })).toStrictEqual([[whole, ids[1]]]);
    expect(match(topic, { rkey: 5 })).toBe('wamp.error.invalid_argument');
  });
});

describe('bad input', () => {
  const longest = 'x'.repeat(4_096);

  it.each(['', `${longest}x`])('a node key that is empty or too long is refused, and nothing happens', (nkey) => {
    const router = newRouter();
    const client = joined(router);
    client.send([Code.SUBSCRIBE, client.request(), { nkey }, topic]);
    expect(client.take()).toStrictEqual([
      [Code.ERROR, Code.SUBSCRIBE, 1, {}, 'wamp.error.invalid_argument', ['nkey must have 1 to 4096 characters']],
    ]);
    expect(router.statistics.subscriptions).toBe(0);
    expect(client.subscribe(topic, { nkey: longest })).toStrictEqual(expect.any(Number));
  });

  it.each(['', `${longest}x`])('so is such a resource key, and nobody gets the event', (rkey) => {
    const router = newRouter();
    const nodes = [nodeOf(router, 'a'), { client: joined(router) }];
    nodes[1]?.client.subscribe(topic);
    const publisher = joined(router);
    publisher.publish(topic, ['x'], { rkey, retain: true });
    publisher.publish(topic, ['x'], { rkey, acknowledge: true });
    expect(publisher.take()).toStrictEqual([
      [Code.ERROR, Code.PUBLISH, 2, {}, 'wamp.error.invalid_argument', ['rkey must have 1 to 4096 characters']],
    ]);
    expect(nodes.map(heard)).toStrictEqual([[], []]);
    publisher.publish(topic, ['fits'], { rkey: longest });
    expect(nodes.map(heard)).toStrictEqual([['fits'], ['fits']]);
  });

  it.each<[string, (client: FakeClient) => void]>([
    ['a node key', (client) => client.send([Code.SUBSCRIBE, 1, { nkey: 5 }, topic])],
    ['a resource key', (client) => client.publish(topic, [], { rkey: ['a'] })],
  ])('%s that is no text is a violation of the protocol, as any option of the wrong type', (_, send) => {
    const client = joined(newRouter());
    send(client);
    expect(client.expect(Code.ABORT)[2]).toBe('wamp.error.protocol_violation');
  });

  it('of one topic there are 1,024 nodes at most; one of those may have more members', () => {
    const router = newRouter();
    const client = joined(router);
    for (let n = 0; n < 1_024; n++) client.subscribe(topic, { nkey: `node ${n}` });
    client.send([Code.SUBSCRIBE, client.request(), { nkey: 'one more' }, topic]);
    expect(client.take()).toStrictEqual([
      [Code.ERROR, Code.SUBSCRIBE, 1_025, {}, 'wamp.error.not_authorized', ['more than 1024 node keys on one topic']],
    ]);
    expect(router.statistics.subscriptions).toBe(1_024);
    nodeOf(router, 'node 7');
    client.subscribe(topic);
    nodeOf(router, 'one more', {}, 'com.example.another');
  });

  it('a refusal of the authorizer leaves no node behind, and it sees the key', () => {
    const authorize = jest.fn<Authorize>((_, action) => action !== 'subscribe');
    const router = newRouter({ authorize });
    const client = joined(router);
    client.send([Code.SUBSCRIBE, client.request(), { nkey: 'a' }, topic]);
    expect(client.expect(Code.ERROR)[4]).toBe('wamp.error.not_authorized');
    expect(authorize).toHaveBeenCalledWith(expect.anything(), 'subscribe', topic, { nkey: 'a' });
    expect(router.statistics.subscriptions).toBe(0);
  });
});
