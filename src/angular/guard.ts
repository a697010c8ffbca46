import { Injector, inject, runInInjectionContext } from '@angular/core';
import { defer, filter, map, merge, NEVER, of, take, timer, type Observable } from 'rxjs';
import type { ConnectionState, SessionInfo } from 'rxwamp';
import { injectClient } from './connections.js';
import type { WampConnection } from './contracts.js';
import { isInert } from './server.js';
import { injectZones } from './zones.js';

/** Options of {@link wampSessionGuard}. */
export interface WampSessionGuardOptions<Redirect> {
  /** Which connection. Default: the one without a name. */
  readonly connection?: WampConnection;
  /** How long a session is waited for, in milliseconds; `Infinity` for as long as the router is tried. Default: 10,000. */
  readonly timeoutMs?: number;
  /** Whether this session will do, e.g. by its `authrole`. Default: any. */
  readonly allow?: (session: SessionInfo) => boolean;
  /**
   * Where to go when there is no session in time, none that is allowed, or the client is closed: a `UrlTree` or a
   * `RedirectCommand` of Angular's router. Called in an injection context. Default: the navigation is given up.
   *
   * @param state where the connection stands: `closed` with a `cause` when the credentials were refused, say.
   */
  readonly redirectTo?: (state: ConnectionState) => Redirect;
  /** What it says on a server that does not connect. Default: true, as what the route shows there is empty of what a session would bring. */
  readonly onServer?: boolean;
}

/**
 * A `CanActivateFn`, `CanActivateChildFn` or `CanMatchFn` that connects and waits for the session.
 *
 * @example
 * {
 *   path: 'admin',
 *   canActivate: [
 *     wampSessionGuard({
 *       timeoutMs: 5_000,
 *       allow: ({ authrole }) => authrole === 'admin',
 *       redirectTo: () => inject(Router).parseUrl('/sign-in'),
 *     }),
 *   ],
 * }
 */
export function wampSessionGuard<Redirect = never>({
  connection,
  timeoutMs = 10_000,
  allow = () => true,
  redirectTo,
  onServer = true,
}: WampSessionGuardOptions<Redirect> = {}): () => Observable<boolean | Redirect> {
  return () => {
    const client = injectClient(connection);
    const zones = injectZones();
    const injector = inject(Injector);
    const refuse = (): boolean | Redirect =>
      redirectTo === undefined ? false : runInInjectionContext(injector, () => redirectTo(client.state));
    if (isInert(client)) return of(onServer || refuse());
    const settled$ = client.state$.pipe(filter(({ status }) => status === 'connected' || status === 'closed'));
    const late$ = timeoutMs === Infinity ? NEVER : timer(Math.min(timeoutMs, LONGEST_TIMER_MS));
    return zones.bridge(
      defer(() => {
        client.connect();
        return merge(settled$, late$);
      }).pipe(
        take(1),
        map(() => {
          const { state } = client;
          return (state.status === 'connected' && allow(state.session)) || refuse();
        }),
      ),
    );
  };
}

/** The longest time a timer of a browser can wait. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
