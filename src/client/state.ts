import type { RxWampError } from '../protocol/errors.js';
import type { SessionInfo } from '../session/session-info.js';

/**
 * Where a client's connection stands.
 *
 * `idle → connecting → authenticating → connected → waiting → connecting → … → closed`; `authenticating` is left out
 * when the router asks for no proof.
 */
export type ConnectionState =
  /** Nobody has used the client yet. */
  | { readonly status: 'idle' }
  /** A connection is being made. `attempt` counts from 1 since the last stable connection. */
  | { readonly status: 'connecting'; readonly attempt: number }
  /** The router asked for proof of who we are. */
  | { readonly status: 'authenticating'; readonly attempt: number }
  /** The session is joined, and every live topic and registration has been made again in it. */
  | { readonly status: 'connected'; readonly session: SessionInfo }
  /** The connection failed or was lost for `cause`; the next attempt comes in `delayMs`. */
  | { readonly status: 'waiting'; readonly attempt: number; readonly delayMs: number; readonly cause: RxWampError }
  /** For good: by `close()`, or for a `cause` that a retry cannot mend. */
  | { readonly status: 'closed'; readonly cause: RxWampError | undefined };
