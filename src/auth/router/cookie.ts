import { of } from 'rxjs';
import * as CloseUri from '../../protocol/close-uris.js';
import type { RouterAuthenticator } from './authenticator.js';
import { CookieStore } from './cookie-store.js';

/** Options of {@link checkCookie}. */
export interface CheckCookieOptions {
  /** Shared with the listener, which sets the cookie. Default: one of its own. */
  readonly store?: CookieStore;
}

/**
 * Admits those who logged in earlier by another method with the same HTTP cookie, as whom they logged in. A GOODBYE
 * with the reason `wamp.close.logout` makes the router forget it.
 *
 * Serves no HELLO without a known cookie, nor one that asks for another authid: the next method is tried.
 *
 * @see WAMP spec, Authentication Methods
 */
export function checkCookie({ store = new CookieStore() }: CheckCookieOptions = {}): RouterAuthenticator {
  const method = 'cookie';
  return {
    method,
    hello({ realm, authid, transport: { cookie } }) {
      const login = cookie === undefined ? undefined : store.find(cookie, realm);
      if (login === undefined) return of(undefined);
      if (authid !== undefined && authid !== login.authid) return of(undefined);
      const identity = { authid: login.authid, authrole: login.authrole, authmethod: method, authprovider: method };
      return of({ accept: identity });
    },
    joined({ realm, transport: { cookie } }, identity) {
      const provesSomething = identity.authmethod !== method && identity.authmethod !== 'anonymous';
      if (cookie !== undefined && provesSomething) store.remember(cookie, realm, identity);
    },
    left({ realm, transport: { cookie } }, _identity, reason) {
      if (cookie !== undefined && reason === CloseUri.LOGOUT) store.revoke(cookie, realm);
    },
  };
}
