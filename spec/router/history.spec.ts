import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Code } from '../../src/protocol/code.js';
import type { Dict, Id } from '../../src/protocol/message.js';
import { Router, type RealmOptions } from '../../src/router/index.js';
import { believing, joinedAs } from './believing.js';
import { joined, type FakeClient } from './fake-client.js';

beforeEach(() => {
  jest.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') });
});
afterEach(() => {
  // What RxJS has to report of an error nobody caught, it throws from a timer.
  jest.runOnlyPendingTimers();
  jest.useRealTimers();
});

const topic = 'com.example.topic';
const newRouter = (realm: RealmOptions = {}): Router =>
  new Router({ realms: { realm1: { history: [{ topic, maxEvents: 5 }], ...realm } } });

const getEvents = (client: FakeClient, subscription: unknown, filter: Dict = {}): readonly unknown[] => {
  client.send([Code.CALL, client.request(), {}, 'wamp.subscription.get_events', [subscription], filter]);
  const [answer] = client.take();
  if (answer?.[0] === Code.RESULT) return answer[3] ?? [];
  return [answer?.[4]];
};
const firstArgs = (events: readonly unknown[]): unknown[] =>
  events.map((event) => (event as { args: unknown[] }).args[0]);

/** Publishes 0, 1, 2, … one second apart from 00:00:00 on, and says their ids. */
function publishEach(publisher: FakeClient, count: number): Id[] {
  return Array.from({ length: count }, (_, n) => {
    publisher.publish(topic, [n], { acknowledge: true });
    jest.advanceTimersByTime(1_000);
    return publisher.expect(Code.PUBLISHED)[2];
  });
}

