import { forkJoin, from, map, of, switchMap, type Observable, type ObservableInput } from 'rxjs';
import type { Dict } from '../../protocol/message.js';
import { ask, type Credential } from '../credential.js';
import { fromHex, toHex } from '../crypto/bytes.js';
import { ed25519PublicKey } from '../crypto/ed25519.js';
import { randomBytes, type CryptoOptions } from '../crypto/source.js';
import {
  channelId,
  CRYPTOSIGN_LENGTH,
  isCryptosignChannelBinding,
  messageFor,
  signCryptosign,
  verifyCryptosign,
} from '../math/cryptosign.js';
import type { AuthRequest, RouterAuthenticator } from './authenticator.js';
import { challengeOnce, verdict, type ChallengeOptions } from './challenge.js';
import { identify, once, providerOf, type Principal } from './principals.js';

/** Someone who joins by cryptosign. */
export interface CryptosignPrincipal extends Principal {
  /** Their public keys, 64 hexadecimal digits each. */
  readonly authorizedKeys: readonly string[];
}

/**
 * Looks someone up by the authid they ask for, or by their key alone if they ask for none. The key is in lower case.
 */
export type CryptosignLookup = (
  authid: string | undefined,
  realm: string,
  publicKey: string,
  request: AuthRequest,
) => ObservableInput<CryptosignPrincipal | undefined>;

/** Options of {@link checkCryptosign}. */
export interface CheckCryptosignOptions extends ChallengeOptions, CryptoOptions {
  readonly principals: Readonly<Record<string, CryptosignPrincipal>> | CryptosignLookup;
  /**
   * WELCOME.Details.authprovider. Default: `dynamic` where principals are looked up, `static` where they are listed.
   */
  readonly authprovider?: string;
  /**
   * The router's own Ed25519 seed, 32 bytes or 64 hexadecimal digits, with which it proves itself to clients that ask
   * for it. Keep the key for this purpose alone: it signs what any client says. Default: no proof.
   */
  readonly privateKey?: Credential<string | Uint8Array>;
}

/**
 * Admits those who sign a challenge with their key. Somebody unknown is challenged alike and refused at the end. Who
 * asks for a TLS channel binding that the transport cannot give is challenged without, and may decide to leave.
 *
 * @example
 * checkCryptosign({ principals: { client01: { authrole: 'device', authorizedKeys: ['545efb0a…ad9122'] } } })
 * @see WAMP spec, Cryptosign-based Authentication
 */
export function checkCryptosign(options: CheckCryptosignOptions): RouterAuthenticator {
  const { crypto } = options;
  return {
    method: 'cryptosign',
    hello(request) {
      const publicKey = fromHex(request.authextra['pubkey'], CRYPTOSIGN_LENGTH);
      if (publicKey === undefined) return of(undefined);
      const key = toHex(publicKey);
      const { channelBinding, channel } = channelOf(request);
      const challenge = randomBytes(CRYPTOSIGN_LENGTH, crypto);

      return forkJoin([find(options.principals, key, request), prove(options, request, channel)]).pipe(
        map(([principal, proof]) =>
          challengeOnce(
            { challenge: toHex(challenge), channel_binding: channelBinding ?? null, ...proof },
            options,
            (answer) =>
              from(verifyCryptosign(publicKey, messageFor(challenge, channel), answer, crypto)).pipe(
                map((signed) => verdict(signed ? identityOf(options, key, principal, request) : undefined)),
              ),
          ),
        ),
      );
    },
  };
}

/** The principal with that key, if its authid is the one asked for or none is. */
function find(
  principals: CheckCryptosignOptions['principals'],
  publicKey: string,
  request: AuthRequest,
): Observable<CryptosignPrincipal | undefined> {
  const { authid: asked, realm } = request;
  if (typeof principals === 'function') return once(() => principals(asked, realm, publicKey, request));
  const found = Object.entries(principals).find(
    ([authid, principal]) => (asked ?? authid) === authid && isAuthorized(publicKey, principal),
  );
  return of(found && { authid: found[0], ...found[1] });
}

const isAuthorized = (publicKey: string, { authorizedKeys }: CryptosignPrincipal): boolean =>
  authorizedKeys.some((key) => key.toLowerCase() === publicKey);

function identityOf(
  options: CheckCryptosignOptions,
  publicKey: string,
  principal: CryptosignPrincipal | undefined,
  request: AuthRequest,
) {
  if (principal === undefined || !isAuthorized(publicKey, principal)) return undefined;
  const asked = { authid: request.authid ?? publicKey, authmethod: 'cryptosign', authprovider: providerOf(options) };
  return identify(principal, asked);
}

/** The binding the client asks for, if the transport can give it. */
function channelOf({ authextra, transport }: AuthRequest) {
  const channelBinding = authextra['channel_binding'];
  const channel = isCryptosignChannelBinding(channelBinding)
    ? channelId(channelBinding, transport.channelBindings)
    : undefined;
  return { channel, channelBinding: channel && channelBinding };
}

/** The router's answer to the client's own challenge, for CHALLENGE.Extra; nothing where there was none. */
function prove(
  { privateKey, crypto }: CheckCryptosignOptions,
  { authextra }: AuthRequest,
  channel: Uint8Array | undefined,
): Observable<Dict> {
  const challenge = fromHex(authextra['challenge'], CRYPTOSIGN_LENGTH);
  if (challenge === undefined || privateKey === undefined) return of({});
  return ask(privateKey, noKey).pipe(
    switchMap(async (key) => {
      const seed = typeof key === 'string' ? fromHex(key, CRYPTOSIGN_LENGTH) : key;
      if (seed?.length !== CRYPTOSIGN_LENGTH) throw noKey();
      const signature = await signCryptosign(seed, messageFor(challenge, channel), crypto);
      return { pubkey: toHex(ed25519PublicKey(seed)), signature };
    }),
  );
}

const noKey = (): Error => new TypeError("the router's private key is not a seed of 32 bytes");
