import { Observable, type Subscriber } from 'rxjs';
import {
  ConnectionLostError,
  ConnectionRefusedError,
  ErrorUri,
  memoryTransport,
  type Dict,
  type Link,
  type PayloadInput,
  type RxWampError,
  type Transport,
  type Uri,
} from 'rxwamp';
import type { TestInvocation } from './invocation.js';
import { Peer } from './peer.js';
import type { TestCall, TestPublication, TestRegistration, TestRequest, TestSubscription } from './requests.js';

/** Which requests: those of a URI, or those a function says yes to. */
type Match<Request> = Uri | ((request: Request) => boolean);

const NAMES = { call: 'CALL', publish: 'PUBLISH', subscribe: 'SUBSCRIBE', register: 'REGISTER' } as const;
type Kind = TestRequest['kind'];
type RequestOf<K extends Kind> = Extract<TestRequest, { readonly kind: K }>;

/**
 * The router in a test of an Angular application, in the manner of `HttpTestingController`: what the application asks for
 * is expected by its URI, in any order, and answered by the test. Sessions are opened by themselves, and so are subscriptions
 * and registrations accepted, unless `provideWampTesting` is told otherwise. Requests of all connections come to one
 * controller. Nothing takes time: what is sent has arrived, though a page shows it only after change detection.
 *
 * @example
 * const router = TestBed.inject(WampTestingController);
 * router.expectCall('com.example.add').flush([5]);
 * router.event('com.example.tick', [42]);
 * router.verify();
 */
export class WampTestingController {
  readonly #session: Dict;
  readonly #accept: boolean;
  readonly #peers = new Set<Peer>();
  readonly #waiting = new Set<Subscriber<Link>>();
  #open: TestRequest[] = [];
  #refusal: RxWampError | undefined;
  #abort: Uri | undefined;
  #isHeld = false;
  #connections = 0;
  #lastId = 0;

