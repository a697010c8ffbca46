import type { Authenticator, Claims } from './authenticator.js';
import { claiming } from './claims.js';

/**
 * Joins without proving anything; the router gives an authid and, usually, the role `anonymous`.
 *
 * @example
 * new WampClient({ url, realm, auth: [anonymous()] });
 * @see WAMP spec, Authentication Methods
 */
export const anonymous = (claims: Claims = {}): Authenticator => claiming('anonymous', claims);
