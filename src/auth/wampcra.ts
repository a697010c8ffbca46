import { defer, map, of, switchMap, take, throwIfEmpty, type Observable, type ObservableInput } from 'rxjs';
import type { Dict } from '../protocol/message.js';
import { AuthenticationError } from './authentication-error.js';
import type { AuthAnswer, Authenticator, Claims } from './authenticator.js';
import { claimsOf } from './claims.js';
import { ask, emitted, isRenewable, type Credential } from './credential.js';
import { toBase64 } from './crypto/bytes.js';
import type { CryptoOptions } from './crypto/source.js';
import { deriveWampcraSecret, signWampcra, WAMPCRA_DEFAULTS, type WampcraSalting } from './math/wampcra.js';

/** The most a router may ask of PBKDF2; more would freeze the client. */
const MAX_ITERATIONS = 10_000_000;
const MAX_KEY_LENGTH = 1_024;

/** Options of {@link wampcra}: the secret, or someone who signs in its owner's place. */
export type WampcraOptions = Claims &
  CryptoOptions & { readonly authid: string } & (
    | {
        /** The secret shared with the router; a password, where the router says how it is salted. */
        readonly secret: Credential<string>;
        readonly sign?: undefined;
      }
    | {
        readonly secret?: undefined;
        /**
         * Signs the challenge elsewhere, e.g. at a server that holds the secret.
         *
         * @param challenge to be signed byte for byte as it is.
         * @param extra the whole CHALLENGE.Extra, with `salt`, `iterations` and `keylen` if the secret is salted.
         * @returns the signature in Base64, as it goes into AUTHENTICATE.
         */
        readonly sign: (challenge: string, extra: Dict) => string | ObservableInput<string>;
      }
  );

/**
 * Joins by signing the router's challenge with a shared secret, which itself never crosses the wire.
 *
 * Salted secrets cost the router's number of PBKDF2 iterations, at most 10,000,000.
 *
 * @example
 * wampcra({ authid: 'peter', secret: 'secret1' })
 * wampcra({ authid: 'peter', sign: (challenge) => http.post('/sign', challenge, { responseType: 'text' }) })
 * @see WAMP spec, Challenge Response Authentication
 */
export function wampcra(options: WampcraOptions): Authenticator {
  return {
    method: 'wampcra',
    renewable: isRenewable(options.sign ?? options.secret),
    begin({ realm }) {
      const error = (what: string) => new AuthenticationError('wampcra', what, { attempted: 'CHALLENGE', on: realm });

      const answer = (extra: Dict): Observable<AuthAnswer> =>
        defer(() => {
          const challenge = extra['challenge'];
          if (typeof challenge !== 'string') throw error('the router sent no challenge to sign');
          if (options.sign !== undefined) {
            return emitted(options.sign(challenge, extra)).pipe(
              take(1),
              throwIfEmpty(() => error('no signature was given')),
            );
          }
          const salting = readSalting(extra);
          if (salting === 'unreadable') throw error('the router asks for an impossible key derivation');
          return ask(options.secret, () => error('no secret was given')).pipe(
            switchMap((secret) => (salting ? deriveWampcraSecret(secret, salting, options.crypto) : of(secret))),
            map((secret) => toBase64(signWampcra(secret, challenge))),
          );
        }).pipe(map((signature) => ({ signature })));

      return of({ ...claimsOf(options), answer });
    },
  };
}

/** How the secret is salted; undefined when it is not. */
function readSalting(extra: Dict): WampcraSalting | 'unreadable' | undefined {
  const salt = extra['salt'] ?? undefined;
  const iterations = extra['iterations'] ?? WAMPCRA_DEFAULTS.iterations;
  const keylen = extra['keylen'] ?? WAMPCRA_DEFAULTS.keylen;
  if (salt === undefined) return undefined;
  const readable = typeof salt === 'string' && isCount(iterations, MAX_ITERATIONS) && isCount(keylen, MAX_KEY_LENGTH);
  return readable ? { salt, iterations, keylen } : 'unreadable';
}

const isCount = (value: unknown, max: number): value is number =>
  Number.isInteger(value) && typeof value === 'number' && value >= 1 && value <= max;
