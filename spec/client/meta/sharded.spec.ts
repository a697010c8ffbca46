import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { WampClient } from 'rxwamp';
import { meta } from 'rxwamp/meta';
import { Router } from 'rxwamp/router';
import { watch } from '../../session/support.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.clearAllTimers();
  jest.useRealTimers();
});

const TOPIC = 'com.app.topic';

describe('the meta API, of sharded subscriptions', () => {
  const client = (router: Router): WampClient => {
    const wamp = new WampClient({ transport: router.transport(), realm: 'realm1' });
    wamp.connect();
    return wamp;
  };

  it('finds the one of a node, says whom a key reaches, and describes it', () => {
    const router = new Router({ realms: { realm1: {} } });
    const wamp = client(router);
    const { subscription } = meta(wamp);
    const created = watch(subscription.onCreate$).values;
    client(router).topic(TOPIC, { nkey: 'a' }).subscribe();
    const id = created[0]?.details.id;
    expect(created[0]?.details).toMatchObject({ uri: TOPIC, match: 'exact', nkey: 'a' });
    expect(watch(subscription.lookup(TOPIC)).values).toStrictEqual([null]);
    expect(watch(subscription.lookup(TOPIC, 'exact', 'a')).values).toStrictEqual([id]);
    expect(watch(subscription.lookup(TOPIC, 'prefix', 'a')).values).toStrictEqual([null]);
    client(router).topic(TOPIC, { nkey: 'b' }).subscribe();
    const other = created[1]?.details.id;
    expect(watch(subscription.match(TOPIC)).values).toStrictEqual([[id, other]]);
    const reached = ['k0', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7'].flatMap((rkey) =>
      watch(subscription.match(TOPIC, rkey)).values.map((ids) => (ids.length === 1 ? ids[0] : undefined)),
    );
    expect(new Set(reached)).toStrictEqual(new Set([id, other]));
  });

  it('takes those of nodes for no subscribers of the topic, in whatever order they come', () => {
    const router = new Router({ realms: { realm1: {} } });
    const seen = watch(meta(client(router)).subscribers(TOPIC));
    client(router).topic(TOPIC).subscribe();
    client(router).topic(TOPIC, { nkey: 'a' }).subscribe();
    client(router).topic(TOPIC).subscribe();
    expect(seen.values.map(({ size }) => size)).toStrictEqual([0, 1, 2]);
  });
});
