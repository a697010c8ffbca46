import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Code } from '../../src/protocol/code.js';
import { Router } from '../../src/router/index.js';
import { ALL_ROLES, BARE_ROLES, joined, type FakeClient } from './fake-client.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  // What RxJS has to report of an error nobody caught, it throws from a timer.
  jest.runOnlyPendingTimers();
  jest.useRealTimers();
});

const uri = 'com.example.uri';
const ppt = { ppt_scheme: 'x_mine', ppt_serializer: 'cbor', ppt_cipher: 'x_cipher', ppt_keyid: 'k1' };
const packed = [new Uint8Array([0, 1, 254, 255])];

const newRouter = (): Router => new Router({ realms: { realm1: {} } });
const plain = (router: Router): FakeClient => joined(router, { details: { roles: BARE_ROLES } });
const violated = (client: FakeClient): void => {
  expect(client.expect(Code.ABORT)[2]).toBe('wamp.error.protocol_violation');
};

describe('R-41: payload passthru mode', () => {
  it('attributes and binary of a publication arrive untouched', () => {
    const router = newRouter();
    const client = joined(router);
    client.subscribe(uri);
    joined(router).publish(uri, packed, { ...ppt, x_other: 1 });
    expect(client.take()).toEqual([[Code.EVENT, expect.any(Number), expect.any(Number), ppt, packed]]);
  });

  it('a subscriber that did not announce it is passed over', () => {
    const router = newRouter();
    const [able, unable] = [joined(router), plain(router)];
    for (const client of [able, unable]) client.subscribe(uri);
    joined(router).publish(uri, packed, { ...ppt, retain: true });
    able.expect(Code.EVENT);
    expect(unable.take()).toEqual([]);
    unable.subscribe('com.', { match: 'prefix', get_retained: true });
    expect(unable.take()).toEqual([]);
  });

  it('attributes and binary of a call, its result and its error arrive untouched', () => {
    const router = newRouter();
    const [caller, callee] = [joined(router), joined(router)];
    callee.register(uri);
    caller.call(uri, packed, ppt);
    expect(callee.take()).toEqual([[Code.INVOCATION, 1, expect.any(Number), ppt, packed]]);
    callee.send([Code.YIELD, 1, { ...ppt, x_other: 1 }, packed]);
    expect(caller.take()).toEqual([[Code.RESULT, 1, ppt, packed]]);
    caller.call(uri);
    callee.send([Code.ERROR, Code.INVOCATION, 2, ppt, 'com.example.error', packed]);
    expect(caller.take()).toEqual([[Code.ERROR, Code.CALL, 2, ppt, 'com.example.error', packed]]);
  });

  it('attributes without a scheme are none', () => {
    const router = newRouter();
    const client = plain(router);
    client.subscribe(uri);
    plain(router).publish(uri, [1], { ppt_scheme: '', ppt_serializer: 'cbor' });
    expect(client.expect(Code.EVENT)[3]).toEqual({});
  });

  it('a sender that did not announce it violates the protocol', () => {
    const router = newRouter();
    const publisher = plain(router);
    publisher.publish(uri, packed, ppt);
    violated(publisher);
    const caller = plain(router);
    caller.call(uri, packed, ppt);
    violated(caller);
    for (const error of [false, true]) {
      const callee = plain(router);
      callee.register(uri);
      joined(router).call(uri);
      callee.expect(Code.INVOCATION);
      callee.send(
        error ? [Code.ERROR, Code.INVOCATION, 1, ppt, 'com.example.error', packed] : [Code.YIELD, 1, ppt, packed],
      );
      violated(callee);
    }
  });

  it('a callee that did not announce it: the call is feature_not_supported', () => {
    const router = newRouter();
    const callee = plain(router);
    callee.register(uri);
    const caller = joined(router);
    caller.call(uri, packed, ppt);
    expect(caller.take()).toEqual([[Code.ERROR, Code.CALL, 1, {}, 'wamp.error.feature_not_supported']]);
    expect(callee.take()).toEqual([]);
  });

  it('a caller that did not announce it: both sides are told feature_not_supported', () => {
    const router = newRouter();
    const callee = joined(router, { details: { roles: ALL_ROLES } });
    callee.register(uri);
    const caller = plain(router);
    caller.call(uri);
    caller.call(uri);
    callee.take();
    callee.send([Code.YIELD, 1, ppt, packed], [Code.ERROR, Code.INVOCATION, 2, ppt, 'com.example.error', packed]);
    expect(callee.take()).toEqual([[Code.ERROR, Code.YIELD, 1, {}, 'wamp.error.feature_not_supported']]);
    expect(caller.take()).toEqual([
      [Code.ERROR, Code.CALL, 1, {}, 'wamp.error.feature_not_supported'],
      [Code.ERROR, Code.CALL, 2, {}, 'wamp.error.feature_not_supported'],
    ]);
  });
});
