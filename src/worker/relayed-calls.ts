import * as Code from '../protocol/codes.js';
import type { Call, Cancel, Dict, Id, Result, Uri, WampMessage } from '../protocol/message.js';
import { tail } from '../protocol/payload.js';
import * as ErrorUri from '../protocol/error-uris.js';
import { checkPassthru, isPassthru, refusal } from './check.js';
import type { ShareLimits } from './limits.js';
import { violation, type Member } from './member.js';
import { PASSTHRU } from './relayed-features.js';
import type { Upstream } from './upstream.js';

const MODES: ReadonlySet<unknown> = new Set(['skip', 'kill', 'killnowait']);

/** What members call: each call is one of the session's, under an id of the session's. */
export class RelayedCalls {
  readonly #upstream: Upstream;
  readonly #limits: ShareLimits;

  constructor(upstream: Upstream, limits: ShareLimits) {
    this.#upstream = upstream;
    this.#limits = limits;
  }

  /** A CALL with the next request id in sequence. */
  call(member: Member, message: Call): void {
    const [, request, options, procedure, args, kwargs] = message;
    checkPassthru(this.#upstream, [member, 'caller'], message, options);
    const refused = refusal(this.#upstream, 'CALL', procedure, options);
    if (refused !== undefined) {
      member.refuse(Code.CALL, request, refused.uri, refused.message);
      return;
    }
    if (member.pending >= this.#limits.maxPendingPerTab) {
      member.refuse(Code.CALL, request, ErrorUri.NETWORK_FAILURE, 'too many answers are waited for');
      return;
    }
    member.pending++;
    const over = (): void => {
      member.pending--;
      member.calls.delete(request);
    };
    try {
      this.#upstream.request(
        (id) => {
          member.calls.set(request, { id, procedure, inputOpen: options['progress'] === true });
          return [Code.CALL, id, options, procedure, ...tail(args, kwargs)];
        },
        {
          code: Code.CALL,
          answered: (reply) => {
            // Only a RESULT answers a CALL.
            const [, , details, list, dict] = reply as Result;
            const isLast = details['progress'] !== true;
            if (isLast) over();
            const error =
              unreadable(member, details) ?? member.send([Code.RESULT, request, details, ...tail(list, dict)]);
            if (error === undefined) return isLast;
            member.refuse(Code.CALL, request, error);
            if (!isLast) this.#giveUp(member, request);
            return true;
          },
          failed: ([, code, , details, error, list, dict]) => {
            over();
            const answer: WampMessage = [Code.ERROR, code, request, details, error, ...tail(list, dict)];
            const unsendable = unreadable(member, details) ?? member.send(answer);
            if (unsendable !== undefined) member.refuse(Code.CALL, request, unsendable);
          },
        },
      );
    } catch {
      over();
      member.refuse(Code.CALL, request, ErrorUri.INVALID_PAYLOAD);
    }
  }

  /** A CALL under an id that has been used: one more chunk of a progressive call. One for a call that is over is dropped. */
  chunk(member: Member, message: Call): void {
    const [, request, options, procedure, args, kwargs] = message;
    const call = member.calls.get(request);
    if (call === undefined) {
      if (!member.hasUsed(request)) throw violation(message, `request id ${String(request)} is out of sequence`);
      return;
    }
    if (!call.inputOpen || call.procedure !== procedure)
      throw violation(message, `request id ${String(request)} is that of another call`);
    checkPassthru(this.#upstream, [member, 'caller'], message, options);
    call.inputOpen = options['progress'] === true;
    try {
      this.#upstream.send([Code.CALL, call.id, options, procedure, ...tail(args, kwargs)]);
    } catch {
      member.refuse(Code.CALL, request, ErrorUri.INVALID_PAYLOAD);
      this.#giveUp(member, request);
    }
  }

  /** CANCEL. One for a call that is over is dropped. */
  cancel(member: Member, [, request, options]: Cancel): void {
    const call = member.calls.get(request);
    if (call === undefined) return;
    const { mode = 'killnowait' } = options;
    if (!MODES.has(mode)) {
      member.refuse(Code.CANCEL, request, ErrorUri.INVALID_ARGUMENT, 'mode must be skip, kill or killnowait');
    } else if (this.#canCancel) {
      this.#upstream.send([Code.CANCEL, call.id, { mode }]);
    } else {
      member.refuse(Code.CALL, request, ErrorUri.CANCELED);
      this.#giveUp(member, request);
    }
  }

  leave(member: Member): void {
    for (const request of [...member.calls.keys()]) this.#giveUp(member, request);
  }

  /** Forgets a call, and lets its callee know. */
  #giveUp(member: Member, request: Id): void {
    const call = member.calls.get(request);
    if (call === undefined) return;
    member.calls.delete(request);
    member.pending--;
    this.#upstream.forget(call.id);
    if (this.#canCancel) this.#upstream.send([Code.CANCEL, call.id, { mode: 'killnowait' }]);
  }

  get #canCancel(): boolean {
    return this.#upstream.info.supports('dealer', 'call_canceling');
  }
}

/** The error instead of a packed payload, for a caller that did not announce to know such. */
const unreadable = (member: Member, details: Dict): Uri | undefined =>
  isPassthru(details) && !member.understands('caller', PASSTHRU) ? ErrorUri.FEATURE_NOT_SUPPORTED : undefined;
