import * as Code from '../protocol/codes.js';
import type { Dict, Id, Register, Unregister, Uri } from '../protocol/message.js';
import * as ErrorUri from '../protocol/error-uris.js';
import { matchKey } from '../session/match-key.js';
import { askFor } from './ask-for.js';
import { refusal } from './check.js';
import type { ShareLimits } from './limits.js';
import type { Member } from './member.js';
import { unheeded, type Upstream } from './upstream.js';

/** A registration of the session, with the members that share it. */
interface Registration {
  readonly id: Id;
  readonly key: string;
  readonly invoke: unknown;
  /** In order of joining. */
  readonly members: Member[];
  /** Whose turn comes next, with `roundrobin`. */
  turn: number;
}

/**
 * What members offer. The router knows one callee, the session; where several tabs offer the same with a shared
 * `invoke`, it is decided here whose turn it is. While a REGISTER is on its way, others for the same procedure wait for
 * its answer: whether they share it, or an UNREGISTER has to go out first, is known only then.
 */
export class RelayedProcedures {
  readonly #upstream: Upstream;
  readonly #limits: ShareLimits;
  readonly #byId = new Map<Id, Registration>();
  readonly #byKey = new Map<string, Registration>();
  /** REGISTERs on their way, by procedure and match policy, with what waits for their answer. */
  readonly #joining = new Map<string, (() => void)[]>();

  constructor(upstream: Upstream, limits: ShareLimits) {
    this.#upstream = upstream;
    this.#limits = limits;
  }

  register(member: Member, message: Register): void {
    const [, request, options, procedure] = message;
    const refused = refusal(this.#upstream, 'REGISTER', procedure, options);
    if (refused !== undefined) {
      member.refuse(Code.REGISTER, request, refused.uri, refused.message);
      return;
    }
    const { maxRegistrationsPerTab } = this.#limits;
    if (member.registrations.size + member.registering >= maxRegistrationsPerTab) {
      const text = `more than ${String(maxRegistrationsPerTab)} registrations in one tab`;
      member.refuse(Code.REGISTER, request, ErrorUri.NOT_AUTHORIZED, text);
      return;
    }
    member.registering++;
    this.#register(member, request, options, procedure);
  }

  unregister(member: Member, [, request, id]: Unregister): void {
    const registration = this.#byId.get(id);
    if (registration === undefined || !member.registrations.delete(id)) {
      member.refuse(Code.UNREGISTER, request, ErrorUri.NO_SUCH_REGISTRATION);
      return;
    }
    member.send([Code.UNREGISTERED, request]);
    this.#part(member, registration);
  }

  /** Whose turn it is to be invoked; undefined when nobody offers this any more. */
  callee(id: Id): Member | undefined {
    const registration = this.#byId.get(id);
    if (registration === undefined) return undefined;
    const { members, invoke } = registration;
    switch (invoke) {
      case 'last':
        return members.at(-1);
      case 'random':
        return members[Math.floor(Math.random() * members.length)];
      case 'roundrobin':
        return members[registration.turn++ % members.length];
      default:
        return members[0];
    }
  }

  /** The dealer took a registration back. */
  revoked(id: Id, details: Dict): void {
    const registration = this.#byId.get(id);
    if (registration === undefined) return;
    this.#forget(registration);
    for (const member of registration.members) {
      member.registrations.delete(id);
      if (member.understands('callee', 'registration_revocation')) member.send([Code.UNREGISTERED, 0, details]);
    }
  }

  leave(member: Member): void {
    for (const id of member.registrations) {
      const registration = this.#byId.get(id);
      if (registration !== undefined) this.#part(member, registration);
    }
    member.registrations.clear();
  }

  #register(member: Member, request: Id, options: Dict, procedure: Uri): void {
    const key = matchKey(procedure, options);
    const joining = this.#joining.get(key);
    if (joining !== undefined) {
      joining.push(() => {
        this.#register(member, request, options, procedure);
      });
      return;
    }
    if (member.isGone) return;
    const present = this.#byKey.get(key);
    const { invoke = 'single', force_reregister: takesOver } = options;
    if (present !== undefined && present.invoke === invoke && invoke !== 'single' && takesOver !== true) {
      member.registering--;
      if (present.members.includes(member)) {
        member.refuse(Code.REGISTER, request, ErrorUri.PROCEDURE_ALREADY_EXISTS);
      } else {
        this.#join(member, present);
        member.send([Code.REGISTERED, request, present.id]);
      }
      return;
    }
    this.#ask(member, request, options, procedure);
  }

  #ask(member: Member, request: Id, options: Dict, procedure: Uri): void {
    const key = matchKey(procedure, options);
    const waiting: (() => void)[] = [];
    const answered = (): void => {
      member.registering--;
      this.#joining.delete(key);
      for (const next of waiting) next();
    };
    this.#joining.set(key, waiting);
    askFor(member, this.#upstream, {
      code: Code.REGISTER,
      request,
      message: (id) => [Code.REGISTER, id, options, procedure],
      granted: (id) => {
        const { invoke = 'single' } = options;
        const registration: Registration = { id, key, invoke, members: [], turn: 0 };
        this.#byId.set(id, registration);
        this.#byKey.set(key, registration);
        if (member.isGone) {
          this.#part(member, registration);
        } else {
          this.#join(member, registration);
          member.send([Code.REGISTERED, request, id]);
        }
      },
      answered,
    });
  }

  #join(member: Member, { id, members }: Registration): void {
    members.push(member);
    member.registrations.add(id);
  }

  #part(member: Member, registration: Registration): void {
    const { id, members } = registration;
    const at = members.indexOf(member);
    if (at >= 0) members.splice(at, 1);
    if (members.length > 0) return;
    this.#forget(registration);
    // An ERROR means that the router had forgotten it already: either way it is gone.
    this.#upstream.request((request) => [Code.UNREGISTER, request, id], unheeded(Code.UNREGISTER));
  }

  #forget(registration: Registration): void {
    const { id, key } = registration;
    this.#byId.delete(id);
    if (this.#byKey.get(key) === registration) this.#byKey.delete(key);
  }
}
