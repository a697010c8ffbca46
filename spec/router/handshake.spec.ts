import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { NEVER, of, throwError, type Observable } from 'rxjs';
import type { AuthRequest, AuthStep, RouterAuthenticator } from '../../src/auth/router/authenticator.js';
import { Code } from '../../src/protocol/code.js';
import { isId } from '../../src/protocol/id.js';
import { Router, type RealmOptions } from '../../src/router/index.js';
import { json } from '../../src/serializers/json.js';
import { Link, type LinkPort } from '../../src/transports/link.js';
import { ALL_ROLES, BARE_ROLES, connect, joined } from './fake-client.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  // What RxJS has to report of an error nobody caught, it throws from a timer.
  jest.runOnlyPendingTimers();
  jest.useRealTimers();
});

const routerWith = (realm: RealmOptions): Router => new Router({ realms: { realm1: realm } });
const joe = { authid: 'joe', authrole: 'user', authmethod: 'ticket', authprovider: 'static' };
const ticket = (hello: RouterAuthenticator['hello'], method = 'ticket'): RouterAuthenticator => ({ method, hello });
const asking = (answer: (signature: string) => AuthStep): RouterAuthenticator =>
  ticket(() => of({ challenge: { hint: 'h' }, answer: (signature: string) => of(answer(signature)) }));

