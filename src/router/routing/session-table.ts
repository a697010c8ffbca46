import type { Id } from '../../protocol/message.js';
import type { Session } from '../session/session.js';

/** What sessions have, by session and id. A session that has nothing takes no room. */
export class SessionTable<T> {
  readonly #bySession = new Map<Session, Map<Id, T>>();

  get(session: Session, id: Id): T | undefined {
    return this.#bySession.get(session)?.get(id);
  }

  count(session: Session): number {
    return this.#bySession.get(session)?.size ?? 0;
  }

  set(session: Session, id: Id, entry: T): void {
    const entries = this.#bySession.get(session);
    if (entries === undefined) this.#bySession.set(session, new Map([[id, entry]]));
    else entries.set(id, entry);
  }

  delete(session: Session, id: Id): void {
    const entries = this.#bySession.get(session);
    entries?.delete(id);
    if (entries?.size === 0) this.#bySession.delete(session);
  }

  /** Takes out all that a session has, in the order it came. */
  deleteAll(session: Session): readonly T[] {
    const entries = [...(this.#bySession.get(session)?.values() ?? [])];
    this.#bySession.delete(session);
    return entries;
  }
}
