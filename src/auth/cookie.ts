import type { Authenticator, Claims } from './authenticator.js';
import { claiming } from './claims.js';

/**
 * Joins as the one who logged in earlier with the same HTTP cookie. The browser sends the cookie by itself when the
 * WebSocket is opened; offer this before another method, which then serves the first login.
 *
 * @example
 * new WampClient({ url, realm, auth: [cookie(), ticket({ authid: 'joe', ticket: askForIt })] });
 * @see WAMP spec, Authentication Methods
 */
export const cookie = (claims: Claims = {}): Authenticator => claiming('cookie', claims);
