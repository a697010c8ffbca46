import * as Code from '../protocol/codes.js';
import type { ErrorMessage, Id, Interrupt, InvocationMessage, Uri, WampMessage, Yield } from '../protocol/message.js';
import { tail } from '../protocol/payload.js';
import { isUri } from '../protocol/uri.js';
import * as ErrorUri from '../protocol/error-uris.js';
import { remember } from '../protocol/remember.js';
import { checkPassthru, isPassthru } from './check.js';
import { violation, type Member } from './member.js';
import { PASSTHRU } from './relayed-features.js';
import type { Upstream } from './upstream.js';

/** An invocation without a final answer. */
interface Running {
  readonly member: Member;
  /** The id the member knows it by. */
  readonly invocation: Id;
  /** Whether its caller may still stream more in. */
  inputOpen: boolean;
}

/** How many invocations that ended while their caller still streamed in are remembered, to know its late chunks. */
const MAX_REMEMBERED = 1_000;

/** What members are asked to do: each invocation of the session's goes to one of them, under an id of its own. */
export class RelayedInvocations {
  readonly #upstream: Upstream;
  readonly #callee: (registration: Id) => Member | undefined;
  readonly #running = new Map<Id, Running>();
  readonly #endedEarly = new Set<Id>();

  constructor(upstream: Upstream, callee: (registration: Id) => Member | undefined) {
    this.#upstream = upstream;
    this.#callee = callee;
  }

  /** INVOCATION: a new one, or one more chunk of one that is streamed in. */
  invocation(message: InvocationMessage): void {
    const [, id, registration, details, args, kwargs] = message;
    const inputOpen = details['progress'] === true;
    const running = this.#running.get(id);
    if (running !== undefined) {
      const { member, invocation } = running;
      running.inputOpen = inputOpen;
      const error = member.send([Code.INVOCATION, invocation, registration, details, ...tail(args, kwargs)]);
      if (error !== undefined) this.#stop(id, running, error);
      return;
    }
    if (this.#endedEarly.has(id)) {
      if (!inputOpen) this.#endedEarly.delete(id);
      return;
    }
    const member = this.#callee(registration);
    const error = this.#begin(member, message);
    if (error === undefined) return;
    if (inputOpen) remember(this.#endedEarly, id, MAX_REMEMBERED);
    this.#answer([Code.ERROR, Code.INVOCATION, id, {}, error]);
  }

  /** INTERRUPT. One for an invocation that has been answered is late and dropped. */
  interrupt([, id, options]: Interrupt): void {
    const running = this.#running.get(id);
    if (running === undefined) return;
    const { member, invocation } = running;
    const isHeard = member.understands('callee', 'call_canceling');
    if (isHeard) member.send([Code.INTERRUPT, invocation, options]);
    // Nobody waits for the answer then; else whoever understands it answers.
    if (options['mode'] === 'killnowait') this.#end(id, running);
  }

  yield(member: Member, message: Yield): void {
    const [, invocation, options, args, kwargs] = message;
    checkPassthru(this.#upstream, [member, 'callee'], message, options);
    const id = this.#id(member, invocation, message);
    const running = id === undefined ? undefined : this.#running.get(id);
    if (id === undefined || running === undefined) return;
    const isLast = options['progress'] !== true;
    if (isLast) this.#end(id, running);
    try {
      this.#upstream.send([Code.YIELD, id, options, ...tail(args, kwargs)]);
    } catch {
      if (isLast) this.#answer([Code.ERROR, Code.INVOCATION, id, {}, ErrorUri.INVALID_PAYLOAD]);
      else this.#stop(id, running, ErrorUri.INVALID_PAYLOAD);
    }
  }

  error(member: Member, message: ErrorMessage): void {
    const [, requestType, invocation, details, uri, args, kwargs] = message;
    if (requestType !== Code.INVOCATION) throw violation(message, 'a client answers only INVOCATION with ERROR');
    checkPassthru(this.#upstream, [member, 'callee'], message, details);
    const id = this.#id(member, invocation, message);
    const running = id === undefined ? undefined : this.#running.get(id);
    if (id === undefined || running === undefined) return;
    this.#end(id, running);
    // A malformed URI could cost the session that all share.
    const error = isUri(uri) ? uri : ErrorUri.INVALID_URI;
    try {
      this.#upstream.send([Code.ERROR, Code.INVOCATION, id, details, error, ...tail(args, kwargs)]);
    } catch {
      this.#answer([Code.ERROR, Code.INVOCATION, id, {}, ErrorUri.INVALID_PAYLOAD]);
    }
  }

  /** A member is gone: the callers of what it was doing are told. */
  leave(member: Member): void {
    for (const id of [...member.invocations.values()]) {
      const running = this.#running.get(id);
      if (running === undefined) continue;
      this.#end(id, running);
      this.#answer([Code.ERROR, Code.INVOCATION, id, {}, ErrorUri.CANCELED, ['the callee left']]);
    }
  }

  /** @returns the error URI when there is nobody to invoke, or the invocation cannot be carried there. */
  #begin(member: Member | undefined, message: InvocationMessage): Uri | undefined {
    const [, id, registration, details, args, kwargs] = message;
    if (member === undefined) return ErrorUri.NO_SUCH_PROCEDURE;
    const inputOpen = details['progress'] === true;
    if (inputOpen && !member.understands('callee', 'progressive_call_invocations'))
      return ErrorUri.FEATURE_NOT_SUPPORTED;
    if (isPassthru(details) && !member.understands('callee', PASSTHRU)) return ErrorUri.FEATURE_NOT_SUPPORTED;
    const begun = member.invoke((invocation) => {
      // In place before it is sent: over a memory link the answer comes before that returns.
      this.#running.set(id, { member, invocation, inputOpen });
      member.invocations.set(invocation, id);
      return [Code.INVOCATION, invocation, registration, details, ...tail(args, kwargs)];
    });
    if (typeof begun === 'number') return undefined;
    const running = this.#running.get(id);
    if (running !== undefined) this.#end(id, { ...running, inputOpen: false });
    return begun;
  }

  /** The session's id of an invocation; undefined when the answer is late. */
  #id(member: Member, invocation: Id, message: WampMessage): Id | undefined {
    const id = member.invocations.get(invocation);
    if (id === undefined && !member.wasInvoked(invocation))
      throw violation(message, `there was no invocation ${String(invocation)}`);
    return id;
  }

  /** Answers in the member's place, and tells it to stop. */
  #stop(id: Id, running: Running, error: Uri): void {
    const { member, invocation } = running;
    this.#end(id, running);
    this.#answer([Code.ERROR, Code.INVOCATION, id, {}, error]);
    if (member.understands('callee', 'call_canceling'))
      member.send([Code.INTERRUPT, invocation, { mode: 'killnowait' }]);
  }

  #end(id: Id, { member, invocation, inputOpen }: Running): void {
    this.#running.delete(id);
    member.invocations.delete(invocation);
    if (inputOpen) remember(this.#endedEarly, id, MAX_REMEMBERED);
  }

  /** Sends what holds nothing but text, which can always be carried. */
  #answer(message: WampMessage): void {
    this.#upstream.send(message);
  }
}