  /** What a client dials. @internal */
  readonly transport: Transport = new Observable<Link>((subscriber) => {
    if (this.#refusal !== undefined) subscriber.error(this.#refusal);
    else if (this.#isHeld) {
      this.#waiting.add(subscriber);
      subscriber.add(() => this.#waiting.delete(subscriber));
    } else this.#connect(subscriber);
  });

  /** @internal */
  constructor({ session, accept }: { readonly session: Dict; readonly accept: boolean }) {
    this.#session = session;
    this.#accept = accept;
  }

  /** Connections made so far. */
  get connections(): number {
    return this.#connections;
  }

  /** Whether any connection stands. */
  get isConnected(): boolean {
    return this.#peers.size > 0;
  }

  /** Takes the one call that is open and matches. @throws {Error} when there is none or several; it says what there is. */
  expectCall(match: Match<TestCall>): TestCall {
    return this.#one('call', match);
  }

  /** Takes the one publication that matches. @throws {Error} when there is none or several. */
  expectPublish(match: Match<TestPublication>): TestPublication {
    return this.#one('publish', match);
  }

  /** Takes the one subscription that matches. @throws {Error} when there is none or several. */
  expectSubscribe(match: Match<TestSubscription>): TestSubscription {
    return this.#one('subscribe', match);
  }

  /** Takes the one registration that matches. @throws {Error} when there is none or several. */
  expectRegister(match: Match<TestRegistration>): TestRegistration {
    return this.#one('register', match);
  }

  /** Takes all requests of a kind that match, in the order they came. */
  match<K extends Kind>(kind: K, match: Match<RequestOf<K>> = () => true): readonly RequestOf<K>[] {
    const found = this.#find(kind, match);
    this.#open = this.#open.filter((request) => !found.some((one) => one === request));
    return found;
  }

  /** There is no request of this URI, of any kind, that was not expected. @throws {Error} when there is. */
  expectNone(uri: Uri): void {
    const found = this.#open.filter((request) => request.uri === uri);
    if (found.length > 0) throw new Error(`expected nothing on ${uri}, but there came:${list(found)}`);
  }

  /**
   * Sends an event to all who are subscribed to the topic, patterns too.
   *
   * @returns how many subscriptions it reached.
   */
  event(topic: Uri, content?: PayloadInput, details: Dict = {}): number {
    const reached = this.#peersStanding()
      .flatMap((peer) => [...peer.subscriptions.values()])
      .filter((subscription) => subscription.matches(topic));
    for (const one of reached) one.event(content, one.options['match'] === undefined ? details : { topic, ...details });
    return reached.length;
  }

  /** Calls a procedure that the application offers. @throws {Error} when it does not. */
  invoke(procedure: Uri, content?: PayloadInput, details: Dict = {}): TestInvocation {
    const registration = this.#peersStanding()
      .flatMap((peer) => [...peer.registrations.values()])
      .find(({ uri }) => uri === procedure);
    if (registration === undefined) throw new Error(`invoke: the application does not offer ${procedure}`);
    return registration.invoke(content, details);
  }

  /** Breaks all connections; clients come back by themselves, at once. */
  drop(): void {
    const error = new ConnectionLostError('the connection was dropped', { attempted: 'session' });
    for (const peer of this.#peersStanding()) peer.drop(error);
  }

  /** Lets those who connect wait, until {@link admit}: the application is `connecting`. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Refuses those who connect, until {@link admit}. @param error default: a `ConnectionRefusedError` that a retry may mend. */
  refuse(
    error: RxWampError = new ConnectionRefusedError('the connection was refused', { attempted: 'connect' }),
  ): void {
    this.#refusal = error;
  }

  /** Aborts every new session with this reason, until {@link admit}: wrong credentials, say, or `ErrorUri.NO_SUCH_REALM`. */
  abort(reason: Uri = ErrorUri.AUTHENTICATION_FAILED): void {
    this.#abort = reason;
  }

  /** Lets in whoever connects, those that wait among them. */
  admit(): void {
    this.#refusal = undefined;
    this.#abort = undefined;
    this.#isHeld = false;
    for (const subscriber of [...this.#waiting]) this.#connect(subscriber);
  }

  /**
   * Nothing came that was neither expected nor answered by itself: calls, publications, and, where `answers` is `'manual'`,
   * subscriptions and registrations.
   *
   * @param options `ignoreCancelled`: whether calls that were cancelled meanwhile may be left. Default: false.
   * @throws {Error} that lists what did.
   */
  verify({ ignoreCancelled = false }: { readonly ignoreCancelled?: boolean } = {}): void {
    const left = this.#open.filter((request) => {
      if (request.kind === 'call') return !(ignoreCancelled && request.isCancelled);
      return request.kind === 'publish' || !this.#accept;
    });
    if (left.length > 0) throw new Error(`expected no more requests, but there came:${list(left)}`);
  }

  #connect(subscriber: Subscriber<Link>): void {
    this.#waiting.delete(subscriber);
    this.#connections++;
    const accept = (link: Link): void => {
      const peer = new Peer(link, {
        session: this.#session,
        accept: this.#accept,
        refusal: () => this.#abort,
        nextId: () => ++this.#lastId,
      });
      this.#peers.add(peer);
      peer.requests$.subscribe({
        next: (request) => {
          this.#open.push(request);
        },
        complete: () => {
          this.#peers.delete(peer);
        },
      });
    };
    subscriber.add(memoryTransport(accept).subscribe(subscriber));
  }

  #peersStanding(): readonly Peer[] {
    return [...this.#peers];
  }

  #find<K extends Kind>(kind: K, match: Match<RequestOf<K>>): readonly RequestOf<K>[] {
    const fits = typeof match === 'function' ? match : ({ uri }: TestRequest): boolean => uri === match;
    return this.#open.filter((request): request is RequestOf<K> => request.kind === kind).filter(fits);
  }

  #one<K extends Kind>(kind: K, match: Match<RequestOf<K>>): RequestOf<K> {
    const found = this.#find(kind, match);
    const [one] = found;
    if (one !== undefined && found.length === 1) {
      this.#open = this.#open.filter((request) => request !== one);
      return one;
    }
    const wanted = `one ${NAMES[kind]}${typeof match === 'string' ? ` ${match}` : ' that matches'}`;
    if (one !== undefined) throw new Error(`expected ${wanted}, but there are ${found.length}:${list(found)}`);
    const others = this.#open.length === 0 ? ', and nothing else either' : `; there came:${list(this.#open)}`;
    throw new Error(`expected ${wanted}, but none came${others}${this.isConnected ? '' : ' (no client is connected)'}`);
  }
}

const LISTED = 10;

const list = (requests: readonly TestRequest[]): string => {
  const lines = requests.slice(0, LISTED).map(({ kind, uri }) => `\n  ${NAMES[kind]} ${uri}`);
  const more = requests.length - lines.length;
  return `${lines.join('')}${more > 0 ? `\n  … and ${more} more` : ''}`;
};