describe('opening handshake', () => {
  it('R-1: HELLO is answered with WELCOME', () => {
    const client = connect(routerWith({}));
    client.send([Code.HELLO, 'realm1', { roles: BARE_ROLES }]);
    expect(client.take()).toEqual([[Code.WELCOME, expect.any(Number), expect.any(Object)]]);
  });

  it.each([
    ['SUBSCRIBE', [Code.SUBSCRIBE, 1, {}, 'com.example.topic']],
    ['GOODBYE', [Code.GOODBYE, {}, 'wamp.close.close_realm']],
    ['AUTHENTICATE', [Code.AUTHENTICATE, 'x', {}]],
    ['ERROR', [Code.ERROR, Code.INVOCATION, 1, {}, 'com.example.error']],
    ['WELCOME', [Code.WELCOME, 1, {}]],
    ['RESULT', [Code.RESULT, 1, {}]],
  ])('R-1 R-6: %s before HELLO is a violation', (_, message) => {
    const client = connect(routerWith({}));
    client.sendRaw(message);
    expect(client.take()).toEqual([[Code.ABORT, { message: expect.any(String) }, 'wamp.error.protocol_violation']]);
    expect(client.ended).toBe('completed');
  });

  it('R-1: an ABORT instead of HELLO is not answered', () => {
    const client = connect(routerWith({}));
    client.send([Code.ABORT, {}, 'wamp.close.normal']);
    expect(client.take()).toEqual([]);
    expect(client.ended).toBe('completed');
  });

  it('R-2: session ids are random, and unique among live sessions', () => {
    const router = routerWith({});
    const ids = Array.from({ length: 50 }, () => joined(router).id);
    expect(ids.every(isId)).toBe(true);
    expect(new Set(ids).size).toBe(50);
    // Of 50 uniform draws from 1..2^53 all are small with a chance of 2^-1050.
    expect(Math.max(...ids)).toBeGreaterThan(2 ** 32);
  });

  it('R-3: WELCOME announces the features of broker and dealer, and only those', () => {
    const client = connect(routerWith({}));
    client.send([Code.HELLO, 'realm1', { roles: BARE_ROLES }]);
    const [, , details] = client.expect(Code.WELCOME);
    expect(details['roles']).toEqual({
      broker: {
        reflection: true,
        features: {
          event_retention: true,
          pattern_based_subscription: true,
          payload_passthru_mode: true,
          publication_trustlevels: true,
          publisher_exclusion: true,
          publisher_identification: true,
          session_meta_api: true,
          sharded_subscription: true,
          shareded_subscriptions: true,
          subscriber_blackwhite_listing: true,
          subscription_meta_api: true,
          subscription_revocation: true,
        },
      },
      dealer: {
        reflection: true,
        features: {
          call_canceling: true,
          call_reroute: true,
          call_timeout: true,
          call_trustlevels: true,
          caller_identification: true,
          pattern_based_registration: true,
          payload_passthru_mode: true,
          progressive_call_invocations: true,
          progressive_call_results: true,
          registration_meta_api: true,
          registration_revocation: true,
          session_meta_api: true,
          sharded_registration: true,
          shared_registration: true,
          testament_meta_api: true,
        },
      },
    });
  });

  it('R-3: event history is announced where a realm keeps one', () => {
    const client = connect(routerWith({ history: [{ topic: 'com.example.topic', maxEvents: 1 }] }));
    client.send([Code.HELLO, 'realm1', { roles: BARE_ROLES }]);
    expect(client.expect(Code.WELCOME)[2]).toMatchObject({ roles: { broker: { features: { event_history: true } } } });
  });

  it('R-5: WELCOME says who the client is, and where', () => {
    const client = connect(new Router({ realms: { realm1: {} }, agent: 'router-1' }));
    client.send([Code.HELLO, 'realm1', { roles: BARE_ROLES, authid: 'admin' }]);
    const [, , details] = client.expect(Code.WELCOME);
    expect(details).toMatchObject({
      realm: 'realm1',
      agent: 'router-1',
      authrole: 'anonymous',
      authmethod: 'anonymous',
      authprovider: 'static',
    });
    expect(details['authid']).toMatch(/^[0-9a-f]{32}$/);
  });

  it('R-10: a realm that is no URI is refused with invalid_uri', () => {
    const client = connect(routerWith({}));
    client.send([Code.HELLO, 'not a uri', { roles: BARE_ROLES }]);
    expect(client.expect(Code.ABORT)[2]).toBe('wamp.error.invalid_uri');
  });

  it.each(['realm2', '__proto__', 'constructor'])('R-1: realm %s does not exist', (realm) => {
    const client = connect(routerWith({}));
    client.send([Code.HELLO, realm, { roles: BARE_ROLES }]);
    expect(client.expect(Code.ABORT)[2]).toBe('wamp.error.no_such_realm');
    expect(client.ended).toBe('completed');
  });

  it.each([[{}], [{ roles: {} }], [{ roles: { broker: {} } }]])(
    'R-1: HELLO %j announces no role of a client',
    (details) => {
      const client = connect(routerWith({}));
      client.send([Code.HELLO, 'realm1', details]);
      expect(client.expect(Code.ABORT)[2]).toBe('wamp.error.no_such_role');
    },
  );

  it('R-12: HELLO with a known key of the wrong type is a violation, an unknown key is not', () => {
    const router = routerWith({});
    const wrong = connect(router);
    wrong.sendRaw([Code.HELLO, 'realm1', { roles: [] }]);
    expect(wrong.expect(Code.ABORT)[2]).toBe('wamp.error.protocol_violation');
    const unknown = connect(router);
    unknown.send([Code.HELLO, 'realm1', { roles: BARE_ROLES, resumable: 7, x_mine: null }]);
    unknown.expect(Code.WELCOME);
  });

  it('R-52: a client that never says HELLO is aborted', () => {
    const client = connect(new Router({ realms: { realm1: {} }, limits: { handshakeTimeoutMs: 300 } }));
    jest.advanceTimersByTime(299);
    expect(client.take()).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(client.expect(Code.ABORT)[2]).toBe('wamp.error.timeout');
    expect(client.ended).toBe('completed');
  });

  it('R-52: a limit that is given as undefined has its default', () => {
    const limits = Object.fromEntries([['handshakeTimeoutMs', undefined]]);
    const client = connect(new Router({ realms: { realm1: {} }, limits }));
    jest.advanceTimersByTime(4_999);
    expect(client.take()).toEqual([]);
    jest.advanceTimersByTime(1);
    client.expect(Code.ABORT);
  });

  it('R-52: maxSessions refuses one session more, until another has left', () => {
    const router = new Router({ realms: { realm1: {} }, limits: { maxSessions: 1 } });
    const first = joined(router);
    const second = connect(router);
    second.send([Code.HELLO, 'realm1', { roles: BARE_ROLES }]);
    expect(second.expect(Code.ABORT)[2]).toBe('wamp.error.network_failure');
    first.vanish();
    joined(router);
    expect(router.statistics.sessions).toBe(1);
  });
});

