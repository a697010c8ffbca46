import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { of } from 'rxjs';
import { Code } from '../../src/protocol/code.js';
import { Router, type RealmOptions } from '../../src/router/index.js';
import { connect, joined, BARE_ROLES } from './fake-client.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  // What RxJS has to report of an error nobody caught, it throws from a timer.
  jest.runOnlyPendingTimers();
  jest.useRealTimers();
});

describe('realms', () => {
  it('R-4: neither events, calls nor ids reach another realm', () => {
    const router = new Router({ realms: { realm1: {}, realm2: {} } });
    const here = joined(router, { realm: 'realm1' });
    const there = joined(router, { realm: 'realm2' });
    const subscription = here.subscribe('com.example.topic');
    const registration = here.register('com.example.procedure');
    there.publish('com.example.topic', [], { retain: true });
    there.call('com.example.procedure');
    expect(there.expect(Code.ERROR)[4]).toBe('wamp.error.no_such_procedure');
    there.send([Code.UNSUBSCRIBE, there.request(), subscription], [Code.UNREGISTER, there.request(), registration]);
    expect(there.expect(Code.ERROR)[4]).toBe('wamp.error.no_such_subscription');
    expect(there.expect(Code.ERROR)[4]).toBe('wamp.error.no_such_registration');
    here.subscribe('com.example.topic', { get_retained: true });
    expect(here.take()).toEqual([]);
    there.register('com.example.procedure');
  });

  it('realms made on demand are asked for once, and last as long as somebody uses them', () => {
    const asked: string[] = [];
    const realms = (realm: string): RealmOptions | undefined => {
      asked.push(realm);
      return realm.startsWith('com.example.') ? {} : undefined;
    };
    const router = new Router({ realms });
    const first = joined(router, { realm: 'com.example.a' });
    const second = joined(router, { realm: 'com.example.a' });
    expect(asked).toEqual(['com.example.a']);
    first.subscribe('com.example.topic');
    second.publish('com.example.topic', [], { retain: true });
    first.expect(Code.EVENT);
    first.vanish();
    second.send([Code.GOODBYE, {}, 'wamp.close.normal']);
    joined(router, { realm: 'com.example.a' }).subscribe('com.example.topic', { get_retained: true });
    expect(asked).toEqual(['com.example.a', 'com.example.a']);
    const nowhere = connect(router);
    nowhere.send([Code.HELLO, 'org.example', { roles: BARE_ROLES }]);
    expect(nowhere.expect(Code.ABORT)[2]).toBe('wamp.error.no_such_realm');
  });

  it('a client that is about to join keeps its realm: it does not find itself in another of the same name', () => {
    const router = new Router({
      realms: () => ({
        authenticate: [
          {
            method: 'ticket',
            hello: () =>
              of({
                challenge: {},
                answer: () =>
                  of({ accept: { authid: 'a', authrole: 'b', authmethod: 'ticket', authprovider: 'static' } }),
              }),
          },
        ],
      }),
    });
    const join = () => {
      const client = connect(router);
      client.send([Code.HELLO, 'realm1', { roles: BARE_ROLES, authmethods: ['ticket'] }]);
      client.expect(Code.CHALLENGE);
      return client;
    };
    const slow = join();
    const quick = join();
    quick.send([Code.AUTHENTICATE, '', {}]);
    quick.vanish();
    const third = join();
    for (const client of [slow, third]) {
      client.send([Code.AUTHENTICATE, '', {}]);
      client.expect(Code.WELCOME);
    }
    slow.subscribe('com.example.topic');
    third.publish('com.example.topic');
    slow.expect(Code.EVENT);
  });

  it('a realm function that throws is no_such_realm to the client, and a fault to the application', () => {
    const error = new Error('no database');
    const router = new Router({
      realms: () => {
        throw error;
      },
    });
    const faults: unknown[] = [];
    router.faults$.subscribe((fault) => faults.push(fault));
    const client = connect(router);
    client.send([Code.HELLO, 'realm1', { roles: BARE_ROLES }]);
    expect(client.expect(Code.ABORT)[2]).toBe('wamp.error.no_such_realm');
    expect(faults).toEqual([error]);
  });
});