describe('R-23: event history', () => {
  it('tells the events published before anybody subscribed, the oldest first', () => {
    const router = newRouter();
    const publisher = joined(router);
    publisher.send([Code.PUBLISH, publisher.request(), { acknowledge: true, disclose_me: true }, topic, [1], { a: 2 }]);
    const [, , publication] = publisher.expect(Code.PUBLISHED);
    const client = joined(router);
    const subscription = client.subscribe(topic);
    jest.advanceTimersByTime(1_500);
    publisher.publish(topic);
    client.take();
    expect(getEvents(client, subscription)).toEqual([
      {
        timestamp: '2026-01-01T00:00:00.000Z',
        subscription,
        publication,
        details: expect.objectContaining({ publisher: publisher.id }),
        args: [1],
        kwargs: { a: 2 },
      },
      expect.objectContaining({ timestamp: '2026-01-01T00:00:01.500Z', details: {} }),
    ]);
  });

  it('keeps no more than maxEvents, also when nobody is subscribed any more', () => {
    const router = newRouter();
    const client = joined(router);
    const subscription = client.subscribe(topic);
    publishEach(joined(router), 4);
    client.take();
    client.send([Code.UNSUBSCRIBE, client.request(), subscription]);
    client.take();
    publishEach(joined(router), 3);
    expect(client.subscribe(topic)).toBe(subscription);
    expect(firstArgs(getEvents(client, subscription))).toEqual([2, 3, 0, 1, 2]);
  });

  describe('filters', () => {
    const at = (second: number): string => `2026-01-01T00:00:0${second}Z`;
    it.each<[Dict, number[]]>([
      [{}, [0, 1, 2, 3, 4]],
      [{ limit: 2 }, [0, 1]],
      [{ reverse: true }, [4, 3, 2, 1, 0]],
      [{ reverse: true, limit: 2 }, [4, 3]],
      [{ from_time: at(3) }, [3, 4]],
      [{ after_time: at(3) }, [4]],
      [{ until_time: at(1) }, [0, 1]],
      [{ before_time: at(1) }, [0]],
      [{ from_time: '2026-01-01T01:00:03.000+01:00' }, [3, 4]],
      [{ from_time: at(1), before_time: at(4), reverse: true, limit: 2 }, [3, 2]],
      [{ topic }, [0, 1, 2, 3, 4]],
      [{ topic: 'com.example.other' }, []],
      [{ from_publication: 2 }, [2, 3, 4]],
      [{ after_publication: 2 }, [3, 4]],
      [{ until_publication: 2 }, [0, 1, 2]],
      [{ before_publication: 2 }, [0, 1]],
      [{ after_publication: 0, until_publication: 3, limit: 2 }, [1, 2]],
      [{ reverse: true, before_publication: 3, limit: 2 }, [2, 1]],
      [{ limit: null, topic: null, from_publication: null }, [0, 1, 2, 3, 4]],
    ])('%j', (filter, found) => {
      const router = newRouter();
      const client = joined(router);
      const subscription = client.subscribe(topic);
      const ids = publishEach(joined(router), 5);
      client.take();
      // In the table a publication is named by its number.
      const real = Object.entries(filter).map(([key, value]) => [
        key,
        key.endsWith('publication') && typeof value === 'number' ? ids[value] : value,
      ]);
      expect(firstArgs(getEvents(client, subscription, Object.fromEntries(real) as Dict))).toEqual(found);
    });

    it('a publication that is not kept any more is before all that are', () => {
      const router = newRouter();
      const client = joined(router);
      const subscription = client.subscribe(topic);
      const [first] = publishEach(joined(router), 7);
      client.take();
      expect(firstArgs(getEvents(client, subscription, { after_publication: first }))).toEqual([2, 3, 4, 5, 6]);
      expect(firstArgs(getEvents(client, subscription, { before_publication: first }))).toEqual([]);
    });

    it.each<[Dict]>([
      [{ limit: 0 }],
      [{ limit: 1.5 }],
      [{ limit: '1' }],
      [{ reverse: 1 }],
      [{ from_time: 'yesterday' }],
      [{ after_time: 0 }],
      [{ until_time: '2026-01-01' }],
      [{ before_time: '2026-13-01T00:00:00Z' }],
      [{ topic: [] }],
      [{ from_publication: 'x' }],
      [{ after_publication: 0 }],
    ])('%j is invalid_argument', (filter) => {
      const client = joined(newRouter());
      expect(getEvents(client, client.subscribe(topic), filter)).toEqual(['wamp.error.invalid_argument']);
    });
  });

  it('a pattern keeps the events of all its topics, with the topic', () => {
    const router = newRouter({ history: [{ topic: 'com.', match: 'prefix', maxEvents: 10 }] });
    const publisher = joined(router);
    publisher.publish('com.a', ['a']);
    publisher.publish('com.b', ['b']);
    const client = joined(router);
    const subscription = client.subscribe('com.', { match: 'prefix' });
    expect(getEvents(client, subscription)).toMatchObject([
      { details: { topic: 'com.a' } },
      { details: { topic: 'com.b' } },
    ]);
    expect(firstArgs(getEvents(client, subscription, { topic: 'com.b' }))).toEqual(['b']);
  });

  it('an event that lists sessions by id is not kept; lists by authid and authrole hold for who asks', () => {
    const router = newRouter({ authenticate: believing });
    const as = (authid: string): FakeClient => joinedAs(router, authid);
    const [ann, bob, publisher] = [as('ann'), as('bob'), as('publisher')];
    publisher.publish(topic, ['exclude'], { exclude: [1] });
    publisher.publish(topic, ['eligible'], { eligible: [ann.id] });
    publisher.publish(topic, ['for ann'], { eligible_authid: ['ann'] });
    publisher.publish(topic, ['not for ann'], { exclude_authid: ['ann'] });
    publisher.publish(topic, ['not for users'], { exclude_authrole: ['user'] });
    expect(firstArgs(getEvents(ann, ann.subscribe(topic)))).toEqual(['for ann']);
    expect(firstArgs(getEvents(bob, bob.subscribe(topic)))).toEqual(['not for ann']);
  });

  it.each(['subscribe', 'call'])('R-45: who may not %s is not told', (refused) => {
    let suspicious = false;
    const router = newRouter({ authorize: (_session, action) => !(suspicious && action === refused) });
    const client = joined(router);
    const subscription = client.subscribe(topic);
    publishEach(joined(router), 1);
    client.take();
    suspicious = true;
    expect(getEvents(client, subscription)).toEqual(['wamp.error.not_authorized']);
  });

  it('an unknown subscription, one without history, and no subscription at all', () => {
    const client = joined(newRouter());
    expect(getEvents(client, 12345)).toEqual(['wamp.error.no_such_subscription']);
    expect(getEvents(client, client.subscribe('com.example.other'))).toEqual(['wamp.error.history_unavailable']);
    expect(getEvents(client, 'x')).toEqual(['wamp.error.invalid_argument']);
  });

  it('R-52: keeps no more than maxBytes: the oldest make room, and what is larger alone is not kept', () => {
    const router = newRouter({ history: [{ topic, maxEvents: 100, maxBytes: 3_000 }] });
    const client = joined(router);
    const subscription = client.subscribe(topic);
    const publisher = joined(router);
    for (const letter of ['a', 'b', 'c']) publisher.publish(topic, [letter.repeat(1_200)]);
    publisher.publish(topic, ['d'.repeat(3_000)]);
    client.take();
    expect(firstArgs(getEvents(client, subscription)).map((text) => String(text)[0])).toEqual(['b', 'c']);
    publisher.publish(topic, ['e'.repeat(2_800)]);
    publisher.publish(topic, ['f'], { exclude_authid: Array.from({ length: 60 }, (_, n) => `somebody ${n}`) });
    client.take();
    expect(firstArgs(getEvents(client, subscription))).toEqual(['f']);
  });

  it.each([
    [{ topic: 'not a uri', maxEvents: 1 }],
    [{ topic, maxEvents: 0 }],
    [{ topic, maxEvents: Infinity }],
    [{ topic, maxEvents: 1, maxBytes: 0 }],
    [{ topic, maxEvents: 1, maxBytes: NaN }],
  ])('refuses the option %j when the router is made', (option) => {
    expect(() => newRouter({ history: [option] })).toThrow(expect.objectContaining({ name: 'UsageError' }));
  });

  it('refuses the same topic twice', () => {
    const option = { topic, maxEvents: 1 };
    expect(() => newRouter({ history: [option, option] })).toThrow('listed twice');
  });
});