describe('authentication', () => {
  const hello = { roles: ALL_ROLES, authmethods: ['ticket'], authid: 'joe' };

  it('R-1 R-5: CHALLENGE, AUTHENTICATE, WELCOME with the identity found out', () => {
    const authextra = { verifier: 'v' };
    const client = connect(routerWith({ authenticate: [asking(() => ({ accept: { ...joe, authextra } }))] }));
    client.send([Code.HELLO, 'realm1', hello]);
    expect(client.take()).toEqual([[Code.CHALLENGE, 'ticket', { hint: 'h' }]]);
    client.send([Code.AUTHENTICATE, 'secret', {}]);
    expect(client.expect(Code.WELCOME)[2]).toMatchObject({ ...joe, authextra });
  });

  it('R-1: the authenticator is told what HELLO and the transport say, under the id of the session', () => {
    const requests: AuthRequest[] = [];
    const clientCertificate = { fingerprint256: 'ab', subject: 'CN=joe' };
    const channelBindings = { 'tls-unique': Uint8Array.of(1) };
    const client = connect(
      routerWith({ authenticate: [ticket((request) => (requests.push(request), of({ accept: joe })))] }),
      { info: { kind: 'websocket', secure: false, cookie: 'c', peer: 'p', clientCertificate, channelBindings } },
    );
    client.send([Code.HELLO, 'realm1', { ...hello, authrole: 'boss', authextra: { n: 1 } }]);
    const [, session] = client.expect(Code.WELCOME);
    expect(requests).toEqual([
      {
        realm: 'realm1',
        session,
        authid: 'joe',
        authrole: 'boss',
        authextra: { n: 1 },
        transport: { secure: false, cookie: 'c', peer: 'p', clientCertificate, channelBindings },
      },
    ]);
  });

  it('R-1: a wrong answer is ABORT, with nothing more said than the authenticator wants', () => {
    const client = connect(
      routerWith({ authenticate: [asking(() => ({ deny: 'wamp.error.authentication_denied', message: 'no' }))] }),
    );
    client.send([Code.HELLO, 'realm1', hello]);
    client.expect(Code.CHALLENGE);
    client.send([Code.AUTHENTICATE, 'wrong', {}]);
    expect(client.take()).toEqual([[Code.ABORT, { message: 'no' }, 'wamp.error.authentication_denied']]);
    expect(client.ended).toBe('completed');
  });

  it('R-1: methods are tried in the order of the client; one that cannot serve it is passed over', () => {
    const tried: string[] = [];
    const method = (name: string, step: AuthStep | undefined): RouterAuthenticator =>
      ticket(() => (tried.push(name), of(step)), name);
    const router = routerWith({
      authenticate: [method('a', { accept: joe }), method('b', undefined), method('c', { accept: joe })],
    });
    const client = connect(router);
    client.send([Code.HELLO, 'realm1', { ...hello, authmethods: ['x', 'b', 'c', 'a'] }]);
    client.expect(Code.WELCOME);
    expect(tried).toEqual(['b', 'c']);
  });

  it.each([
    [['wampcra', 'scram'], 'wamp.error.no_matching_auth_method'],
    [[], 'wamp.error.authentication_required'],
    [['anonymous'], 'wamp.error.authentication_required'],
  ])('R-1: a client that offers %j where only tickets are taken is told %s', (authmethods, reason) => {
    const client = connect(routerWith({ authenticate: [asking(() => ({ accept: joe }))] }));
    client.send([Code.HELLO, 'realm1', { roles: BARE_ROLES, authmethods }]);
    expect(client.expect(Code.ABORT)[2]).toBe(reason);
  });

  it('R-42: a second AUTHENTICATE for one CHALLENGE is a violation', () => {
    const client = connect(routerWith({ authenticate: [ticket(() => of({ challenge: {}, answer: () => NEVER }))] }));
    client.send([Code.HELLO, 'realm1', hello]);
    client.expect(Code.CHALLENGE);
    client.send([Code.AUTHENTICATE, 'x', {}]);
    expect(client.take()).toEqual([]);
    client.send([Code.AUTHENTICATE, 'y', {}]);
    expect(client.expect(Code.ABORT)[2]).toBe('wamp.error.protocol_violation');
  });

  it('R-1 R-42: two rounds of CHALLENGE, and then WELCOME', () => {
    const second: AuthStep = { challenge: { round: 2 }, answer: () => of({ accept: joe }) };
    const client = connect(routerWith({ authenticate: [asking(() => second)] }));
    client.send([Code.HELLO, 'realm1', hello]);
    client.expect(Code.CHALLENGE);
    client.send([Code.AUTHENTICATE, 'x', {}]);
    expect(client.take()).toEqual([[Code.CHALLENGE, 'ticket', { round: 2 }]]);
    client.send([Code.AUTHENTICATE, 'y', {}]);
    client.expect(Code.WELCOME);
  });

  it.each([
    ['HELLO', [Code.HELLO, 'realm1', hello]],
    ['GOODBYE', [Code.GOODBYE, {}, 'a.b']],
    ['CALL', [Code.CALL, 1, {}, 'a.b']],
  ])('R-1 R-6: %s instead of AUTHENTICATE is a violation', (_, message) => {
    const client = connect(routerWith({ authenticate: [asking(() => ({ accept: joe }))] }));
    client.send([Code.HELLO, 'realm1', hello]);
    client.expect(Code.CHALLENGE);
    client.sendRaw(message);
    expect(client.expect(Code.ABORT)[2]).toBe('wamp.error.protocol_violation');
  });

  it('R-42 R-52: a CHALLENGE that is not answered in time is ABORT', () => {
    const client = connect(
      new Router({
        realms: { realm1: { authenticate: [asking(() => ({ accept: joe }))] } },
        limits: { handshakeTimeoutMs: 300 },
      }),
    );
    jest.advanceTimersByTime(200);
    client.send([Code.HELLO, 'realm1', hello]);
    client.expect(Code.CHALLENGE);
    jest.advanceTimersByTime(299);
    expect(client.take()).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(client.expect(Code.ABORT)[2]).toBe('wamp.error.timeout');
  });

  it('R-45: an authenticator that fails is authentication_failed to the client, and a fault to the application', () => {
    const error = new Error('the database is down');
    const router = routerWith({ authenticate: [ticket(() => throwError(() => error))] });
    const faults: unknown[] = [];
    router.faults$.subscribe((fault) => faults.push(fault));
    const client = connect(router);
    client.send([Code.HELLO, 'realm1', hello]);
    expect(client.take()).toEqual([[Code.ABORT, {}, 'wamp.error.authentication_failed']]);
    expect(faults).toEqual([error]);
  });

  it('R-54: an authenticator that decides after the client has gone changes nothing', async () => {
    let admit: (step: AuthStep) => void = () => undefined;
    const slow = new Promise<AuthStep>((resolve) => (admit = resolve));
    const router = routerWith({ authenticate: [ticket(() => slow)] });
    const client = connect(router);
    client.send([Code.HELLO, 'realm1', hello]);
    client.vanish();
    admit({ accept: joe });
    await slow;
    expect(router.statistics.sessions).toBe(0);
  });

  it('R-54: a client whose connection breaks while the authenticator decides does not join', () => {
    let port: LinkPort | undefined;
    const link = Link.over({ serializer: json(), info: { kind: 'memory', secure: true } }, (given) => {
      port = given;
      return { bufferedBytes: 0, send: () => undefined, close: () => undefined, terminate: () => undefined };
    });
    const hello = (): Observable<AuthStep> => {
      port?.closed();
      return of({ accept: joe });
    };
    const router = routerWith({ authenticate: [ticket(hello)] });
    router.accept(link);
    port?.frame(JSON.stringify([Code.HELLO, 'realm1', { roles: ALL_ROLES, authmethods: ['ticket'] }]));
    expect(router.statistics.sessions).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('tells every authenticator who joined and who left, with the reason of the GOODBYE', () => {
    const told: unknown[] = [];
    const watcher: RouterAuthenticator = {
      method: 'cookie',
      hello: () => of(undefined),
      joined: ({ session }, { authid }) => told.push(['joined', session, authid]),
      left: ({ session }, { authid }, reason) => told.push(['left', session, authid, reason]),
    };
    const router = routerWith({ authenticate: [watcher, ticket(() => of({ accept: joe }))] });
    const first = joined(router, { details: { authmethods: ['ticket'] } });
    const second = joined(router, { details: { authmethods: ['ticket'] } });
    first.send([Code.GOODBYE, {}, 'wamp.close.logout']);
    second.vanish();
    expect(told).toEqual([
      ['joined', first.id, 'joe'],
      ['joined', second.id, 'joe'],
      ['left', first.id, 'joe', 'wamp.close.logout'],
      ['left', second.id, 'joe', undefined],
    ]);
  });
});
