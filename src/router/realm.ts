import { admitAnonymous } from '../auth/router/anonymous.js';
import type { AuthRequest, Identity, RouterAuthenticator } from '../auth/router/authenticator.js';
import * as Code from '../protocol/codes.js';
import type { Roles } from '../protocol/features.js';
import type { Id, List, Uri, WampMessage } from '../protocol/message.js';
import { routerRoles } from './announced.js';
import { RouterCalls } from './authorization/router-calls.js';
import { Authorizer } from './authorizer.js';
import { Broker } from './broker/broker.js';
import { keepHistory } from './broker/history.js';
import { Subscriptions } from './broker/subscriptions.js';
import type { RouterContext } from './context.js';
import { Dealer } from './dealer/dealer.js';
import { Registrations } from './dealer/registrations.js';
import { describeRegistration, describeSession, describeSubscription } from './meta/descriptions.js';
import { membershipEvents } from './meta/membership-events.js';
import type { MetaProcedure } from './meta/meta-call.js';
import { metaProcedures } from './meta/meta-procedures.js';
import { Testaments } from './meta/testaments.js';
import type { RealmOptions } from './options.js';
import { readInterfaces } from './reflection/interfaces.js';
import { Reflection } from './reflection/reflection.js';
import type { Session } from './session/session.js';
import { violation } from './session/violation.js';
import { newCounters, type RealmStatistics } from './statistics.js';

/** A session with what its authenticators know of it. */
export interface Member {
  readonly session: Session;
  readonly request: AuthRequest;
  readonly identity: Identity;
}

/** How a session leaves its realm. */
export interface Leave extends Member {
  /** The reason of the client's GOODBYE, if it said one. */
  readonly reason: Uri | undefined;
  /** Without testaments and a report of its leaving. */
  readonly quietly: boolean;
}

/** One realm: the sessions in it, with a broker and a dealer that know of nothing outside it. */
export class Realm {
  readonly authenticators: readonly RouterAuthenticator[];
  /** What is announced to its clients. */
  readonly roles: Roles;
  /** What happens here. */
  readonly counters = newCounters();
  readonly #context: RouterContext;
  readonly #subscriptions: Subscriptions;
  readonly #registrations: Registrations;
  readonly #sessions = new Map<Id, Session>();
  readonly #broker: Broker;
  readonly #dealer: Dealer;
  readonly #testaments: Testaments;
  readonly #reflection: Reflection;

  /** @throws {UsageError} when an option is not what it should be. */
  constructor(
    readonly uri: Uri,
    { authenticate, authorize, disclose = true, history = [], interfaces = {} }: RealmOptions,
    context: RouterContext,
  ) {
    const authorizer = new Authorizer(
      typeof authorize === 'object'
        ? authorize.authorizeIn(new RouterCalls(uri, context, () => this.#dealer))
        : authorize,
      context,
    );
    const subscriptions = new Subscriptions(context.ids);
    const registrations = new Registrations(context.ids);
    const procedures = new Map<Uri, MetaProcedure>();
    keepHistory(history, subscriptions);
    this.#context = context;
    this.#subscriptions = subscriptions;
    this.#registrations = registrations;
    this.authenticators = authenticate ?? [admitAnonymous()];
    this.roles = routerRoles(history.length > 0);
    this.#broker = new Broker(context, {
      authorizer,
      counters: this.counters,
      subscriptions,
      disclose,
      observer: membershipEvents({
        prefix: 'wamp.subscription',
        verb: 'subscribe',
        describe: describeSubscription,
        publish: (topic, args) => this.#announce(topic, args),
      }),
    });
    this.#dealer = new Dealer(context, {
      authorizer,
      registrations,
      disclose,
      procedures,
      observer: membershipEvents({
        prefix: 'wamp.registration',
        verb: 'register',
        describe: describeRegistration,
        publish: (topic, args) => this.#announce(topic, args),
      }),
    });
    this.#testaments = new Testaments(context, {
      authorizer,
      disclose,
      publish: (publisher, request, attribution) => this.#broker.publishFor(publisher, request, attribution),
    });
    this.#reflection = new Reflection(context, {
      authorizer,
      registrations,
      subscriptions,
      own: readInterfaces(interfaces, uri, context.uriRule),
      publish: (topic, args) => this.#announce(topic, args),
    });
    const parts = {
      sessions: this.#sessions,
      broker: this.#broker,
      dealer: this.#dealer,
      testaments: this.#testaments,
    };
    for (const [name, procedure] of [
      ...metaProcedures({ ...parts, authorizer, subscriptions, registrations }),
      ...this.#reflection.procedures(),
    ]) {
      procedures.set(name, procedure);
    }
  }

  /** Joined sessions. */
  get sessions(): number {
    return this.#sessions.size;
  }

  statistics(): RealmStatistics {
    return {
      ...this.counters,
      sessions: this.#sessions.size,
      subscriptions: this.#subscriptions.size,
      registrations: this.#registrations.size,
      calls: this.#dealer.calls,
    };
  }

  join({ session, request, identity }: Member): void {
    this.#sessions.set(session.id, session);
    this.#tellAuthenticators((authenticator) => authenticator.joined?.(request, identity));
    this.#announce('wamp.session.on_join', [describeSession(session.details)]);
  }

  /** Takes out all that a session has in the realm. */
  leave({ session, request, identity, reason, quietly }: Leave): void {
    const { authid, authrole } = session.details;
    this.#sessions.delete(session.id);
    this.#broker.leave(session);
    this.#dealer.leave(session);
    this.#reflection.leave(session);
    this.#testaments.leave(session, quietly);
    if (!quietly) this.#announce('wamp.session.on_leave', [session.id, authid, authrole]);
    this.#tellAuthenticators((authenticator) => authenticator.left?.(request, identity, reason));
  }

  /**
   * Routes what a joined client sent.
   *
   * @throws {ProtocolViolationError} when it must not have sent that.
   */
  route(session: Session, message: WampMessage): void {
    switch (message[0]) {
      case Code.PUBLISH:
        inSequence(session, message);
        this.#broker.publish(session, message);
        break;
      case Code.SUBSCRIBE:
        inSequence(session, message);
        this.#broker.subscribe(session, message);
        break;
      case Code.UNSUBSCRIBE:
        inSequence(session, message);
        this.#broker.unsubscribe(session, message);
        break;
      case Code.REGISTER:
        inSequence(session, message);
        this.#dealer.register(session, message);
        break;
      case Code.UNREGISTER:
        inSequence(session, message);
        this.#dealer.unregister(session, message);
        break;
      case Code.CALL:
        if (session.requests.advance(message[1])) this.#dealer.call(session, message);
        else this.#dealer.chunk(session, message);
        break;
      case Code.CANCEL:
        this.#dealer.cancel(session, message);
        break;
      case Code.YIELD:
        this.#dealer.yield(session, message);
        break;
      case Code.ERROR:
        this.#dealer.error(session, message);
        break;
      default:
        throw violation(message, 'not a request of a client');
    }
  }

  #announce(topic: Uri, args: List): void {
    this.#broker.announce(topic, args);
  }

  #tellAuthenticators(tell: (authenticator: RouterAuthenticator) => void): void {
    for (const authenticator of this.authenticators) {
      try {
        tell(authenticator);
      } catch (error) {
        this.#context.fault(error);
      }
    }
  }
}

function inSequence(session: Session, message: WampMessage & readonly [WampMessage[0], Id, ...unknown[]]): void {
  if (session.requests.advance(message[1])) return;
  throw violation(message, `request id ${message[1]} is out of sequence`);
}
