import { Code } from '../protocol/code.js';
import type { Dict, Uri } from '../protocol/message.js';
import type { Link } from '../transports/link.js';
import type { ScriptedPeerOptions } from './connection.js';
import { CLIENT_ROLES } from './details.js';
import type { Fields } from './fields.js';
import { ScriptedPeer } from './scripted-peer.js';

/** What a fake client connects to: a `Router`, or whatever takes the router's end of a link. */
export interface Acceptor {
  /** Takes a new connection. */
  accept(link: Link): unknown;
}

/** Options of {@link fakeClient}. */
export type FakeClientOptions = ScriptedPeerOptions;

/** A client that does nothing by itself: a test plays it. Made by {@link fakeClient}. */
export class FakeClient extends ScriptedPeer {
  readonly #router: Acceptor;

  /** @internal */
  constructor(router: Acceptor, options: FakeClientOptions) {
    super(options);
    this.#router = router;
    this.connect();
  }

  /** Connects anew, after the connection was dropped or closed. */
  connect(): void {
    this.#router.accept(this.open());
  }

  /**
   * Says HELLO, with every role and feature announced, and expects WELCOME at once. Where the router challenges or
   * awaits something, `send` HELLO and `expect` or await `eventually` what follows instead.
   *
   * @param details are added to HELLO.Details; `roles` in here takes the place of all that the spec knows.
   * @returns the fields of WELCOME, the session id among them.
   */
  join(realm: Uri, details: Dict = {}): Fields<typeof Code.WELCOME> {
    this.send([Code.HELLO, realm, { roles: CLIENT_ROLES, ...details }]);
    return this.expect(Code.WELCOME);
  }
}

/**
 * A client for a test to play, connected to a router: what the router sends is expected, and answered, line by line.
 *
 * @example
 * const router = new Router({ realms: { realm1: {} } });
 * const alice = fakeClient(router);
 * const { session } = alice.join('realm1');
 * alice.send([Code.SUBSCRIBE, 1, {}, 'com.app.tick']);
 * const { subscription } = alice.expect(Code.SUBSCRIBED, { request: 1 });
 */
export const fakeClient = (router: Acceptor, options: FakeClientOptions = {}): FakeClient =>
  new FakeClient(router, options);
