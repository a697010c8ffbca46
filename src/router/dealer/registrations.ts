import type { Id, Uri } from '../../protocol/message.js';
import type { MatchPolicy } from '../../protocol/uri.js';
import type { RandomIds } from '../random-ids.js';
import { PatternIndex } from '../routing/pattern-index.js';
import { SessionTable } from '../routing/session-table.js';
import type { Session } from '../session/session.js';
import { removeCallee, type Callee, type InvocationPolicy, type Registration } from './registration.js';

/** A session's leaving a registration; `deleted` when the registration is gone with it. */
export interface LeftRegistration {
  readonly registration: Registration;
  readonly deleted: boolean;
}

/** The registrations of a realm, and their callees. */
export class Registrations {
  readonly #ids: RandomIds;
  readonly #byId = new Map<Id, Registration>();
  readonly #index = new PatternIndex<Registration>();
  readonly #bySession = new SessionTable<Registration>();

  constructor(ids: RandomIds) {
    this.#ids = ids;
  }

  /** How many there are. */
  get size(): number {
    return this.#byId.size;
  }

  /** All of them, in the order they were made. */
  all(): Iterable<Registration> {
    return this.#byId.values();
  }

  byId(id: Id): Registration | undefined {
    return this.#byId.get(id);
  }

  byPattern(match: MatchPolicy, uri: Uri): Registration | undefined {
    return this.#index.get(match, uri);
  }

  /** The one that a call of this procedure goes to. */
  best(procedure: Uri): Registration | undefined {
    return this.#index.best(procedure);
  }

  /** How many a session is in. */
  count(session: Session): number {
    return this.#bySession.count(session);
  }

  create(match: MatchPolicy, uri: Uri, invoke: InvocationPolicy): Registration {
    const id = this.#ids.nextNotIn(this.#byId);
    const registration: Registration = { id, uri, match, invoke, created: new Date(), callees: [], next: 0 };
    this.#byId.set(id, registration);
    this.#index.set(match, uri, registration);
    return registration;
  }

  join(callee: Callee, registration: Registration): void {
    registration.callees.push(callee);
    this.#bySession.set(callee.session, registration.id, registration);
  }

  /** Takes a session out of a registration. Undefined when it was not in it. */
  leave(session: Session, id: Id): LeftRegistration | undefined {
    const registration = this.#bySession.get(session, id);
    if (registration === undefined) return undefined;
    this.#bySession.delete(session, id);
    return this.#remove(session, registration);
  }

  /** Takes a session out of all registrations. */
  leaveAll(session: Session): LeftRegistration[] {
    return this.#bySession.deleteAll(session).map((registration) => this.#remove(session, registration));
  }

  #remove(session: Session, registration: Registration): LeftRegistration {
    removeCallee(registration, session);
    const deleted = registration.callees.length === 0;
    if (deleted) {
      this.#byId.delete(registration.id);
      this.#index.delete(registration.match, registration.uri);
    }
    return { registration, deleted };
  }
}
