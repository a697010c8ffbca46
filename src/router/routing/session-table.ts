import type { Id } from '../../protocol/message.js';
import type { Session } from '../session/session.js';

/** What sessions have, by session and id. A session that has nothing takes no room. */
export class SessionTable<T> {
  readonly #bySession = new Map<Session, Map<Id, T>>();
  #size = 0;

  /** How much all sessions have. */
  get size(): number {
    return this.#size;
  }

  get(session: Session, id: Id): T | undefined {
    return this.#bySession.get(session)?.get(id);
  }

  count(session: Session): number {
    return this.#bySession.get(session)?.size ?? 0;
  }

  set(session: Session, id: Id, entry: T): void {
    const entries = this.#bySession.get(session);
    if (entries?.has(id) !== true) this.#size++;
    if (entries === undefined) this.#bySession.set(session, new Map([[id, entry]]));
    else entries.set(id, entry);
  }

  delete(session: Session, id: Id): void {
    const entries = this.#bySession.get(session);
    if (entries?.delete(id) === true) this.#size--;
    if (entries?.size === 0) this.#bySession.delete(session);
  }

  /** All that a session has, in the order it came. */
  all(session: Session): readonly T[] {
    return [...(this.#bySession.get(session)?.values() ?? [])];
  }

  /** Takes out all that a session has, in the order it came. */
  deleteAll(session: Session): readonly T[] {
    const entries = this.all(session);
    this.#bySession.delete(session);
    this.#size -= entries.length;
    return entries;
  }
}
