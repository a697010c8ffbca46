import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Code } from '../../../src/protocol/code.js';
import type { Dict, List } from '../../../src/protocol/message.js';
import { Router, type RealmOptions } from '../../../src/router/index.js';
import { BARE_ROLES, joined, type FakeClient } from '../fake-client.js';
import { metaCall } from './meta-call.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  // What RxJS has to report of an error nobody caught, it throws from a timer.
  jest.runOnlyPendingTimers();
  jest.useRealTimers();
});

const topic = 'com.example.will';
const newRouter = (realm: RealmOptions = {}, limits = {}): Router => new Router({ realms: { realm1: realm }, limits });
const add = (client: FakeClient, args: List, kwargs: Dict = {}): List | string =>
  metaCall(client, 'wamp.session.add_testament', args, kwargs);
const args = (client: FakeClient): unknown[] => client.take().map((message) => (message[4] as unknown[])[0]);

describe('R-24: testaments', () => {
  it.each<[string, (client: FakeClient) => void]>([
    ['is lost', (client) => client.vanish()],
    ['says GOODBYE', (client) => client.send([Code.GOODBYE, {}, 'wamp.close.close_realm'])],
    ['violates the protocol', (client) => client.sendRaw([99])],
  ])('are published when the session %s: detached before destroyed, each in the order they were added', (_, end) => {
    const router = newRouter();
    const heir = joined(router);
    heir.subscribe(topic);
    const client = joined(router);
    expect(add(client, [topic, ['destroyed 1'], {}])).toEqual([]);
    add(client, [topic, ['detached 1'], {}], { scope: 'detached' });
    add(client, [topic, ['destroyed 2'], {}], { scope: 'destroyed' });
    add(client, [topic, ['detached 2'], {}], { scope: 'detached' });
    expect(heir.take()).toEqual([]);
    end(client);
    expect(args(heir)).toEqual(['detached 1', 'detached 2', 'destroyed 1', 'destroyed 2']);
  });

  it('carry keyword arguments and publish options', () => {
    const router = newRouter();
    const [heir, other] = [joined(router), joined(router)];
    for (const each of [heir, other]) each.subscribe(topic);
    const client = joined(router);
    const publish_options = { eligible: [heir.id], disclose_me: true, retain: true, acknowledge: true };
    add(client, [topic, [1], { a: 2 }], { publish_options });
    client.vanish();
    expect(heir.take()).toEqual([
      [
        Code.EVENT,
        expect.any(Number),
        expect.any(Number),
        expect.objectContaining({ publisher: client.id }),
        [1],
        { a: 2 },
      ],
    ]);
    expect(other.take()).toEqual([]);
    heir.subscribe(topic, { get_retained: true });
    heir.expect(Code.EVENT);
  });

  it('flush empties one of the two, and only one’s own', () => {
    const router = newRouter();
    const heir = joined(router);
    heir.subscribe(topic);
    const [client, other] = [joined(router), joined(router)];
    add(client, [topic, ['destroyed']]);
    add(client, [topic, ['detached']], { scope: 'detached' });
    expect(metaCall(other, 'wamp.session.flush_testaments')).toEqual([]);
    expect(metaCall(client, 'wamp.session.flush_testaments')).toEqual([]);
    client.vanish();
    expect(args(heir)).toEqual(['detached']);
  });

  it('R-45: are authorized as a publication when they are added', () => {
    const asked: unknown[] = [];
    const router = newRouter({
      authorize: (_session, action, uri, options) => {
        asked.push([action, uri, options]);
        return action !== 'publish';
      },
    });
    expect(add(joined(router), [topic, [], {}], { publish_options: { retain: true } })).toBe(
      'wamp.error.not_authorized',
    );
    expect(asked).toContainEqual(['publish', topic, { retain: true }]);
    const secretive = joined(newRouter({ disclose: false }));
    expect(add(secretive, [topic, [], {}], { publish_options: { disclose_me: true } })).toBe(
      'wamp.error.option_disallowed.disclose_me',
    );
  });

  it.each<[string, List, Dict]>([
    ['wamp.error.invalid_argument', [], {}],
    ['wamp.error.invalid_argument', [topic, {}, {}], {}],
    ['wamp.error.invalid_argument', [topic, [], []], {}],
    ['wamp.error.invalid_argument', [topic, [], {}], { scope: 'gone' }],
    ['wamp.error.invalid_argument', [topic, [], {}], { publish_options: [] }],
    ['wamp.error.invalid_argument', [topic, [], {}], { publish_options: { retain: 1 } }],
    ['wamp.error.invalid_uri', ['no uri', [], {}], {}],
    ['wamp.error.invalid_uri', ['wamp.session.on_join', [], {}], {}],
  ])('R-11: %s for %j %j', (error, list, dict) => {
    expect(add(joined(newRouter()), list, dict)).toBe(error);
  });

  it('R-41: packed payload only from who announced it', () => {
    const kwargs = { publish_options: { ppt_scheme: 'x_mine' } };
    const router = newRouter();
    expect(add(joined(router), [topic, ['packed'], {}], kwargs)).toEqual([]);
    const bare = joined(router, { details: { roles: BARE_ROLES } });
    expect(add(bare, [topic, ['packed'], {}], kwargs)).toBe('wamp.error.feature_not_supported');
  });

  it('R-52: maxTestamentsPerSession refuses one more', () => {
    const client = joined(newRouter({}, { maxTestamentsPerSession: 2 }));
    add(client, [topic], { scope: 'detached' });
    add(client, [topic]);
    expect(add(client, [topic])).toBe('wamp.error.not_authorized');
  });

  it('R-52: maxTestamentBytesPerSession refuses what is too much, in both scopes together', () => {
    const client = joined(newRouter({}, { maxTestamentBytesPerSession: 1_000 }));
    expect(add(client, [topic, ['x'.repeat(600)], {}], { scope: 'detached' })).toEqual([]);
    expect(add(client, [topic, ['x'.repeat(600)], {}])).toBe('wamp.error.not_authorized');
    expect(add(client, [topic, ['x'.repeat(10)], {}])).toEqual([]);
    metaCall(client, 'wamp.session.flush_testaments', [], { scope: 'detached' });
    expect(add(client, [topic, ['x'.repeat(600)], {}])).toEqual([]);
  });

  it('are not published when the router shuts down', () => {
    const router = newRouter();
    const heir = joined(router);
    heir.subscribe('', { match: 'prefix' });
    const client = joined(router);
    add(client, [topic]);
    heir.take();
    void router.close();
    expect(heir.take().map(([code]) => code)).toEqual([Code.GOODBYE]);
  });
});
