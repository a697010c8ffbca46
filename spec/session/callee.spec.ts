import { describe, expect, it } from '@jest/globals';
import { Code } from '../../src/protocol/code.js';
import type { Handler, Invocation } from '../../src/session/invocation.js';
import type { Session } from '../../src/session/session.js';
import type { FakeRouter } from '../../src/testing/index.js';
import { joined, joinedAtOnce, useVirtualTime, watch } from './support.js';

useVirtualTime();

const PROCEDURE = 'com.app.p';
const register = (session: Session, handler: Handler = () => 1, options = {}) =>
  watch(session.callee.register(PROCEDURE, options, handler));
const answer = (router: FakeRouter, registration = 7): void => {
  router.send([Code.REGISTERED, router.expect(Code.REGISTER).request, registration]);
};

describe('REGISTER', () => {
  it('goes out on subscribe, as it was asked for; the id comes when callers can reach it', () => {
    const { router, session } = joined();
    const registration = register(session, undefined, { invoke: 'roundrobin', _x: 1 });
    router.expect(Code.REGISTER, { procedure: PROCEDURE, options: { invoke: 'roundrobin', _x: 1 } });
    expect(registration.values).toStrictEqual([]);
    router.send([Code.REGISTERED, 1, 7]);
    expect(registration).toMatchObject({ values: [7], complete: false });
  });

  it('that is refused is an error on that stream alone', () => {
    const { router, session } = joined();
    const registration = register(session);
    router.send([Code.ERROR, Code.REGISTER, 1, {}, 'wamp.error.procedure_already_exists', ['no']]);
    expect(registration.error).toMatchObject({ uri: 'wamp.error.procedure_already_exists', on: PROCEDURE });
    router.expect(Code.REGISTER);
    router.expectSilence();
  });

  it('whose options cannot be encoded is an error, and nothing is sent', () => {
    const { router, session } = joined();
    expect(register(session, undefined, { _f: () => 1 }).error).toMatchObject({ name: 'SerializationError' });
    router.expectSilence();
    register(session);
    router.expect(Code.REGISTER, { request: 1 });
  });

  it('of what this session has already is refused, also by a router that answers it with the same id', () => {
    const { router, session } = joined();
    const first = register(session, () => 'first');
    const second = register(session, () => 'second');
    answer(router);
    answer(router);
    expect(second.error).toMatchObject({ uri: 'wamp.error.procedure_already_exists' });
    router.send([Code.INVOCATION, 1, 7, {}]);
    router.expect(Code.YIELD, { args: ['first'] });
    first.subscription.unsubscribe();
    router.expect(Code.UNREGISTER, { registration: 7 });
    router.expectSilence();
  });
});

describe('unregistering', () => {
  it('sends UNREGISTER; a refusal is nobody’s error', () => {
    const { router, session, sessions } = joined();
    const registration = register(session);
    answer(router);
    registration.subscription.unsubscribe();
    const { request } = router.expect(Code.UNREGISTER, { registration: 7 });
    router.send([Code.ERROR, Code.UNREGISTER, request, {}, 'wamp.error.no_such_registration']);
    expect(sessions.error).toBeUndefined();
    router.expectSilence();
  });

  it('before REGISTERED came, still does so when it comes', () => {
    const { router, session } = joined();
    register(session).subscription.unsubscribe();
    const { request } = router.expect(Code.REGISTER);
    router.expectSilence();
    router.send([Code.REGISTERED, request, 7]);
    router.expect(Code.UNREGISTER, { registration: 7 });
    router.expectSilence();
  });

  it('before an ERROR came, sends nothing', () => {
    const { router, session } = joined();
    register(session).subscription.unsubscribe();
    router.send([Code.ERROR, Code.REGISTER, router.expect(Code.REGISTER).request, {}, 'wamp.error.x']);
    router.expectSilence();
  });

  it('an INVOCATION that crosses it is answered: there is no such procedure', () => {
    const { router, session } = joined();
    const registration = register(session);
    answer(router);
    registration.subscription.unsubscribe();
    router.expect(Code.UNREGISTER);
    router.send([Code.INVOCATION, 5, 7, {}]);
    expect(router.expect(Code.ERROR).message).toStrictEqual([8, 68, 5, {}, 'wamp.error.no_such_procedure']);
  });

  it('C-20: a streamed INVOCATION that crosses it is answered once, whatever chunks follow', () => {
    const { router, session } = joined();
    router.send([Code.INVOCATION, 5, 7, { progress: true }, [1]]);
    router.expect(Code.ERROR, { request: 5, error: 'wamp.error.no_such_procedure' });
    router.send([Code.INVOCATION, 5, 7, { progress: true }, [2]]);
    router.send([Code.INVOCATION, 5, 7, {}]);
    router.expectSilence();
    expect(session.isOpen).toBe(true);
  });

  it('invocations that run go on to their end', () => {
    const { router, session } = joined();
    let invocation: Invocation | undefined;
    let finish: (value: unknown) => void = () => undefined;
    const registration = register(session, (given) => {
      invocation = given;
      return new Promise((resolve) => (finish = resolve));
    });
    answer(router);
    router.send([Code.INVOCATION, 5, 7, {}]);
    registration.subscription.unsubscribe();
    router.expect(Code.UNREGISTER);
    expect(invocation?.signal.aborted).toBe(false);
    finish('done');
    return router.eventually(Code.YIELD, { request: 5, args: ['done'] });
  });
});

