import { asyncScheduler, map, of } from 'rxjs';
import { equal, fromBase64, toBase64 } from '../crypto/bytes.js';
import { randomBytes, type CryptoOptions } from '../crypto/source.js';
import { signWampcra, WAMPCRA_DEFAULTS, type WampcraSalting } from '../math/wampcra.js';
import type { RouterAuthenticator } from './authenticator.js';
import { challengeOnce, mocking, verdict, type ChallengeOptions, type Mock } from './challenge.js';
import { find, identify, providerOf, type Principal, type PrincipalOptions } from './principals.js';

/** Someone who joins by WAMP-CRA. */
export interface WampcraPrincipal extends Principal {
  /** The shared secret; where it is salted, what {@link deriveWampcraSecret} made of the password. */
  readonly secret: string;
  readonly salting?: WampcraSalting;
}

/** Options of {@link checkWampcra}. */
export interface CheckWampcraOptions extends PrincipalOptions<WampcraPrincipal>, ChallengeOptions, CryptoOptions {
  /** How the challenge of somebody unknown looks; make it look like your users'. Default: role `user`, no salt. */
  readonly mock?: { readonly authrole?: string; readonly salting?: Partial<Omit<WampcraSalting, 'salt'>> };
  /** Keeps the salts of unknown users the same when the router restarts. Default: random. */
  readonly mockKey?: string;
}

/**
 * Admits those who sign a challenge with their secret. Somebody unknown is challenged alike and refused at the end.
 *
 * @example
 * checkWampcra({ principals: { peter: { secret: 'secret1', authrole: 'user' } } })
 * @see WAMP spec, Challenge Response Authentication
 */
export function checkWampcra(options: CheckWampcraOptions): RouterAuthenticator {
  const authmethod = 'wampcra';
  const mock = mocking(options.mockKey, options.crypto);
  return {
    method: authmethod,
    hello(request) {
      const { authid } = request;
      if (authid === undefined) return of(undefined);
      return find(options.principals, authid, request).pipe(
        map((found) => {
          // An empty secret would let everybody in.
          const known = found?.secret ? found : undefined;
          const principal = known ?? mockPrincipal(options, mock, authid);
          const identity = identify(principal, { authid, authmethod, authprovider: providerOf(options) });
          const challenge = JSON.stringify({
            authid: identity.authid,
            authrole: identity.authrole,
            authmethod,
            authprovider: identity.authprovider,
            nonce: toBase64(randomBytes(24, options.crypto)),
            timestamp: new Date(asyncScheduler.now()).toISOString(),
            session: request.session,
          });
          const expected = signWampcra(principal.secret, challenge);
          return challengeOnce({ challenge, ...principal.salting }, options, (signature) => {
            const right = equal(fromBase64(signature) ?? new Uint8Array(), expected);
            return of(verdict(right && known !== undefined ? identity : undefined));
          });
        }),
      );
    },
  };
}

function mockPrincipal({ mock = {} }: CheckWampcraOptions, mocked: Mock, authid: string): WampcraPrincipal {
  const salt = toBase64(mocked('salt', authid).subarray(0, 16));
  return {
    authrole: mock.authrole ?? 'user',
    secret: toBase64(mocked('secret', authid)),
    ...(mock.salting && { salting: { ...WAMPCRA_DEFAULTS, ...mock.salting, salt } }),
  };
}
