import { describe, expect, it } from '@jest/globals';
import { inject, InjectionToken, Injector, PLATFORM_ID, runInInjectionContext } from '@angular/core';
import { BehaviorSubject } from 'rxjs';
import { anonymous, Code, isClientClosedError, isUsageError, json, ticket, WampClient } from 'rxwamp';
import {
  injectConnection,
  injectWamp,
  provideWamp,
  withAuth,
  withContract,
  withName,
  WampClient as Token,
} from 'rxwamp/angular';
import { provideWampTesting, WampTestingController } from 'rxwamp/angular/testing';
import { fakeRouter } from 'rxwamp/testing';
import { injectorOf } from './injectors.js';

const options = { url: 'ws://localhost/ws', realm: 'realm1' };

describe('provideWamp', () => {
  it('makes inject(WampClient) a client, which connects on first use and is closed with the injector', async () => {
    const router = fakeRouter();
    const injector = injectorOf([provideWamp({ transport: router.transport, realm: 'realm1' })]);
    const wamp = injector.get<WampClient>(WampClient);
    expect(wamp).toBeInstanceOf(WampClient);
    expect(injector.get(WampClient)).toBe(wamp);
    expect(injector.get(Token)).toBe(wamp);
    expect([wamp.state.status, router.attempts]).toStrictEqual(['idle', 0]);
    const values: unknown[] = [];
    wamp.topic('com.app.topic').subscribe(({ value }) => values.push(value));
    router.welcome();
    router.send([Code.SUBSCRIBED, router.expect(Code.SUBSCRIBE).request, 7]);
    router.send([Code.EVENT, 7, 1, {}, ['x']]);
    expect(values).toStrictEqual(['x']);
    injector.destroy();
    router.expect(Code.GOODBYE);
    router.send([Code.GOODBYE, {}, 'wamp.close.goodbye_and_out']);
    expect(wamp.state.status).toBe('closed');
    const errors: unknown[] = [];
    wamp.call('com.app.x').subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors.map(isClientClosedError)).toStrictEqual([true]);
  });

  it('asks a function for the options in an injection context, and authenticators likewise', () => {
    const REALM = new InjectionToken<string>('realm');
    const router = fakeRouter();
    const injector = injectorOf([
      { provide: REALM, useValue: 'realm7' },
      provideWamp(
        () => ({ transport: router.transport, realm: inject(REALM), auth: [anonymous()] }),
        withAuth(() => ticket({ authid: inject(REALM), ticket: 'b' })),
      ),
    ]);
    injector.get(WampClient).connect();
    const { realm, details } = router.expect(Code.HELLO);
    expect(details['authid']).toBe('realm7');
    expect([realm, details['authmethods']]).toStrictEqual(['realm7', ['anonymous', 'ticket']]);
    injector.destroy();
  });

  it('keeps several connections apart by name, in child injectors too', () => {
    const parent = injectorOf([
      provideWamp({ ...options, realm: 'main' }),
      provideWamp({ ...options, realm: 'prices' }, withName('prices')),
      provideWampTesting(),
    ]);
    const child = injectorOf([provideWamp({ ...options, realm: 'chat' }, withName('chat'))], parent);
    const inChild = <T>(work: () => T): T => runInInjectionContext(child.get(Injector), work);
    const clients = inChild(() => [injectWamp(), injectWamp('prices'), injectWamp('chat')]);
    expect(new Set(clients).size).toBe(3);
    expect(clients[0]).toBe(parent.get(WampClient));
    for (const client of clients) client.publish('com.app.topic');
    const realms = parent
      .get(WampTestingController)
      .match('publish')
      .map(({ realm }) => realm);
    expect(realms).toStrictEqual(['main', 'prices', 'chat']);
    const failure = (work: () => unknown): unknown => {
      try {
        return work();
      } catch (error) {
        return isUsageError(error) && error.message;
      }
    };
    expect(failure(() => inChild(() => injectWamp('chats')))).toBe(
      'inject: no connection is named "chats"; there are: chat, default, prices',
    );
    expect(failure(() => runInInjectionContext(injectorOf([]).get(Injector), () => injectWamp()))).toBe(
      'inject: no connection is named "default"; provideWamp(…) is not among the providers',
    );
    expect(inChild(() => injectConnection({ connection: 'prices' })().status)).toBe('connected');
    child.destroy();
    expect([clients[1]?.state.status, clients[2]?.state.status]).toStrictEqual(['connected', 'closed']);
    parent.destroy();
  });

  it('lets the last of a name count, as Angular does', () => {
    const injector = injectorOf([
      provideWamp({ ...options, realm: 'first' }),
      provideWamp({ ...options, realm: 'second' }),
      provideWampTesting(),
    ]);
    injector.get<WampClient>(WampClient).publish('com.app.topic');
    expect(injector.get(WampTestingController).expectPublish('com.app.topic').realm).toBe('second');
    injector.destroy();
  });

  it('… a name that was given, too', () => {
    const injector = injectorOf([
      provideWamp({ ...options, realm: 'first' }, withName('prices')),
      provideWamp({ ...options, realm: 'second' }, withName('prices')),
      provideWampTesting(),
    ]);
    runInInjectionContext(injector.get(Injector), () => injectWamp('prices')).publish('com.app.topic');
    expect(injector.get(WampTestingController).expectPublish('com.app.topic').realm).toBe('second');
    injector.destroy();
  });

  it('looks at no URL on a server that does not connect, where only a page could resolve it', () => {
    const page = { url: '/ws', realm: 'realm1', serializers: [json()], maxMessageBytes: 1_000 };
    const onServer = { provide: PLATFORM_ID, useValue: 'server' };
    const injector = injectorOf([onServer, provideWamp(page)]);
    expect(injector.get<WampClient>(WampClient).state.status).toBe('idle');
    injector.destroy();
    const connecting = injectorOf([onServer, provideWamp({ ...page, connectOnServer: true })]);
    expect(() => connecting.get(WampClient)).toThrow('the URL is malformed');
  });

  it('leaves the state of a connection with the injector', () => {
    const watched = new BehaviorSubject({ status: 'idle' });
    const injector = injectorOf([
      { provide: WampClient, useValue: { state: watched.value, state$: watched, connect: () => undefined } },
    ]);
    const state = runInInjectionContext(injector.get(Injector), () => injectConnection());
    watched.next({ status: 'connecting' });
    expect([state().status, watched.observed]).toStrictEqual(['connecting', true]);
    injector.destroy();
    expect(watched.observed).toBe(false);
  });

  it('refuses what contradicts itself, and options that make no sense', () => {
    expect(() => provideWamp(options, withName('a'), withName('b'))).toThrow('there can be one name alone');
    expect(() => provideWamp(options, withContract(), withContract({}))).toThrow('there can be one contract alone');
    const twice = injectorOf([provideWamp({ ...options, contract: {} }, withContract({}))]);
    expect(() => twice.get(WampClient)).toThrow('a contract is given twice');
    const malformed = injectorOf([provideWamp({ ...options, realm: 'no realm' })]);
    expect(() => malformed.get(WampClient)).toThrow('realm must be a URI');
  });

  it('checks what the contract says, and does without a contract of types alone', () => {
    const numbers = {
      '~standard': {
        version: 1 as const,
        vendor: 'spec',
        validate: (value: unknown) =>
          Array.isArray(value) && typeof value[0] === 'number'
            ? { value: value as readonly unknown[] }
            : { issues: [{ message: 'no number' }] },
      },
    };
    const injector = injectorOf([
      provideWamp(options, withContract({ topics: { 'com.app.topic': { args: numbers } } })),
      provideWampTesting(),
    ]);
    const wamp = injector.get<WampClient>(WampClient);
    const values: unknown[] = [];
    const faults: string[] = [];
    wamp.faults$.subscribe(({ message }) => faults.push(message));
    wamp.topic('com.app.topic').subscribe(({ value }) => values.push(value));
    const router = injector.get(WampTestingController);
    router.event('com.app.topic', ['x']);
    router.event('com.app.topic', [1]);
    expect(values).toStrictEqual([1]);
    expect(faults).toHaveLength(1);
    injector.destroy();
  });

  it('passes on what a stand-in is', () => {
    const stand = { state: { status: 'idle' } };
    const injector = injectorOf([{ provide: WampClient, useValue: stand }]);
    expect(runInInjectionContext(injector.get(Injector), () => injectWamp())).toBe(stand);
  });
});
