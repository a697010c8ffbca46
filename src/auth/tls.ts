import type { Authenticator, Claims } from './authenticator.js';
import { claiming } from './claims.js';

/**
 * Joins as the owner of the TLS client certificate that the transport was opened with.
 *
 * @example
 * new WampClient({ transport: rawSocketTransport({ host, port, tls: { cert, key } }), realm, auth: [tlsCertificate()] });
 * @see WAMP spec, Authentication Methods
 */
export const tlsCertificate = (claims: Claims = {}): Authenticator => claiming('tls', claims);
