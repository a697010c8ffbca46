import { Code, codeName } from '../../src/protocol/code.js';
import { announce } from '../../src/protocol/features.js';
import type { Dict, Id, MessageOf, WampMessage } from '../../src/protocol/message.js';
import type { Router } from '../../src/router/index.js';
import type { Link } from '../../src/transports/link.js';
import { linkPair, type MemoryOptions } from '../../src/transports/memory.js';

/** HELLO.Details of a client that can do everything. */
export const ALL_ROLES: Dict = {
  publisher: announce('payload_passthru_mode'),
  subscriber: announce('payload_passthru_mode', 'subscription_revocation'),
  caller: announce(
    'payload_passthru_mode',
    'progressive_call_invocations',
    'progressive_call_results',
    'call_canceling',
  ),
  callee: announce(
    'call_canceling',
    'call_timeout',
    'payload_passthru_mode',
    'progressive_call_invocations',
    'progressive_call_results',
    'registration_revocation',
  ),
};

/** Roles without any feature: what the simplest client announces. */
export const BARE_ROLES: Dict = { publisher: {}, subscriber: {}, caller: {}, callee: {} };

/** A client that says exactly what it is told to, and keeps what it hears. It lives in the router's own turn of the event loop. */
export class FakeClient {
  /** What came and was not taken yet. */
  readonly inbox: WampMessage[] = [];
  /** How the link ended: not at all, in order, or with an error. */
  ended: 'no' | 'completed' | 'errored' = 'no';
  /** The session id, once joined. */
  id: Id = 0;
  #request = 0;

  constructor(readonly link: Link) {
    link.subscribe({
      next: (message) => this.inbox.push(message),
      error: () => (this.ended = 'errored'),
      complete: () => (this.ended = 'completed'),
    });
  }

  send(...messages: readonly WampMessage[]): void {
    for (const message of messages) this.link.next(message);
  }

  /** Sends what no honest client would. */
  sendRaw(value: unknown): void {
    this.link.sendFrame(JSON.stringify(value));
  }

  /** The next request id in sequence. */
  request(): Id {
    return ++this.#request;
  }

  /** Takes the oldest message, which must have this code. */
  expect<K extends Code>(code: K): MessageOf<K> {
    const message = this.inbox.shift();
    if (message?.[0] !== code) {
      throw new Error(`expected ${codeName(code)}, not ${message === undefined ? 'silence' : JSON.stringify(message)}`);
    }
    // The code has just been compared.
    return message as MessageOf<K>;
  }

  /** Takes all that came. */
  take(): WampMessage[] {
    return this.inbox.splice(0);
  }

  join({ realm = 'realm1', details = {} }: { readonly realm?: string; readonly details?: Dict } = {}): this {
    this.send([Code.HELLO, realm, { roles: ALL_ROLES, ...details }]);
    [, this.id] = this.expect(Code.WELCOME);
    return this;
  }

  subscribe(topic: string, options: Dict = {}): Id {
    this.send([Code.SUBSCRIBE, this.request(), options, topic]);
    return this.expect(Code.SUBSCRIBED)[2];
  }

  register(procedure: string, options: Dict = {}): Id {
    this.send([Code.REGISTER, this.request(), options, procedure]);
    return this.expect(Code.REGISTERED)[2];
  }

  publish(topic: string, args: readonly unknown[] = [], options: Dict = {}): void {
    this.send([Code.PUBLISH, this.request(), options, topic, args]);
  }

  /** Sends a CALL, and says under which id. */
  call(procedure: string, args: readonly unknown[] = [], options: Dict = {}): Id {
    const request = this.request();
    this.send([Code.CALL, request, options, procedure, args]);
    return request;
  }

  /** Hangs up without a word. */
  vanish(): void {
    this.link.terminate();
  }
}

/** A client connected to a router, before HELLO. */
export function connect(router: Router, options?: MemoryOptions): FakeClient {
  const [near, far] = linkPair(options);
  const client = new FakeClient(near);
  router.accept(far);
  return client;
}

/** A client that has joined. Without roles it is one that can do everything. */
export const joined = (
  router: Router,
  { realm, details, ...link }: MemoryOptions & { readonly realm?: string; readonly details?: Dict } = {},
): FakeClient =>
  connect(router, link).join({ ...(realm !== undefined && { realm }), ...(details !== undefined && { details }) });
