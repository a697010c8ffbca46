import { Subject, type Observable } from 'rxjs';
import {
  Code,
  ErrorUri,
  type Code as MessageCode,
  type Dict,
  type Id,
  type Link,
  type Uri,
  type WampMessage,
} from 'rxwamp';
import { fields, ROUTER_ROLES } from 'rxwamp/testing';
import type { TestInvocation } from './invocation.js';
import { TestCall, TestPublication, TestRegistration, TestSubscription, type TestRequest } from './requests.js';
import type { Lasting, Wire } from './wire.js';

/** How the router's end of a connection behaves. */
export interface PeerOptions {
  /** Details of WELCOME beside the roles. */
  readonly session: Dict;
  /** Whether subscriptions and registrations are accepted without being asked. */
  readonly accept: boolean;
  /** Why a session is refused, if it is. */
  readonly refusal: () => Uri | undefined;
  /** A new id, of the session, a subscription, an invocation. */
  readonly nextId: () => Id;
}

/** The router's end of one connection: it answers what needs no test to answer it, and tells of the rest. */
export class Peer implements Wire {
  /** Each request the client makes, as it comes. */
  readonly requests$: Observable<TestRequest>;
  readonly subscriptions = new Map<Id, TestSubscription>();
  readonly registrations = new Map<Id, TestRegistration>();
  readonly #requests$ = new Subject<TestRequest>();
  readonly #calls = new Map<Id, TestCall>();
  readonly #invocations = new Map<Id, TestInvocation>();
  readonly #link: Link;
  readonly #options: PeerOptions;
  #realm: Uri = '';
  #isOpen = true;

  constructor(link: Link, options: PeerOptions) {
    this.#link = link;
    this.#options = options;
    this.requests$ = this.#requests$.asObservable();
    link.subscribe({
      next: (message) => {
        this.#receive(message);
      },
      error: () => {
        this.#ended();
      },
      complete: () => {
        this.#ended();
      },
    });
  }

  /** Whether the connection stands. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  send(message: WampMessage): void {
    if (this.#isOpen) this.#link.next(message);
  }

  nextId(): Id {
    return this.#options.nextId();
  }

  refuse(type: MessageCode, request: Id, uri: Uri, { args, kwargs }: { args: readonly unknown[]; kwargs: Dict }): void {
    // ERROR is the answer to any request; which type of request it answers is data.
    this.send([Code.ERROR, type, request, {}, uri, args, kwargs] as WampMessage);
  }

  keep(id: Id, lasting: Lasting): void {
    if (lasting instanceof TestSubscription) this.subscriptions.set(id, lasting);
    if (lasting instanceof TestRegistration) this.registrations.set(id, lasting);
  }

  forget(id: Id, { kind }: Lasting): void {
    (kind === 'subscribe' ? this.subscriptions : this.registrations).delete(id);
  }

  invoked(request: Id, invocation: TestInvocation): void {
    this.#invocations.set(request, invocation);
  }

  /** Breaks the connection. */
  drop(error: Error): void {
    this.#link.error(error);
    this.#ended();
  }

  #ended(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const one of [...this.subscriptions.values(), ...this.registrations.values()]) one.ended();
    for (const call of this.#calls.values()) call.ended();
    for (const invocation of this.#invocations.values()) invocation.lost();
    this.subscriptions.clear();
    this.registrations.clear();
    this.#calls.clear();
    this.#invocations.clear();
    this.#requests$.complete();
  }

  #receive(message: WampMessage): void {
    switch (message[0]) {
      case Code.HELLO: {
        this.#realm = fields(message).realm;
        const refusal = this.#options.refusal();
        if (refusal !== undefined) this.send([Code.ABORT, {}, refusal]);
        else this.send([Code.WELCOME, this.nextId(), { roles: ROUTER_ROLES, ...this.#options.session }]);
        return;
      }
      case Code.GOODBYE:
        this.send([Code.GOODBYE, {}, 'wamp.close.goodbye_and_out']);
        return;
      case Code.SUBSCRIBE: {
        const { request, options, topic } = fields(message);
        const subscription = new TestSubscription(this, request, this.#realm, topic, options);
        if (this.#options.accept) subscription.accept();
        this.#requests$.next(subscription);
        return;
      }
      case Code.UNSUBSCRIBE: {
        const { request, subscription } = fields(message);
        this.subscriptions.get(subscription)?.ended();
        this.subscriptions.delete(subscription);
        this.send([Code.UNSUBSCRIBED, request]);
        return;
      }
      case Code.REGISTER: {
        const { request, options, procedure } = fields(message);
        const registration = new TestRegistration(this, request, this.#realm, procedure, options);
        if (this.#options.accept) registration.accept();
        this.#requests$.next(registration);
        return;
      }
      case Code.UNREGISTER: {
        const { request, registration } = fields(message);
        this.registrations.get(registration)?.ended();
        this.registrations.delete(registration);
        this.send([Code.UNREGISTERED, request]);
        return;
      }
      case Code.PUBLISH: {
        const { request, options, topic, args, kwargs } = fields(message);
        this.#requests$.next(new TestPublication(this, request, this.#realm, topic, options, args, kwargs));
        return;
      }
      case Code.CALL:
        this.#called(fields(message));
        return;
      case Code.CANCEL: {
        const { request, options } = fields(message);
        const call = this.#calls.get(request);
        const mode = typeof options['mode'] === 'string' ? options['mode'] : 'killnowait';
        call?.cancelled(mode);
        if (mode !== 'kill') this.refuse(Code.CALL, request, ErrorUri.CANCELED, { args: [], kwargs: {} });
        return;
      }
      case Code.YIELD: {
        const { request, options, args = [], kwargs = {} } = fields(message);
        const isLast = options['progress'] !== true;
        this.#invocations.get(request)?.yielded(args, kwargs, isLast);
        if (isLast) this.#invocations.delete(request);
        return;
      }
      case Code.ERROR: {
        const { request, error, args, kwargs } = fields(message);
        this.#invocations.get(request)?.failed(error, args, kwargs);
        this.#invocations.delete(request);
        return;
      }
      default:
        // ABORT ends the connection by itself; nothing else comes from a client that was not challenged.
        return;
    }
  }

  #called({
    request,
    options,
    procedure,
    args,
    kwargs,
  }: ReturnType<typeof fields<WampMessage & { 0: typeof Code.CALL }>>): void {
    const known = this.#calls.get(request);
    if (known !== undefined) {
      known.input(options, args, kwargs);
      return;
    }
    const call = new TestCall(this, request, this.#realm, procedure, options, args, kwargs);
    this.#calls.set(request, call);
    this.#requests$.next(call);
  }
}
