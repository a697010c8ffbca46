import { describe, expect, it } from '@jest/globals';
import { Code } from '../../src/protocol/code.js';
import { ConnectionLostError, ProtocolViolationError } from '../../src/protocol/errors.js';
import { fakeClient, type Acceptor } from '../../src/testing/index.js';
import type { Link } from '../../src/transports/link.js';

/** A router that knows three messages. */
class Parrot implements Acceptor {
  readonly links: Link[] = [];
  readonly broken: unknown[] = [];

  accept(link: Link): void {
    this.links.push(link);
    link.subscribe({
      next: (message) => {
        switch (message[0]) {
          case Code.HELLO:
            if (message[1] === 'realm1') link.next([Code.WELCOME, 9, { seen: message[2] }]);
            else link.next([Code.ABORT, {}, 'wamp.error.no_such_realm']);
            break;
          case Code.CALL:
            link.next([Code.RESULT, message[1], {}, message[4] ?? []]);
            break;
          default:
            link.error(new ProtocolViolationError('not spoken here', { attempted: 'receive' }));
        }
      },
      error: (error: unknown) => this.broken.push(error),
    });
  }
}

describe('fakeClient', () => {
  it('joins with every feature announced, and converses', () => {
    const alice = fakeClient(new Parrot());
    const { session, details } = alice.join('realm1', { authid: 'alice' });
    expect(session).toBe(9);
    expect(details).toMatchObject({
      seen: { authid: 'alice', roles: { callee: { features: { progressive_call_invocations: true } } } },
    });
    alice.send([Code.CALL, 1, {}, 'com.app.echo', ['hello']]);
    alice.expect(Code.RESULT, { request: 1, args: ['hello'] });
    alice.expectSilence();
  });

  it('says what came instead of WELCOME', () => {
    const alice = fakeClient(new Parrot());
    expect(() => alice.join('realm2')).toThrow('expected WELCOME, but ABORT [3,{},"wamp.error.no_such_realm"] came');
    alice.expect(Code.ABORT, { reason: 'wamp.error.no_such_realm' });
  });

  it('sees that the router hung up, and why', () => {
    const alice = fakeClient(new Parrot());
    alice.send([Code.UNSUBSCRIBE, 1, 1]);
    alice.expectClosed('violation');
  });

  it('connects anew', () => {
    const parrot = new Parrot();
    const alice = fakeClient(parrot);
    alice.drop();
    expect([alice.isConnected, parrot.links.length]).toEqual([false, 1]);
    expect(parrot.broken).toEqual([expect.any(ConnectionLostError)]);
    alice.connect();
    expect([alice.isConnected, alice.connections, parrot.links.length]).toEqual([true, 2, 2]);
    alice.join('realm1');
  });

  it('tells the router who is calling', () => {
    const parrot = new Parrot();
    fakeClient(parrot, { info: { cookie: 'a=b', secure: false } });
    expect(parrot.links[0]?.info).toEqual({ kind: 'memory', secure: false, cookie: 'a=b' });
  });
});
