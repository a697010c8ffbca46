import type { Id } from '../../protocol/message.js';

/** Told of who joins and leaves the subscriptions, or the registrations, of a realm, after the client's own answer was sent. */
export interface MembershipObserver<T> {
  /** There is a new one, and this session is about to join it. */
  created(session: Id, entry: T): void;
  joined(session: Id, entry: T): void;
  left(session: Id, entry: T): void;
  /** It is gone, as this session was the last in it. */
  deleted(session: Id, entry: T): void;
}
