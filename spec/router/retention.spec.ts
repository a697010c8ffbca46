import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Code } from '../../src/protocol/code.js';
import { Router } from '../../src/router/index.js';
import { joined, type FakeClient } from './fake-client.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  // What RxJS has to report of an error nobody caught, it throws from a timer.
  jest.runOnlyPendingTimers();
  jest.useRealTimers();
});

const newRouter = (): Router => new Router({ realms: { realm1: {} } });
const topic = 'com.example.state';
const retained = (client: FakeClient): unknown[] => {
  client.subscribe(topic, { get_retained: true });
  return client.take().map((message) => (message[4] as unknown[])[0]);
};

describe('R-22: event retention', () => {
  it('the latest retained event follows SUBSCRIBED, under its publication id, marked as retained', () => {
    const router = newRouter();
    const publisher = joined(router);
    publisher.publish(topic, ['old'], { retain: true });
    publisher.publish(topic, ['new'], { retain: true, acknowledge: true, disclose_me: true });
    publisher.publish(topic, ['newer, not retained']);
    const [, , publication] = publisher.expect(Code.PUBLISHED);
    const client = joined(router);
    client.send([Code.SUBSCRIBE, 1, { get_retained: true }, topic]);
    const [, , subscription] = client.expect(Code.SUBSCRIBED);
    expect(client.take()).toEqual([
      [
        Code.EVENT,
        subscription,
        publication,
        expect.objectContaining({ retained: true, publisher: publisher.id }),
        ['new'],
      ],
    ]);
  });

  it('nothing is sent unless asked for, and live events are not marked', () => {
    const router = newRouter();
    const publisher = joined(router);
    publisher.publish(topic, [1], { retain: true });
    const client = joined(router);
    client.subscribe(topic);
    publisher.publish(topic, [2], { retain: true });
    expect(client.take()).toEqual([[Code.EVENT, expect.any(Number), expect.any(Number), {}, [2]]]);
  });

  it('a pattern is sent the latest of each topic it matches, with the topic', () => {
    const router = newRouter();
    const publisher = joined(router);
    for (const name of ['a', 'b', 'a']) publisher.publish(`com.example.${name}`, [name], { retain: true });
    publisher.publish('org.example.c', [], { retain: true });
    const client = joined(router);
    client.subscribe('com.', { match: 'prefix', get_retained: true });
    expect(client.take().map((message) => message[3])).toEqual([
      { topic: 'com.example.a', retained: true },
      { topic: 'com.example.b', retained: true },
    ]);
    client.subscribe('.example.c', { match: 'wildcard', get_retained: true });
    expect(client.take().map((message) => message[3])).toEqual([{ topic: 'org.example.c', retained: true }]);
  });

  it('whom a list excludes is sent the latest event that it does not exclude', () => {
    const router = newRouter();
    const [first, second] = [joined(router), joined(router)];
    const publisher = joined(router);
    publisher.publish(topic, ['for all'], { retain: true });
    publisher.publish(topic, ['for the first'], { retain: true, eligible: [first.id] });
    expect(retained(first)).toEqual(['for the first']);
    expect(retained(second)).toEqual(['for all']);
    publisher.publish(topic, ['for all again'], { retain: true });
    expect(retained(joined(router))).toEqual(['for all again']);
  });

  it('many restricted events do not push out the one for all', () => {
    const router = newRouter();
    const publisher = joined(router);
    publisher.publish(topic, ['for all'], { retain: true });
    for (let n = 0; n < 100; n++) publisher.publish(topic, [n], { retain: true, eligible: [publisher.id] });
    expect(retained(joined(router))).toEqual(['for all']);
  });

  it('a publisher is not sent its own event, unless exclude_me was false', () => {
    const publisher = joined(newRouter());
    publisher.publish(topic, [1], { retain: true });
    expect(retained(publisher)).toEqual([]);
    publisher.publish(topic, [2], { retain: true, exclude_me: false });
    publisher.take();
    expect(retained(publisher)).toEqual([2]);
  });

  it('R-52: an event on a topic beyond maxRetainedTopics is delivered but not retained', () => {
    const router = new Router({ realms: { realm1: {} }, limits: { maxRetainedTopics: 1 } });
    const publisher = joined(router);
    publisher.publish('com.example.other', [], { retain: true });
    const listener = joined(router);
    listener.subscribe(topic);
    publisher.publish(topic, [1], { retain: true });
    listener.expect(Code.EVENT);
    expect(retained(joined(router))).toEqual([]);
  });

  it('R-52: an event beyond maxRetainedBytes is delivered, and its topic then has none', () => {
    const router = new Router({ realms: { realm1: {} }, limits: { maxRetainedBytes: 2_000 } });
    const publisher = joined(router);
    const listener = joined(router);
    listener.subscribe(topic);
    publisher.publish(topic, ['small'], { retain: true });
    expect(retained(joined(router))).toEqual(['small']);
    publisher.publish(topic, ['x'.repeat(2_000)], { retain: true });
    expect(listener.take()).toHaveLength(2);
    expect(retained(joined(router))).toEqual([]);
    for (let n = 0; n < 100; n++) publisher.publish(topic, ['y'.repeat(1_000)], { retain: true });
    expect(retained(joined(router))).toEqual(['y'.repeat(1_000)]);
    publisher.publish('com.example.other', ['z'.repeat(1_000)], { retain: true });
    expect(retained(joined(router))).toEqual(['y'.repeat(1_000)]);
    publisher.publish(topic, ['small again'], { retain: true, exclude: Array.from({ length: 200 }, (_, n) => n + 1) });
    expect(retained(joined(router))).toEqual([]);
  });

  it('goes to the session that subscribes, and again to one that subscribes again, not to the others', () => {
    const router = newRouter();
    const [first, second] = [joined(router), joined(router)];
    joined(router).publish(topic, ['state'], { retain: true });
    expect(retained(first)).toEqual(['state']);
    expect(retained(second)).toEqual(['state']);
    expect(retained(first)).toEqual(['state']);
    expect(second.take()).toEqual([]);
  });

  it('a refused publication is not retained', () => {
    const router = new Router({ realms: { realm1: { disclose: false } } });
    joined(router).publish(topic, [1], { retain: true, disclose_me: true });
    expect(retained(joined(router))).toEqual([]);
  });
});
