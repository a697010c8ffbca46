import { Observable, type Subscriber } from 'rxjs';
import { Code } from '../protocol/code.js';
import { ConnectionRefusedError, type RxWampError } from '../protocol/errors.js';
import type { Dict, Id, Uri } from '../protocol/message.js';
import type { Link } from '../transports/link.js';
import type { Transport } from '../transports/transport.js';
import type { ScriptedPeerOptions } from './connection.js';
import { ROUTER_ROLES } from './details.js';
import type { Fields } from './fields.js';
import { ScriptedPeer } from './scripted-peer.js';

/** Options of {@link fakeRouter}. */
export interface FakeRouterOptions extends ScriptedPeerOptions {
  /** The realm that {@link FakeRouter.welcome} wants to see in HELLO. Default: any. */
  readonly realm?: Uri | undefined;
  /** WELCOME.Details beside the roles; `roles` in here takes the place of all that the spec knows. */
  readonly welcome?: Dict | undefined;
}

/** A router that does nothing by itself: a test plays it. Made by {@link fakeRouter}. */
export class FakeRouter extends ScriptedPeer {
  /**
   * What a client dials, as its option `transport`: each subscription is a connection, and the present one is what
   * `expect` and `send` speak of.
   */
  readonly transport: Transport = new Observable<Link>((subscriber) => this.#dial(subscriber));
  readonly #realm: Uri | undefined;
  readonly #details: Dict;
  readonly #waiting = new Set<Subscriber<Link>>();
  #refusal: RxWampError | undefined;
  #isHeld = false;
  #attempts = 0;

  /** @internal */
  constructor({ realm, welcome = {}, ...options }: FakeRouterOptions) {
    super(options);
    this.#realm = realm;
    this.#details = { roles: ROUTER_ROLES, ...welcome };
  }

  /** How often the transport was dialled, refused attempts included. */
  get attempts(): number {
    return this.#attempts;
  }

  /**
   * Expects HELLO and answers WELCOME, with every feature announced.
   *
   * @param details are added to WELCOME.Details.
   * @returns the fields of HELLO, and the session id that was given.
   */
  welcome(details: Dict = {}): Fields<typeof Code.HELLO> & { readonly session: Id } {
    const hello = this.expect(Code.HELLO, this.#realm === undefined ? {} : { realm: this.#realm });
    const session = 1_000 + this.connections;
    this.send([Code.WELCOME, session, { ...this.#details, ...details }]);
    return { ...hello, session };
  }

  /** Refuses the next connections until {@link admit}, with this error: a `ConnectionRefusedError` when none is given. */
  refuse(error: RxWampError = refused()): void {
    this.#refusal = error;
  }

  /** Lets the next connections wait, neither open nor refused, until {@link admit}. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Lets connections in again, those that wait among them. */
  admit(): void {
    this.#refusal = undefined;
    this.#isHeld = false;
    for (const subscriber of [...this.#waiting]) this.#connect(subscriber);
  }

  #dial(subscriber: Subscriber<Link>): void {
    this.#attempts++;
    if (this.#refusal !== undefined) {
      subscriber.error(this.#refusal);
    } else if (this.#isHeld) {
      this.#waiting.add(subscriber);
      subscriber.add(() => this.#waiting.delete(subscriber));
    } else {
      this.#connect(subscriber);
    }
  }

  #connect(subscriber: Subscriber<Link>): void {
    this.#waiting.delete(subscriber);
    const link = this.open((error) => {
      if (error === undefined) subscriber.complete();
      else subscriber.error(error);
    });
    subscriber.add(() => {
      link.complete();
    });
    subscriber.next(link);
  }
}

const refused = (): ConnectionRefusedError =>
  new ConnectionRefusedError('the connection was refused', { attempted: 'connect' });

/**
 * A router for a test to play: what the client sends is expected, and answered, line by line.
 *
 * @example
 * const router = fakeRouter();
 * const wamp = new WampClient({ transport: router.transport, realm: 'realm1' });
 * const sums: number[] = [];
 * wamp.call('com.app.add', [2, 3]).pipe(value()).subscribe((sum) => sums.push(sum));
 *
 * router.welcome();
 * const { request } = router.expect(Code.CALL, { procedure: 'com.app.add', args: [2, 3] });
 * router.send([Code.RESULT, request, {}, [5]]);
 * router.expectSilence();
 * expect(sums).toEqual([5]);
 *
 * router.drop();                       // … and the client dials again after its delay
 */
export const fakeRouter = (options: FakeRouterOptions = {}): FakeRouter => new FakeRouter(options);
