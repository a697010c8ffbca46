import type { RxWampError } from '../protocol/errors.js';
import type { Session } from '../session/session.js';

/** What outlives a session and has to be made again in the next: a topic, a registration. */
export interface Durable {
  /** A session is there, perhaps while the one before still is. `settled` is called when the router has answered. */
  attach(session: Session, settled: () => void): void;
  /** The session it was attached to last takes the place of the one before, from which everything has come. */
  moved(): void;
  /** There will be no session any more: by `close()` without an error, else for this one. */
  end(error: RxWampError | undefined): void;
}
