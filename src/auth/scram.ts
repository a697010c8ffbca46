import { defer, map, of, switchMap, type Observable } from 'rxjs';
import { isDict } from '../protocol/dict.js';
import type { Dict } from '../protocol/message.js';
import { AuthenticationError } from './authentication-error.js';
import type { AuthAnswer, AuthAttempt, AuthContext, Authenticator, Claims } from './authenticator.js';
import { claimsOf } from './claims.js';
import { ask, isRenewable, type Credential } from './credential.js';
import { equal, fromBase64, toBase64, utf8 } from './crypto/bytes.js';
import { randomBytes, type CryptoOptions } from './crypto/source.js';
import { saslprep } from './math/saslprep.js';
import { objectionToCost, SCRAM_COST_LIMITS, type ScramCostLimits } from './math/scram-cost.js';
import { SCRAM_DIALECTS, type ScramDialect, type ScramDialectName } from './math/scram-dialect.js';
import {
  scramAuthMessage,
  scramKeys,
  scramProof,
  scramSaltedPassword,
  scramVerifier,
  type ScramChannel,
  type ScramHashing,
} from './math/scram.js';

const NONCE_LENGTH = 16;
/** RFC 5802: printable, and no comma. */
const NONCE = /^[!-+\--~]{1,1024}$/;

/** Options of {@link scram}. */
export interface ScramOptions extends Claims, CryptoOptions, Partial<ScramCostLimits> {
  readonly authid: string;
  readonly password: Credential<string>;
  /**
   * `crossbar` for Crossbar.io and Autobahn|Python, which speak their own `scram`. Default: `spec`, the method
   * `wamp-scram`.
   */
  readonly dialect?: ScramDialectName;
  /**
   * Binds the proof to the TLS channel, so that nobody in between can pass it on. Not to be had in browsers, nor in the
   * Crossbar dialect.
   */
  readonly channelBinding?: 'tls-unique' | 'tls-server-end-point';
}

/**
 * Joins with a password that neither crosses the wire nor is stored by the router, and checks that the router knows it.
 *
 * The hash is PBKDF2 or Argon2id, whichever the router stores, within {@link ScramCostLimits}. An attempt fails with
 * {@link AuthenticationError} when the router's nonce does not begin with ours, when the hash is too cheap or too dear,
 * and when the router's own signature is missing or wrong.
 *
 * @example
 * scram({ authid: 'joe', password: () => prompt('Password') ?? '' })
 * @see WAMP spec, Salted Challenge Response Authentication Mechanism
 */
export function scram(options: ScramOptions): Authenticator {
  const dialect = SCRAM_DIALECTS[options.dialect ?? 'spec'];
  return {
    method: dialect.method,
    renewable: isRenewable(options.password),
    begin: (context) => defer(() => of(begin(options, dialect, context))),
  };
}

function begin(options: ScramOptions, dialect: ScramDialect, { realm, channelBindings }: AuthContext): AuthAttempt {
  const error = (attempted: string, what: string) =>
    new AuthenticationError(dialect.method, what, { attempted, on: realm });
  const allowed = (text: string | undefined, attempted: string, what: string): string => {
    if (text === undefined) throw error(attempted, `the ${what} holds characters that SASLprep forbids`);
    return text;
  };

  const authid = allowed(saslprep(options.authid), 'HELLO', 'authid');
  const clientNonce = toBase64(randomBytes(NONCE_LENGTH, options.crypto));
  const channelBinding = dialect.bindsChannel ? channelOf(options.channelBinding, channelBindings) : undefined;
  if (options.channelBinding !== undefined && channelBinding === undefined) {
    throw error('HELLO', `there is no TLS channel to bind to by ${options.channelBinding}`);
  }

  let answered = false;
  let verifier: string | undefined;

  const answer = (extra: Dict): Observable<AuthAnswer> =>
    defer(() => {
      if (answered) throw error('CHALLENGE', 'the router challenged twice');
      answered = true;
      const { nonce, salt, hashing } = readChallenge(extra);
      const { iterations } = hashing;
      const authMessage = scramAuthMessage(dialect, { authid, clientNonce, nonce, salt, iterations, channelBinding });
      return ask(options.password, () => error('CHALLENGE', 'no password was given')).pipe(
        map((password) => allowed(dialect.preparePassword(password), 'CHALLENGE', 'password')),
        switchMap((password) => scramSaltedPassword(dialect, password, hashing, options.crypto)),
        map((saltedPassword) => {
          verifier = scramVerifier(scramKeys(saltedPassword).serverKey, authMessage);
          return { signature: toBase64(scramProof(saltedPassword, authMessage)), extra: answerExtra(nonce) };
        }),
      );
    });

  function readChallenge({ nonce, salt, kdf: kdfName, iterations, memory }: Dict): ScramChallenge {
    const kdf = (['pbkdf2', 'argon2id13'] as const).find((name) => dialect.kdfs[name] === kdfName);
    const saltBytes = typeof salt === 'string' ? fromBase64(salt) : undefined;
    if (typeof nonce !== 'string' || !NONCE.test(nonce) || !dialect.isExtension(nonce, clientNonce)) {
      throw error('CHALLENGE', "the router's nonce does not continue the client's");
    }
    if (kdf === undefined) throw error('CHALLENGE', 'the router asks for an unknown key derivation function');
    if (typeof salt !== 'string' || saltBytes === undefined || typeof iterations !== 'number') {
      throw error('CHALLENGE', 'the router sent no salt or no cost');
    }
    const hashing = { kdf, salt: saltBytes, iterations, memory: typeof memory === 'number' ? memory : undefined };
    const objection = objectionToCost(hashing, { ...SCRAM_COST_LIMITS, ...options });
    if (objection !== undefined) throw error('CHALLENGE', `the router asks for ${objection}`);
    return { nonce, salt, hashing };
  }

  function answerExtra(nonce: string): Dict {
    if (!dialect.bindsChannel) return {};
    if (channelBinding === undefined) return { nonce, channel_binding: null };
    return { nonce, channel_binding: channelBinding.type, cbind_data: toBase64(channelBinding.data) };
  }

  const verify = ({ authextra }: Dict): Observable<void> =>
    defer(() => {
      const sent: unknown = isDict(authextra) ? authextra[dialect.verifier] : undefined;
      const given = typeof sent === 'string' ? sent.replace(/^v=/, '') : '';
      if (verifier === undefined || !equal(utf8(given), utf8(verifier))) {
        throw error('WELCOME', 'the router did not prove that it knows the password');
      }
      return of(undefined);
    });

  const methodExtra = { nonce: clientNonce, ...(channelBinding && { channel_binding: channelBinding.type }) };
  return { ...claimsOf({ ...options, authid }, methodExtra), answer, verify };
}

interface ScramChallenge {
  readonly nonce: string;
  readonly salt: string;
  readonly hashing: ScramHashing;
}

function channelOf(type: string | undefined, bindings: AuthContext['channelBindings']): ScramChannel | undefined {
  const data = type === undefined ? undefined : bindings?.[type];
  return type === undefined || data === undefined ? undefined : { type, data };
}
