import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Code } from '../../src/protocol/code.js';
import { isId } from '../../src/protocol/id.js';
import type { Dict } from '../../src/protocol/message.js';
import { Router, type RealmOptions } from '../../src/router/index.js';
import { believing, joinedAs } from './believing.js';
import { joined, type FakeClient } from './fake-client.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  // What RxJS has to report of an error nobody caught, it throws from a timer.
  jest.runOnlyPendingTimers();
  jest.useRealTimers();
});

const newRouter = (realm: RealmOptions = {}): Router => new Router({ realms: { realm1: realm } });
const topic = 'com.example.topic';

describe('publications', () => {
  it('R-19: an event reaches each matching subscription once, under one publication id, with the topic for patterns', () => {
    const router = newRouter();
    const client = joined(router);
    const exact = client.subscribe(topic);
    const prefix = client.subscribe('com.exam', { match: 'prefix' });
    const wildcard = client.subscribe('com..topic', { match: 'wildcard' });
    client.subscribe('com.example.other');
    client.inbox.length = 0;
    const publisher = joined(router);
    publisher.send([Code.PUBLISH, 1, { acknowledge: true }, topic, [1, 'two'], { three: [3] }]);
    const [, request, publication] = publisher.expect(Code.PUBLISHED);
    expect(request).toBe(1);
    expect(isId(publication)).toBe(true);
    const events = client.take();
    expect(events).toHaveLength(3);
    expect(events).toEqual(
      expect.arrayContaining([
        [Code.EVENT, exact, publication, {}, [1, 'two'], { three: [3] }],
        [Code.EVENT, prefix, publication, { topic }, [1, 'two'], { three: [3] }],
        [Code.EVENT, wildcard, publication, { topic }, [1, 'two'], { three: [3] }],
      ]),
    );
  });

  it('R-2: publication ids are random', () => {
    const router = newRouter();
    const client = joined(router);
    for (let n = 0; n < 1_000; n++) client.publish(topic, [], { acknowledge: true });
    const ids = Array.from({ length: 1_000 }, () => client.expect(Code.PUBLISHED)[2]);
    expect(ids.every(isId)).toBe(true);
    expect(new Set(ids).size).toBe(1_000);
    // The mean of 1,000 uniform draws lies within 10 % of the middle (over 5 standard deviations).
    const mean = ids.reduce((sum, id) => sum + id / 1_000, 0);
    expect(Math.abs(mean / 2 ** 53 - 0.5)).toBeLessThan(0.05);
  });

  it.each([
    [[], undefined, []],
    [[1], undefined, [[1]]],
    [[], { a: 1 }, [[], { a: 1 }]],
    [[1], { a: 1 }, [[1], { a: 1 }]],
    [[1], {}, [[1]]],
  ])('R-29: payload %j %j arrives as it was sent', (args, kwargs, payload) => {
    const router = newRouter();
    const client = joined(router);
    client.subscribe(topic);
    joined(router).sendRaw([Code.PUBLISH, 1, {}, topic, args, ...(kwargs === undefined ? [] : [kwargs])]);
    expect(client.expect(Code.EVENT).slice(4)).toEqual(payload);
  });

  it('R-18: without acknowledge there is no answer, neither to a publication nor to a refused one', () => {
    const client = joined(newRouter());
    client.publish(topic);
    client.publish('not a uri');
    client.publish('wamp.session.on_join');
    expect(client.take()).toEqual([]);
  });

  it.each(['not a uri', 'com..example', 'wamp', 'wamp.session.on_join'])(
    'R-10 R-11: PUBLISH to %j is invalid_uri',
    (uri) => {
      const router = newRouter();
      const listener = joined(router);
      listener.subscribe('', { match: 'prefix' });
      const client = joined(router);
      listener.take();
      client.publish(uri, [], { acknowledge: true });
      expect(client.expect(Code.ERROR).slice(1, 5)).toEqual([Code.PUBLISH, 1, {}, 'wamp.error.invalid_uri']);
      expect(listener.take()).toEqual([]);
    },
  );

  it('R-16: a publisher does not receive its own event unless exclude_me is false', () => {
    const client = joined(newRouter());
    const subscription = client.subscribe(topic);
    client.publish(topic, [1]);
    client.publish(topic, [2], { exclude_me: true });
    client.publish(topic, [3], { exclude_me: false });
    expect(client.take()).toEqual([[Code.EVENT, subscription, expect.any(Number), {}, [3]]]);
  });

  it('R-15: one subscriber gets the events of one publisher in order, across topics', () => {
    const router = newRouter();
    const client = joined(router);
    const publisher = joined(router);
    for (const name of ['a', 'b', 'c']) client.subscribe(`com.example.${name}`);
    for (let n = 0; n < 30; n++) publisher.publish(`com.example.${'abc'.charAt(n % 3)}`, [n]);
    expect(Array.from({ length: 30 }, () => client.expect(Code.EVENT)[4]?.[0])).toEqual([...Array(30).keys()]);
  });

  it('R-14: SUBSCRIBED comes before the first EVENT, also when a client publishes what it just subscribed to', () => {
    const client = joined(newRouter());
    client.send([Code.SUBSCRIBE, 1, {}, topic], [Code.PUBLISH, 2, { exclude_me: false, acknowledge: true }, topic]);
    expect(client.take().map(([code]) => code)).toEqual([Code.SUBSCRIBED, Code.PUBLISHED, Code.EVENT]);
  });

  describe('R-17: black- and whitelists', () => {
    // Who receives: ann (guest), bob (guest), eve (admin).
    const cases: [Dict, string[]][] = [
      [{}, ['ann', 'bob', 'eve']],
      [{ exclude_authid: ['ann'] }, ['bob', 'eve']],
      [{ exclude_authrole: ['guest'] }, ['eve']],
      [{ eligible_authid: ['ann', 'nobody'] }, ['ann']],
      [{ eligible_authrole: ['guest'] }, ['ann', 'bob']],
      [{ eligible_authrole: ['guest'], exclude_authid: ['bob'] }, ['ann']],
      [{ eligible_authrole: ['guest'], eligible_authid: ['eve'] }, []],
      [{ eligible_authid: [] }, []],
      [{ exclude_authid: [] }, ['ann', 'bob', 'eve']],
      [{ eligible_authid: null, exclude: null }, ['ann', 'bob', 'eve']],
    ];
    it.each(cases)('%j', (options, receivers) => {
      const router = newRouter({ authenticate: believing });
      const clients = {
        ann: joinedAs(router, 'ann', 'guest'),
        bob: joinedAs(router, 'bob', 'guest'),
        eve: joinedAs(router, 'eve', 'admin'),
      };
      for (const client of Object.values(clients)) client.subscribe(topic);
      joinedAs(router, 'pub', 'publisher').publish(topic, [], options);
      const received = Object.entries(clients).flatMap(([name, client]) => (client.take().length > 0 ? [name] : []));
      expect(received).toEqual(receivers);
    });

    it('by session id', () => {
      const router = newRouter();
      const [first, second, third] = [joined(router), joined(router), joined(router)];
      for (const client of [first, second, third]) client.subscribe(topic);
      const publisher = joined(router);
      publisher.publish(topic, ['eligible'], { eligible: [first.id, third.id] });
      publisher.publish(topic, ['excluded'], { exclude: [first.id] });
      publisher.publish(topic, ['both'], { eligible: [first.id, second.id], exclude: [first.id] });
      publisher.publish(topic, ['nobody'], { eligible: [] });
      const heard = (client: FakeClient): unknown[] => client.take().map((message) => (message[4] as unknown[])[0]);
      expect(heard(first)).toEqual(['eligible']);
      expect(heard(second)).toEqual(['excluded', 'both']);
      expect(heard(third)).toEqual(['eligible', 'excluded']);
    });

    it('an eligible publisher is excluded all the same', () => {
      const client = joined(newRouter());
      client.subscribe(topic);
      client.publish(topic, [], { eligible: [client.id] });
      expect(client.take()).toEqual([]);
    });
  });

  describe('R-21: publisher identification', () => {
    it('a publisher that asks for it is disclosed; one that does not ask is not', () => {
      const router = newRouter({ authenticate: believing });
      const client = joinedAs(router, 'ann', 'guest');
      client.subscribe(topic);
      const publisher = joinedAs(router, 'bob', 'admin');
      publisher.publish(topic, [], { disclose_me: true });
      publisher.publish(topic);
      expect(client.expect(Code.EVENT)[3]).toEqual({
        publisher: publisher.id,
        publisher_authid: 'bob',
        publisher_authrole: 'admin',
      });
      expect(client.expect(Code.EVENT)[3]).toEqual({});
    });

    it('a realm that does not disclose refuses, and does not publish', () => {
      const router = newRouter({ disclose: false });
      const client = joined(router);
      client.subscribe(topic);
      const publisher = joined(router);
      publisher.publish(topic, [], { disclose_me: true });
      publisher.publish(topic, [], { disclose_me: true, acknowledge: true });
      expect(publisher.take()).toEqual([[Code.ERROR, Code.PUBLISH, 2, {}, 'wamp.error.option_disallowed.disclose_me']]);
      expect(client.take()).toEqual([]);
    });

    it('an authorizer may disclose unasked, or refuse what the realm would allow', () => {
      const router = newRouter({
        authorize: (_session, _action, uri) => ({ allow: true, disclose: uri === 'com.example.open' }),
      });
      const client = joined(router);
      client.subscribe('com.example.open');
      client.subscribe('com.example.shut');
      const publisher = joined(router);
      publisher.publish('com.example.open');
      publisher.publish('com.example.shut');
      publisher.publish('com.example.shut', [], { disclose_me: true, acknowledge: true });
      expect(client.expect(Code.EVENT)[3]).toMatchObject({ publisher: publisher.id });
      expect(client.expect(Code.EVENT)[3]).toEqual({});
      expect(publisher.expect(Code.ERROR)[4]).toBe('wamp.error.option_disallowed.disclose_me');
      expect(client.take()).toEqual([]);
    });
  });
});
