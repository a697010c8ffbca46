import { defer, from, map, of, switchMap, type Observable } from 'rxjs';
import type { Dict } from '../protocol/message.js';
import { AuthenticationError } from './authentication-error.js';
import type { AuthAnswer, AuthAttempt, AuthContext, Authenticator, Claims } from './authenticator.js';
import { claimsOf } from './claims.js';
import { ask, isRenewable, type Credential } from './credential.js';
import { equal, fromHex, toHex } from './crypto/bytes.js';
import { ed25519PublicKey } from './crypto/ed25519.js';
import { randomBytes, type CryptoOptions } from './crypto/source.js';
import {
  channelId,
  CRYPTOSIGN_LENGTH,
  messageFor,
  signCryptosign,
  verifyCryptosign,
  type CryptosignChannelBinding,
} from './math/cryptosign.js';

/** Options of {@link cryptosign}. */
export interface CryptosignOptions extends Claims, CryptoOptions {
  /** The 32-byte Ed25519 seed, as bytes or 64 hexadecimal digits. Keep the key for this purpose alone. */
  readonly privateKey: Credential<string | Uint8Array>;
  /**
   * Binds the signature to the TLS channel, so that nobody in between can pass it on. A router that does not bind is
   * refused. `tls-exporter` is for TLS 1.3, `tls-unique` for older TLS. Not to be had in browsers.
   */
  readonly channelBinding?: CryptosignChannelBinding;
  /**
   * The router's public key, 64 hexadecimal digits. When given, the router has to prove that it holds the private one.
   */
  readonly routerKey?: string;
}

/**
 * Joins by signing the router's challenge with an Ed25519 key. The router may know the client by its key alone, so
 * `authid` is optional; some routers (nexus) want it all the same.
 *
 * @example
 * cryptosign({ authid: 'client01', privateKey: '4d57d97a…2de2804510' })
 * @see WAMP spec, Cryptosign-based Authentication
 */
export function cryptosign(options: CryptosignOptions): Authenticator {
  return {
    method: 'cryptosign',
    renewable: isRenewable(options.privateKey),
    begin: (context) =>
      defer(() =>
        ask(options.privateKey, () => failure(context, 'HELLO', 'no private key was given')).pipe(
          map((key) => begin(options, context, seedOf(key, context))),
        ),
      ),
  };
}

const failure = ({ realm }: AuthContext, attempted: string, what: string): AuthenticationError =>
  new AuthenticationError('cryptosign', what, { attempted, on: realm });

function seedOf(key: string | Uint8Array, context: AuthContext): Uint8Array {
  const seed = typeof key === 'string' ? fromHex(key, CRYPTOSIGN_LENGTH) : key;
  if (seed?.length !== CRYPTOSIGN_LENGTH) throw failure(context, 'HELLO', 'the private key is not a seed of 32 bytes');
  return seed;
}

function begin(options: CryptosignOptions, context: AuthContext, seed: Uint8Array): AuthAttempt {
  const { crypto, channelBinding, routerKey } = options;
  const error = (attempted: string, what: string) => failure(context, attempted, what);

  const channel = channelBinding && channelId(channelBinding, context.channelBindings);
  if (channelBinding !== undefined && channel === undefined) {
    throw error('HELLO', `the transport has no TLS channel to bind to by ${channelBinding}`);
  }
  const router = routerKey === undefined ? undefined : routerProof(routerKey);
  let routerProven = false;

  function routerProof(hex: string): { readonly key: Uint8Array; readonly challenge: Uint8Array } {
    const key = fromHex(hex, CRYPTOSIGN_LENGTH);
    if (key === undefined) throw error('HELLO', "the router's key is not 64 hexadecimal digits");
    return { key, challenge: randomBytes(CRYPTOSIGN_LENGTH, crypto) };
  }

  function answer(extra: Dict): Observable<AuthAnswer> {
    return defer(() => {
      const challenge = fromHex(extra['challenge'], CRYPTOSIGN_LENGTH);
      if (challenge === undefined) throw error('CHALLENGE', 'the router sent no challenge of 32 bytes');
      if ((extra['channel_binding'] ?? undefined) !== channelBinding) {
        throw error('CHALLENGE', 'the router binds to another TLS channel than it was asked to');
      }
      return checkRouter(extra).pipe(
        switchMap(() => signCryptosign(seed, messageFor(challenge, channel), crypto)),
        map((signature) => ({ signature })),
      );
    });
  }

  function checkRouter({ pubkey, signature }: Dict): Observable<void> {
    if (router === undefined) return of(undefined);
    const sent = fromHex(pubkey, CRYPTOSIGN_LENGTH);
    if (sent !== undefined && !equal(sent, router.key))
      throw error('CHALLENGE', 'the router has another key than the pinned one');
    return from(verifyCryptosign(router.key, messageFor(router.challenge, channel), signature, crypto)).pipe(
      map((proven) => {
        if (!proven) throw error('CHALLENGE', 'the router did not prove that it holds its key');
        routerProven = true;
      }),
    );
  }

  function verify(): Observable<void> {
    return defer(() => {
      if (!routerProven) throw error('WELCOME', 'the router did not prove that it holds its key');
      return of(undefined);
    });
  }

  return {
    ...claimsOf(options, {
      pubkey: toHex(ed25519PublicKey(seed)),
      ...(channelBinding && { channel_binding: channelBinding }),
      ...(router && { challenge: toHex(router.challenge) }),
    }),
    answer,
    ...(router && { verify }),
  };
}