describe('registering anew', () => {
  it('follows the UNREGISTER on the wire', () => {
    const { router, session } = joined();
    const first = register(session);
    answer(router);
    first.subscription.unsubscribe();
    register(session, () => 'second');
    router.expect(Code.UNREGISTER, { registration: 7 });
    answer(router);
    router.send([Code.INVOCATION, 1, 7, {}]);
    router.expect(Code.YIELD, { args: ['second'] });
  });

  it('while the REGISTER that was given up is on its way, waits for its UNREGISTER', () => {
    const { router, session } = joined();
    register(session).subscription.unsubscribe();
    const second = register(session, () => 'second');
    const { request } = router.expect(Code.REGISTER);
    // A REGISTER sent now would meet the first one at the dealer.
    router.expectSilence();
    router.send([Code.REGISTERED, request, 7]);
    router.expect(Code.UNREGISTER, { registration: 7 });
    answer(router, 8);
    expect(second.values).toStrictEqual([8]);
    router.send([Code.INVOCATION, 1, 8, {}]);
    router.expect(Code.YIELD, { args: ['second'] });
  });

  it('… or for its refusal', () => {
    const { router, session } = joined();
    register(session).subscription.unsubscribe();
    register(session);
    router.send([Code.ERROR, Code.REGISTER, router.expect(Code.REGISTER).request, {}, 'wamp.error.x']);
    router.expect(Code.REGISTER);
    router.expectSilence();
  });

  it('… unless it is given up, too; another procedure does not wait', () => {
    const { router, session } = joined();
    register(session).subscription.unsubscribe();
    register(session).subscription.unsubscribe();
    router.expect(Code.REGISTER);
    watch(session.callee.register('com.app.other', {}, () => 1));
    router.expect(Code.REGISTER, { procedure: 'com.app.other' });
    watch(session.callee.register(PROCEDURE, { match: 'prefix' }, () => 1));
    router.expect(Code.REGISTER, { options: { match: 'prefix' } });
    router.send([Code.REGISTERED, 1, 7]);
    router.expect(Code.UNREGISTER);
    router.expectSilence();
    register(session);
    router.expect(Code.REGISTER);
  });

  it('… and hears it when the session ends meanwhile', () => {
    const { router, session } = joined();
    register(session).subscription.unsubscribe();
    const second = register(session);
    router.drop();
    expect(second.error).toMatchObject({ name: 'ConnectionLostError', attempted: 'REGISTER', on: PROCEDURE });
  });
});

describe('C-19: UNREGISTERED with request 0', () => {
  it.each([
    [{ registration: 7, reason: 'wamp.error.unregistered' }, 'wamp.error.unregistered'],
    [{ registration: 7 }, undefined],
  ])('is the dealer taking it back, and nothing is sent: %j', (details, reason) => {
    const { router, session } = joined();
    const registration = register(session);
    answer(router);
    router.send([Code.UNREGISTERED, 0, details]);
    expect(registration.error).toMatchObject({ name: 'RevokedError', reason, on: PROCEDURE });
    router.expectSilence();
    router.send([Code.INVOCATION, 1, 7, {}]);
    router.expect(Code.ERROR, { error: 'wamp.error.no_such_procedure' });
  });
});

describe('INVOCATION', () => {
  it('gives the handler all that the dealer says', () => {
    const { router, session } = joined();
    let seen: Invocation | undefined;
    register(session, (invocation) => {
      seen = invocation;
    });
    answer(router);
    const details = { caller: 5, caller_authid: 'joe', caller_authrole: 'user', trustlevel: 1, receive_progress: true };
    router.send([Code.INVOCATION, 9007199254740992, 7, details, [1, 2], { k: 'v' }]);
    expect(seen).toMatchObject({
      args: [1, 2],
      kwargs: { k: 'v' },
      value: 1,
      details,
      procedure: PROCEDURE,
      id: 9007199254740992,
      wantsProgress: true,
    });
    router.expect(Code.YIELD, { request: 9007199254740992 });
  });

  it('of a pattern is of the procedure in its details', () => {
    const { router, session } = joined();
    const procedures: string[] = [];
    register(session, ({ procedure }) => void procedures.push(procedure), { match: 'prefix' });
    answer(router);
    router.send([Code.INVOCATION, 1, 7, { procedure: 'com.app.p.q', progress: false }]);
    expect(procedures).toStrictEqual(['com.app.p.q']);
  });

  it('C-30: may have any id', () => {
    const { router, session } = joined();
    register(session, () => 'x');
    answer(router);
    for (const id of [900, 3, 44]) {
      router.send([Code.INVOCATION, id, 7, {}]);
      router.expect(Code.YIELD, { request: id });
    }
  });

  it('before REGISTERED returns is handled', () => {
    const yielded: unknown[] = [];
    const session = joinedAtOnce((message) => {
      if (message[0] === Code.YIELD) yielded.push(message[3]);
      return message[0] === Code.REGISTER
        ? [
            [Code.REGISTERED, message[1], 7],
            [Code.INVOCATION, 1, 7, {}, [21]],
          ]
        : [];
    });
    register(session, ({ value }) => Number(value) * 2);
    expect(yielded).toStrictEqual([[42]]);
  });
});
