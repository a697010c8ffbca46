import { describe, expect, it, jest } from '@jest/globals';
import { NEVER, Subject, throwError, timer, map } from 'rxjs';
import { ticket } from '../../src/auth/ticket.js';
import { Code } from '../../src/protocol/code.js';
import { UsageError } from '../../src/protocol/errors.js';
import { authenticator, joined, joining, settled, useVirtualTime } from './support.js';

useVirtualTime();

const PUB = ['publisher_exclusion', 'publisher_identification', 'subscriber_blackwhite_listing'];

/** The table of features in the spec, §4.3 of the digest: what a client's role may announce. Twice where the field spells otherwise. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  publisher: [...PUB, 'payload_passthru_mode', 'sharded_subscription', 'shareded_subscriptions'],
  subscriber: [
    'publisher_identification',
    'publication_trustlevels',
    'pattern_based_subscription',
    'subscription_revocation',
    'payload_passthru_mode',
    'sharded_subscription',
    'shareded_subscriptions',
  ],
  caller: [
    'progressive_call_results',
    'progressive_call_invocations',
    'call_timeout',
    'call_canceling',
    'caller_identification',
    'payload_passthru_mode',
    'sharded_registration',
  ],
  callee: [
    'progressive_call_results',
    'progressive_call_invocations',
    'call_timeout',
    'call_canceling',
    'caller_identification',
    'call_trustlevels',
    'registration_revocation',
    'pattern_based_registration',
    'shared_registration',
    'sharded_registration',
    'call_reroute',
    'payload_passthru_mode',
  ],
};

describe('HELLO', () => {
  it('C-1: is the first message, with the realm and all four roles', () => {
    const { router } = joining();
    const { realm, details } = router.expect(Code.HELLO);
    expect(realm).toBe('realm1');
    expect(Object.keys(details['roles'] as object).sort()).toStrictEqual([
      'callee',
      'caller',
      'publisher',
      'subscriber',
    ]);
    router.expectSilence();
  });

  it('C-2: announces features the spec knows for the role, all of them true', () => {
    const { router } = joining();
    const { details } = router.expect(Code.HELLO);
    const roles = details['roles'] as Record<string, { features: Record<string, unknown> }>;
    for (const [role, { features }] of Object.entries(roles)) {
      expect(KNOWN[role]).toStrictEqual(expect.arrayContaining(Object.keys(features)));
      expect(Object.values(features)).toStrictEqual(Object.values(features).map(() => true));
    }
    // What is not there, or only where it is asked for, is not announced.
    expect(JSON.stringify(roles)).not.toMatch(/payload_passthru_mode/);
  });

  it('C-22: a callee that announces progressive results and invocations announces call_canceling', () => {
    const { router } = joining();
    router.expect(Code.HELLO, {
      details: {
        roles: {
          callee: {
            features: { progressive_call_results: true, progressive_call_invocations: true, call_canceling: true },
          },
        },
      },
    });
  });

  it('names the agent and, without authenticators, no authmethods', () => {
    const { router } = joining({ agent: 'rx-1' });
    router.expect(Code.HELLO, { details: { agent: 'rx-1', authmethods: undefined, authid: undefined } });
  });

  it('offers the methods in order, with what they claim', () => {
    const { router } = joining({
      authenticators: [
        authenticator('cryptosign', { authid: 'joe', authextra: { pubkey: 'aa' } }),
        authenticator('ticket', { authid: 'joe', authrole: 'admin', authextra: { device: 7 } }),
      ],
    });
    const { details } = router.expect(Code.HELLO);
    expect(details).toMatchObject({
      authmethods: ['cryptosign', 'ticket'],
      authid: 'joe',
      authrole: 'admin',
      authextra: { pubkey: 'aa', device: 7 },
    });
  });

  it('is refused locally when the methods claim different authids', () => {
    const { router, sessions } = joining({
      authenticators: [authenticator('a', { authid: 'joe' }), authenticator('b', { authid: 'ann' })],
    });
    expect(sessions.error).toMatchObject({ name: 'UsageError', uri: 'wamp.error.invalid_argument' });
    router.expectSilence();
    router.expectClosed();
  });

  it('asks each authenticator once, with the realm and whether the transport is secure', () => {
    const begin = jest.fn(() => [{}]);
    joining({ authenticators: [{ method: 'x', begin }] }, { info: { secure: false } });
    expect(begin.mock.calls).toStrictEqual([[{ realm: 'realm1', secure: false }]]);
  });

  it('fails with what an authenticator fails with', () => {
    const broken = new UsageError('wamp.error.invalid_argument', 'no TLS channel', { attempted: 'HELLO' });
    const { router, sessions } = joining({
      authenticators: [{ method: 'x', begin: () => throwError(() => broken) }],
    });
    expect(sessions.error).toBe(broken);
    router.expectSilence();
    router.expectClosed();
  });
});

describe('WELCOME', () => {
  it('gives the session as the router described it', () => {
    const { router, sessions } = joining();
    router.expect(Code.HELLO);
    router.send([
      Code.WELCOME,
      9007199254740992,
      {
        realm: 'realm2',
        authid: 'joe',
        authrole: 'user',
        authmethod: 'ticket',
        authprovider: 'static',
        agent: 'X-1',
        roles: { broker: { features: { event_history: true } } },
      },
    ]);
    const { info } = sessions.values[0] ?? {};
    expect(info).toMatchObject({
      id: 9007199254740992,
      realm: 'realm2',
      authid: 'joe',
      authrole: 'user',
      authmethod: 'ticket',
      authprovider: 'static',
      agent: 'X-1',
      protocol: 'wamp.2.json',
    });
    expect(info?.supports('broker', 'event_history')).toBe(true);
    expect(info?.supports('dealer', 'call_canceling')).toBe(false);
  });

  it('without a realm means the realm that was asked for', () => {
    expect(joined().session.info.realm).toBe('realm1');
  });

  it.each([
    ['nothing', {}],
    ['no broker', { roles: { dealer: {} } }],
    ['null features', { roles: { broker: { features: null } } }],
    ['a feature that is false', { roles: { broker: { features: { event_history: false } } } }],
    ['a feature that is 1', { roles: { broker: { features: { event_history: 1 } } } }],
    ['a feature that is null', { roles: { broker: { features: { event_history: null } } } }],
  ])('C-6: %s announced counts as not announced', (_, details) => {
    const { router, sessions } = joining();
    router.expect(Code.HELLO);
    router.send([Code.WELCOME, 1, details]);
    expect(sessions.values[0]?.info.supports('broker', 'event_history')).toBe(false);
  });

  it('reads the other spelling of call_canceling', () => {
    const { session } = joined({}, { welcome: { roles: { dealer: { features: { call_cancelling: true } } } } });
    expect(session.info.supports('dealer', 'call_canceling')).toBe(true);
  });

  it('C-6: unknown keys and nulls in the details are ignored', () => {
    const { sessions } = joined({}, { welcome: { authid: null, x_cb_node: 'n', 'resume-ticket': 5 } });
    expect(sessions.values[0]?.info.authid).toBeUndefined();
  });

  it('before HELLO is a violation', () => {
    const { router, sessions } = joining({ authenticators: [{ method: 'x', begin: () => NEVER }] });
    router.send([Code.WELCOME, 1, {}]);
    router.expect(Code.ABORT, { reason: 'wamp.error.protocol_violation', args: undefined });
    router.expectClosed();
    expect(sessions.error).toMatchObject({
      name: 'ProtocolViolationError',
      message: expect.stringContaining('WELCOME'),
    });
  });

  it('twice, while the router’s proof is still being checked, is a violation', () => {
    const { router, sessions } = joining({ authenticators: [authenticator('x', { verify: () => NEVER })] });
    router.expect(Code.HELLO);
    router.send([Code.WELCOME, 1, { authmethod: 'x' }]);
    router.send([Code.WELCOME, 2, { authmethod: 'x' }]);
    router.expect(Code.ABORT, { reason: 'wamp.error.protocol_violation' });
    expect(sessions.values).toStrictEqual([]);
    expect(sessions.error).toMatchObject({ name: 'ProtocolViolationError' });
  });
});

describe('C-8: before the session is established', () => {
  it.each([
    ['GOODBYE', [Code.GOODBYE, {}, 'wamp.close.normal']],
    ['ERROR', [Code.ERROR, Code.CALL, 1, {}, 'wamp.error.canceled']],
    ['PUBLISHED', [Code.PUBLISHED, 1, 2]],
    ['SUBSCRIBED', [Code.SUBSCRIBED, 1, 2]],
    ['UNSUBSCRIBED', [Code.UNSUBSCRIBED, 1]],
    ['EVENT', [Code.EVENT, 1, 2, {}]],
    ['RESULT', [Code.RESULT, 1, {}]],
    ['REGISTERED', [Code.REGISTERED, 1, 2]],
    ['UNREGISTERED', [Code.UNREGISTERED, 1]],
    ['INVOCATION', [Code.INVOCATION, 1, 2, {}]],
    ['INTERRUPT', [Code.INTERRUPT, 1, {}]],
    ['HELLO', [Code.HELLO, 'realm1', {}]],
    ['AUTHENTICATE', [Code.AUTHENTICATE, '', {}]],
  ] as const)('%s is answered with ABORT of three elements, and the connection is dropped', (name, message) => {
    const { router, sessions } = joining();
    router.expect(Code.HELLO);
    router.send(message);
    const abort = router.expect(Code.ABORT, { reason: 'wamp.error.protocol_violation' });
    expect(abort.message).toHaveLength(3);
    router.expectSilence();
    router.expectClosed('violation');
    expect(sessions.error).toMatchObject({
      name: 'ProtocolViolationError',
      attempted: 'HELLO',
      on: 'realm1',
      message: expect.stringContaining(name),
    });
  });

  it('a frame that is no message is, too', () => {
    const { router, sessions } = joining();
    router.expect(Code.HELLO);
    router.sendRaw('[2');
    router.expect(Code.ABORT, { reason: 'wamp.error.protocol_violation' });
    expect(sessions.error).toMatchObject({ name: 'ProtocolViolationError' });
  });
});

describe('C-10: ABORT', () => {
  it('refuses the session: fatal for what asking again cannot mend, with what the router said', () => {
    const { router, sessions } = joining();
    router.expect(Code.HELLO);
    router.send([Code.ABORT, { message: 'gone' }, 'wamp.error.no_such_realm']);
    router.expectSilence();
    router.expectClosed();
    expect(sessions.error).toMatchObject({
      name: 'ConnectionRefusedError',
      reason: 'wamp.error.no_such_realm',
      fatal: true,
      on: 'realm1',
      message: expect.stringContaining('gone'),
      cause: { name: 'WampError', uri: 'wamp.error.no_such_realm', details: { message: 'gone' } },
    });
  });

  it('for a shutdown is not fatal', () => {
    const { router, sessions } = joining();
    router.expect(Code.HELLO);
    router.send([Code.ABORT, {}, 'wamp.close.system_shutdown', ['later'], { in: 5 }]);
    expect(sessions.error).toMatchObject({ fatal: false, cause: { args: ['later'], kwargs: { in: 5 } } });
  });

  it('is heard before HELLO, too', () => {
    const { router, sessions } = joining({ authenticators: [{ method: 'x', begin: () => NEVER }] });
    router.send([Code.ABORT, {}, 'wamp.close.system_shutdown']);
    expect(sessions.error).toMatchObject({ name: 'ConnectionRefusedError', reason: 'wamp.close.system_shutdown' });
    router.expectSilence();
  });
});

describe('CHALLENGE', () => {
  it('is answered by the method it names, and announced', () => {
    const challenged = jest.fn();
    const answer = jest.fn(() => [{ signature: 'sig', extra: { nonce: 1 } }]);
    const { router, sessions } = joining({
      challenged,
      authenticators: [authenticator('a'), authenticator('b', { answer })],
    });
    router.expect(Code.HELLO);
    expect(challenged).not.toHaveBeenCalled();
    router.send([Code.CHALLENGE, 'b', { challenge: 'c' }]);
    expect(challenged).toHaveBeenCalledTimes(1);
    expect(answer.mock.calls).toStrictEqual([[{ challenge: 'c' }]]);
    router.expect(Code.AUTHENTICATE, { signature: 'sig', extra: { nonce: 1 } });
    router.send([Code.WELCOME, 1, {}]);
    expect(sessions.values).toHaveLength(1);
  });

  it('may come in two rounds', () => {
    const { router, sessions } = joining({
      authenticators: [
        authenticator('a', { answer: () => [{ signature: '1' }] }),
        authenticator('b', { answer: () => [{ signature: '2' }] }),
      ],
    });
    router.expect(Code.HELLO);
    router.send([Code.CHALLENGE, 'a', {}]);
    router.expect(Code.AUTHENTICATE, { signature: '1', extra: {} });
    router.send([Code.CHALLENGE, 'b', {}]);
    router.expect(Code.AUTHENTICATE, { signature: '2' });
    router.send([Code.WELCOME, 1, {}]);
    expect(sessions.values).toHaveLength(1);
  });

  it('by a method that was not offered ends it, fatally', () => {
    const { router, sessions } = joining({ authenticators: [authenticator('a')] });
    router.expect(Code.HELLO);
    router.send([Code.CHALLENGE, 'ticket', {}]);
    router.expect(Code.ABORT, { reason: 'wamp.error.cannot_authenticate' });
    router.expectClosed();
    expect(sessions.error).toMatchObject({ name: 'ConnectionRefusedError', fatal: true });
  });

  it('that cannot be answered is answered with ABORT, which does not tell why a user’s own function failed', () => {
    const { router, sessions } = joining({
      authenticators: [
        authenticator('a', { answer: () => throwError(() => new Error('GET /token?secret=s3cret failed')) }),
      ],
    });
    router.expect(Code.HELLO);
    router.send([Code.CHALLENGE, 'a', {}]);
    const { message } = router.expect(Code.ABORT, { reason: 'wamp.error.cannot_authenticate' });
    expect(JSON.stringify(message)).not.toContain('s3cret');
    expect(sessions.error).toMatchObject({
      name: 'ConnectionRefusedError',
      fatal: false,
      cause: expect.objectContaining({ message: 'GET /token?secret=s3cret failed' }),
    });
  });

  it('again, while the first is still being answered, is a violation', () => {
    const { router, sessions } = joining({ authenticators: [authenticator('a', { answer: () => NEVER })] });
    router.expect(Code.HELLO);
    router.send([Code.CHALLENGE, 'a', {}]);
    router.send([Code.CHALLENGE, 'a', {}]);
    router.expect(Code.ABORT, { reason: 'wamp.error.protocol_violation' });
    expect(sessions.error).toMatchObject({ name: 'ProtocolViolationError' });
  });

  it('a ticket that is a function is asked for when the router wants it', async () => {
    const get = jest.fn(async () => 'abc');
    const { router, sessions } = joining({ authenticators: [ticket({ authid: 'joe', ticket: get })] });
    router.expect(Code.HELLO, { details: { authmethods: ['ticket'], authid: 'joe' } });
    expect(get).not.toHaveBeenCalled();
    router.send([Code.CHALLENGE, 'ticket', {}]);
    await settled();
    router.expect(Code.AUTHENTICATE, { signature: 'abc', extra: {} });
    router.send([Code.WELCOME, 1, {}]);
    expect(sessions.values).toHaveLength(1);
  });
});

describe('the router’s own proof', () => {
  const failing = (): unknown => authenticator('x', { verify: () => throwError(() => new Error('wrong verifier')) });

  it('is checked before the session is there', async () => {
    const proof$ = new Subject<void>();
    const { router, sessions } = joining({ authenticators: [authenticator('x', { verify: () => proof$ })] });
    router.expect(Code.HELLO);
    router.send([Code.WELCOME, 1, { authmethod: 'x' }]);
    expect(sessions.values).toHaveLength(0);
    proof$.next();
    proof$.complete();
    expect(sessions.values).toHaveLength(1);
  });

  it('that is wrong ends it with ABORT', () => {
    const { router, sessions } = joining({ authenticators: [failing() as never] });
    router.expect(Code.HELLO);
    router.send([Code.WELCOME, 1, { authmethod: 'x' }]);
    router.expect(Code.ABORT, { reason: 'wamp.error.authentication_failed' });
    expect(sessions.values).toHaveLength(0);
    expect(sessions.error).toMatchObject({ message: expect.stringContaining('wrong verifier') });
  });

  it('is asked of the method that was challenged, where WELCOME names none', () => {
    const verify = jest.fn(() => []);
    const { router } = joining({
      authenticators: [authenticator('x', { answer: () => [{ signature: '' }], verify })],
    });
    router.expect(Code.HELLO);
    router.send([Code.CHALLENGE, 'x', {}]);
    router.send([Code.WELCOME, 1, { authextra: { v: 1 } }]);
    expect(verify.mock.calls).toStrictEqual([[{ authextra: { v: 1 } }]]);
  });
});

describe('C-11: the opening is bounded', () => {
  it.each([
    ['WELCOME does not come', []],
    ['an authenticator does not begin', [{ method: 'x', begin: () => NEVER }]],
    ['an answer is not to be had', [authenticator('x', { answer: () => NEVER })]],
    ['the router’s proof is not to be had', [authenticator('x', { verify: () => NEVER })]],
  ])('when %s', (what, authenticators) => {
    const { router, sessions } = joining({ authenticators, timeoutMs: 5_000 });
    if (what.includes('answer')) router.send([Code.CHALLENGE, 'x', {}]);
    if (what.includes('proof')) router.send([Code.WELCOME, 1, { authmethod: 'x' }]);
    jest.advanceTimersByTime(4_999);
    expect(sessions.error).toBeUndefined();
    expect(router.isConnected).toBe(true);
    jest.advanceTimersByTime(1);
    expect(sessions.error).toMatchObject({ name: 'TimeoutError', timeoutMs: 5_000, attempted: 'HELLO', on: 'realm1' });
    router.expectClosed('terminated');
  });

  it('by a timer longer than the platform has', () => {
    const { router, sessions } = joining({ timeoutMs: Infinity });
    jest.advanceTimersByTime(60_000);
    expect(sessions.error).toBeUndefined();
    router.welcome();
    expect(sessions.values).toHaveLength(1);
  });

  it('and lets go of everything when it is given up', () => {
    const { router, sessions } = joining({
      authenticators: [authenticator('x', { answer: () => timer(1_000).pipe(map(() => ({ signature: '' }))) })],
    });
    router.expect(Code.HELLO);
    router.send([Code.CHALLENGE, 'x', {}]);
    sessions.subscription.unsubscribe();
    router.expectClosed('normal');
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('a connection that ends before WELCOME', () => {
  it('in order', () => {
    const { router, sessions } = joining();
    router.close();
    expect(sessions.error).toMatchObject({ name: 'ConnectionLostError', attempted: 'HELLO' });
  });

  it('broken', () => {
    const { router, sessions } = joining();
    router.drop();
    expect(sessions.error).toMatchObject({ name: 'ConnectionLostError' });
    expect(jest.getTimerCount()).toBe(0);
  });
});
