import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Code } from '../../src/protocol/code.js';
import { Router } from '../../src/router/index.js';
import { joined } from './fake-client.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  // What RxJS has to report of an error nobody caught, it throws from a timer.
  jest.runOnlyPendingTimers();
  jest.useRealTimers();
});

const newRouter = (): Router => new Router({ realms: { realm1: {} } });

describe('subscriptions', () => {
  it('R-13: the same topic and policy from one session is the same subscription, which one UNSUBSCRIBE ends', () => {
    const router = newRouter();
    const client = joined(router);
    const other = joined(router);
    const id = client.subscribe('com.example.topic');
    expect(client.subscribe('com.example.topic', { match: 'exact' })).toBe(id);
    other.publish('com.example.topic');
    client.expect(Code.EVENT);
    expect(client.take()).toEqual([]);
    const request = client.request();
    client.send([Code.UNSUBSCRIBE, request, id]);
    expect(client.take()).toEqual([[Code.UNSUBSCRIBED, request]]);
    other.publish('com.example.topic');
    expect(client.take()).toEqual([]);
  });

  it('R-13: all subscribers of a topic share its subscription; other policies are other subscriptions', () => {
    const router = newRouter();
    const client = joined(router);
    const ids = ['exact', 'prefix', 'wildcard'].map((match) => client.subscribe('com.example', { match }));
    expect(new Set(ids).size).toBe(3);
    expect(joined(router).subscribe('com.example')).toBe(ids[0]);
  });

  it('R-20: nothing is sent for a subscription after UNSUBSCRIBED', () => {
    const router = newRouter();
    const client = joined(router);
    const other = joined(router);
    const id = client.subscribe('com.example.topic');
    other.subscribe('com.example.topic');
    const request = client.request();
    client.send([Code.UNSUBSCRIBE, request, id]);
    joined(router).publish('com.example.topic');
    expect(client.take()).toEqual([[Code.UNSUBSCRIBED, request]]);
    other.expect(Code.EVENT);
  });

  it('UNSUBSCRIBE of what the session has not subscribed to is no_such_subscription', () => {
    const router = newRouter();
    const theirs = joined(router).subscribe('com.example.topic');
    const client = joined(router);
    const request = client.request();
    client.send([Code.UNSUBSCRIBE, request, theirs]);
    expect(client.take()).toEqual([[Code.ERROR, Code.UNSUBSCRIBE, request, {}, 'wamp.error.no_such_subscription']]);
  });

  it.each([
    ['com..example', 'exact'],
    ['', 'exact'],
    ['com.example#1', 'exact'],
    ['com example', 'prefix'],
    ['com..example', 'prefix'],
    ['com.exa mple', 'wildcard'],
  ])('R-10: SUBSCRIBE to %j (%s) is invalid_uri', (topic, match) => {
    const client = joined(newRouter());
    const request = client.request();
    client.send([Code.SUBSCRIBE, request, { match }, topic]);
    expect(client.take()).toEqual([[Code.ERROR, Code.SUBSCRIBE, request, {}, 'wamp.error.invalid_uri']]);
  });

  it.each([
    ['com.example.', 'prefix'],
    ['', 'prefix'],
    ['com..example', 'wildcard'],
    ['.', 'wildcard'],
    ['wamp.session.on_join', 'exact'],
  ])('R-10: SUBSCRIBE to %j (%s) is fine', (topic, match) => {
    joined(newRouter()).subscribe(topic, { match });
  });

  it('R-10: under the strict rule a URI of other characters is refused', () => {
    const client = joined(new Router({ realms: { realm1: {} }, uriRule: 'strict' }));
    client.subscribe('com.example.topic_1');
    client.send([Code.SUBSCRIBE, client.request(), {}, 'com.example.Topic']);
    expect(client.expect(Code.ERROR)[4]).toBe('wamp.error.invalid_uri');
  });

  it('R-52: maxSubscriptionsPerSession refuses one more, but not one the session has', () => {
    const router = new Router({ realms: { realm1: {} }, limits: { maxSubscriptionsPerSession: 2 } });
    const client = joined(router);
    client.subscribe('com.example.a');
    const b = client.subscribe('com.example.b');
    client.send([Code.SUBSCRIBE, client.request(), {}, 'com.example.c']);
    expect(client.expect(Code.ERROR)[4]).toBe('wamp.error.not_authorized');
    expect(client.subscribe('com.example.b')).toBe(b);
    client.send([Code.UNSUBSCRIBE, client.request(), b]);
    client.expect(Code.UNSUBSCRIBED);
    client.subscribe('com.example.c');
  });
});
