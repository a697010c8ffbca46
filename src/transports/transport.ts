import type { Observable } from 'rxjs';
import type { Link } from './link.js';

/**
 * A way to reach a router (or, in the router, a peer). Cold: subscribing dials, the open {@link Link} is emitted once,
 * unsubscribing hangs up. It errors with a `ConnectionRefusedError` when no connection comes about and with a
 * `ConnectionLostError` when it breaks later; it completes when the connection is closed in order.
 */
export type Transport = Observable<Link>;
