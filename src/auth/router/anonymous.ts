import { of } from 'rxjs';
import { toHex } from '../crypto/bytes.js';
import { randomBytes, type CryptoOptions } from '../crypto/source.js';
import type { RouterAuthenticator } from './authenticator.js';

/** Options of {@link admitAnonymous}. */
export interface AdmitAnonymousOptions extends CryptoOptions {
  /** Default: `anonymous`. */
  readonly authrole?: string;
}

/**
 * Admits everybody, under a random authid: whatever authid was asked for, nothing proves it.
 *
 * @see WAMP spec, Authentication Methods
 */
export const admitAnonymous = ({
  authrole = 'anonymous',
  crypto,
}: AdmitAnonymousOptions = {}): RouterAuthenticator => ({
  method: 'anonymous',
  hello: () =>
    of({
      accept: { authid: toHex(randomBytes(16, crypto)), authrole, authmethod: 'anonymous', authprovider: 'static' },
    }),
});
