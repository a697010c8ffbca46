import { Code, payload, type Dict, type Id, type List, type Payload, type PayloadInput, type Uri } from 'rxwamp';
import { TestInvocation } from './invocation.js';
import type { Wire } from './wire.js';
import { contentOf } from './content.js';

abstract class Request {
  constructor(
    protected readonly wire: Wire,
    protected readonly request: Id,
    /** The realm of the connection it came by. */
    readonly realm: Uri,
    /** The topic or procedure. */
    readonly uri: Uri,
    /** The options on the wire. */
    readonly options: Dict,
  ) {}
}

/** A call that the application made. */
export class TestCall extends Request {
  readonly kind = 'call';
  /** What was streamed in: the payload of a plain call alone. */
  readonly inputs: readonly Payload[];
  readonly #inputs: Payload[];
  #cancelMode: string | undefined;
  #isOpen = true;
  #hasMore: boolean;

  /** @internal */
  constructor(wire: Wire, request: Id, realm: Uri, uri: Uri, options: Dict, args: List = [], kwargs: Dict = {}) {
    super(wire, request, realm, uri, options);
    this.#inputs = [payload(args, kwargs)];
    this.inputs = this.#inputs;
    this.#hasMore = options['progress'] === true;
  }

  /** Positional arguments, of the first payload where several are streamed in. */
  get args(): List {
    return this.inputs[0]?.args ?? [];
  }

  /** Keyword arguments, of the first payload where several are streamed in. */
  get kwargs(): Dict {
    return this.inputs[0]?.kwargs ?? {};
  }

  /** Whether everything was streamed in. */
  get isInputComplete(): boolean {
    return !this.#hasMore;
  }

  /** Whether it was neither answered nor cancelled, and the connection stands. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether the application cancelled it. */
  get isCancelled(): boolean {
    return this.#cancelMode !== undefined;
  }

  /** How it was cancelled: `skip`, `kill`, `killnowait`. */
  get cancelMode(): string | undefined {
    return this.#cancelMode;
  }

  /** Answers with the result: `call.flush([5])`. @throws {Error} when it is not open. */
  flush(result?: PayloadInput): void {
    this.#answer('flush');
    const { args, kwargs } = contentOf(result);
    this.#isOpen = false;
    this.wire.send([Code.RESULT, this.request, {}, args, kwargs]);
  }

  /** Answers with a progressive result; more follows. @throws {Error} when it is not open, or none was asked for. */
  progress(result?: PayloadInput): void {
    this.#answer('progress');
    if (this.options['receive_progress'] !== true) throw new Error(`progress: CALL ${this.uri} asked for no progress`);
    const { args, kwargs } = contentOf(result);
    this.wire.send([Code.RESULT, this.request, { progress: true }, args, kwargs]);
  }

  /** Answers with an error. @throws {Error} when it is not open. */
  error(uri: Uri, content?: PayloadInput): void {
    this.#answer('error');
    const said = contentOf(content);
    this.#isOpen = false;
    this.wire.refuse(Code.CALL, this.request, uri, said);
  }

  /** @internal */
  input(options: Dict, args?: List, kwargs?: Dict): void {
    this.#hasMore = options['progress'] === true;
    // The end of a stream that has said everything carries nothing.
    if (this.#hasMore || args !== undefined || kwargs !== undefined)
      this.#inputs.push(payload(args ?? [], kwargs ?? {}));
  }

  /** @internal */
  cancelled(mode: string): void {
    this.#cancelMode = mode;
    if (mode !== 'kill') this.#isOpen = false;
  }

  /** @internal */
  ended(): void {
    this.#isOpen = false;
  }

  #answer(what: string): void {
    if (this.#isOpen) return;
    throw new Error(
      `${what}: CALL ${this.uri} was ${this.isCancelled ? 'cancelled' : 'answered, or its connection is gone'}`,
    );
  }
}

/** A publication that the application made. */
export class TestPublication extends Request {
  readonly kind = 'publish';
  readonly args: List;
  readonly kwargs: Dict;
  #isAnswered = false;

  /** @internal */
  constructor(wire: Wire, request: Id, realm: Uri, uri: Uri, options: Dict, args: List = [], kwargs: Dict = {}) {
    super(wire, request, realm, uri, options);
    this.args = args;
    this.kwargs = kwargs;
  }

  /** Acknowledges it. @throws {Error} when that was not asked for, or it was answered. */
  acknowledge(): void {
    this.#answer('acknowledge');
    this.wire.send([Code.PUBLISHED, this.request, this.wire.nextId()]);
  }

  /** Refuses it. @throws {Error} when no answer was asked for, or it was answered. */
  refuse(uri: Uri, content?: PayloadInput): void {
    this.#answer('refuse');
    this.wire.refuse(Code.PUBLISH, this.request, uri, contentOf(content));
  }

  #answer(what: string): void {
    if (this.options['acknowledge'] !== true) throw new Error(`${what}: PUBLISH ${this.uri} asked for no answer`);
    if (this.#isAnswered) throw new Error(`${what}: PUBLISH ${this.uri} was answered`);
    this.#isAnswered = true;
  }
}

abstract class Standing extends Request {
  /** Its id, once it was accepted. */
  protected id: Id | undefined;
  #isOver = false;

  /** Whether it was accepted, and stands. */
  get isActive(): boolean {
    return this.id !== undefined && !this.#isOver;
  }

  /** @internal */
  ended(): void {
    this.#isOver = true;
  }

  /** The id of one that stands. @throws {Error} when it does not. */
  protected active(what: string): Id {
    if (this.id !== undefined && !this.#isOver) return this.id;
    throw new Error(`${what}: ${this.uri} ${this.#isOver ? 'has ended' : 'was not accepted'}`);
  }

  protected unanswered(what: string): void {
    if (this.id !== undefined || this.#isOver) throw new Error(`${what}: ${this.uri} was answered`);
  }
}

/** A topic that the application subscribed to. */
export class TestSubscription extends Standing {
  readonly kind = 'subscribe';

  /** Accepts it; done by itself unless `answers` is `'manual'`. @throws {Error} when it was answered. */
  accept(): void {
    this.unanswered('accept');
    this.id = this.wire.nextId();
    this.wire.keep(this.id, this);
    this.wire.send([Code.SUBSCRIBED, this.request, this.id]);
  }

  /** Refuses it. @throws {Error} when it was answered. */
  refuse(uri: Uri, content?: PayloadInput): void {
    this.unanswered('refuse');
    this.ended();
    this.wire.refuse(Code.SUBSCRIBE, this.request, uri, contentOf(content));
  }

  /** Sends an event: `subscription.event([42])`. @throws {Error} when it does not stand. */
  event(content?: PayloadInput, details: Dict = {}): void {
    const id = this.active('event');
    const { args, kwargs } = contentOf(content);
    this.wire.send([Code.EVENT, id, this.wire.nextId(), details, args, kwargs]);
  }

  /** Takes it back. @throws {Error} when it does not stand. */
  revoke(reason = 'wamp.error.revoked'): void {
    const id = this.active('revoke');
    this.ended();
    this.wire.forget(id, this);
    this.wire.send([Code.UNSUBSCRIBED, 0, { subscription: id, reason }]);
  }

  /** Whether an event of this topic reaches it. */
  matches(topic: Uri): boolean {
    switch (this.options['match']) {
      case 'prefix':
        return topic.startsWith(this.uri);
      case 'wildcard': {
        const pattern = this.uri.split('.');
        const parts = topic.split('.');
        return pattern.length === parts.length && pattern.every((part, at) => part === '' || part === parts[at]);
      }
      default:
        return topic === this.uri;
    }
  }
}

/** A procedure that the application offers. */
export class TestRegistration extends Standing {
  readonly kind = 'register';

  /** Accepts it; done by itself unless `answers` is `'manual'`. @throws {Error} when it was answered. */
  accept(): void {
    this.unanswered('accept');
    this.id = this.wire.nextId();
    this.wire.keep(this.id, this);
    this.wire.send([Code.REGISTERED, this.request, this.id]);
  }

  /** Refuses it: `registration.refuse(ErrorUri.PROCEDURE_ALREADY_EXISTS)`. @throws {Error} when it was answered. */
  refuse(uri: Uri, content?: PayloadInput): void {
    this.unanswered('refuse');
    this.ended();
    this.wire.refuse(Code.REGISTER, this.request, uri, contentOf(content));
  }

  /** Calls it. @param details of INVOCATION, e.g. `{ receive_progress: true }`. @throws {Error} when it does not stand. */
  invoke(content?: PayloadInput, details: Dict = {}): TestInvocation {
    const id = this.active('invoke');
    const request = this.wire.nextId();
    const { args, kwargs } = contentOf(content);
    const invocation = new TestInvocation(this.uri, (mode) => this.wire.send([Code.INTERRUPT, request, { mode }]));
    this.wire.invoked(request, invocation);
    this.wire.send([Code.INVOCATION, request, id, details, args, kwargs]);
    return invocation;
  }

  /** Takes it back. @throws {Error} when it does not stand. */
  revoke(reason = 'wamp.error.revoked'): void {
    const id = this.active('revoke');
    this.ended();
    this.wire.forget(id, this);
    this.wire.send([Code.UNREGISTERED, 0, { registration: id, reason }]);
  }
}

/** What the application asked of the router. */
export type TestRequest = TestCall | TestPublication | TestSubscription | TestRegistration;
