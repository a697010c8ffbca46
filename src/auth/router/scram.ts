import { map, of } from 'rxjs';
import type { Dict } from '../../protocol/message.js';
import { equal, fromBase64, toBase64 } from '../crypto/bytes.js';
import { randomBytes, type CryptoOptions } from '../crypto/source.js';
import { saslprep } from '../math/saslprep.js';
import { SCRAM_DIALECTS, type ScramDialect, type ScramDialectName, type ScramKdf } from '../math/scram-dialect.js';
import { isScramProof, scramAuthMessage, scramVerifier, type ScramChannel } from '../math/scram.js';
import type { AuthRequest, AuthStep, RouterAuthenticator } from './authenticator.js';
import { challengeOnce, DENIED, mocking, verdict, type ChallengeOptions, type Mock } from './challenge.js';
import { find, identify, providerOf, type Principal, type PrincipalOptions } from './principals.js';
import { keysOf, SCRAM_COSTS, type ScramCredential } from './scram-credential.js';

const NONCE_LENGTH = 16;
/** RFC 5802: printable, and no comma. */
const NONCE = /^[!-+\--~]{1,256}$/;

/** Someone who joins by SCRAM. */
export type ScramPrincipal = Principal & ScramCredential;

/** Options of {@link checkScram}. */
export interface CheckScramOptions extends PrincipalOptions<ScramPrincipal>, ChallengeOptions, CryptoOptions {
  /** `crossbar` for clients such as Autobahn|Python, which speak their own `scram`. Default: `spec`. */
  readonly dialect?: ScramDialectName;
  /**
   * How the challenge of somebody unknown looks; make it look like your users'. Default: what `deriveScramCredential`
   * uses.
   */
  readonly mock?: { readonly kdf?: ScramKdf; readonly iterations?: number; readonly memory?: number };
  /** Keeps the salts of unknown users the same when the router restarts. Default: random. */
  readonly mockKey?: string;
}

/**
 * Admits those who prove that they know their password, and proves to them that the router does. Somebody unknown is
 * challenged alike, always with the same salt, and refused at the end.
 *
 * @example
 * checkScram({ principals: (authid, realm) => database.credential(realm, authid) })
 * @see WAMP spec, Salted Challenge Response Authentication Mechanism
 */
export function checkScram(options: CheckScramOptions): RouterAuthenticator {
  const dialect = SCRAM_DIALECTS[options.dialect ?? 'spec'];
  const mock = mocking(options.mockKey, options.crypto);
  return {
    method: dialect.method,
    hello(request) {
      const { authid, authextra, transport } = request;
      const clientNonce = authextra['nonce'];
      if (authid === undefined || typeof clientNonce !== 'string' || !NONCE.test(clientNonce)) return of(undefined);
      const channelBinding = channelOf(dialect, authextra, transport.channelBindings);
      if (channelBinding === 'unsupported') return of(DENIED);

      const prepared = saslprep(authid);
      const lookup = prepared === undefined ? of(undefined) : find(options.principals, prepared, request);
      return lookup.pipe(
        map((found) => begin(options, dialect, { request, authid, clientNonce, channelBinding, found, mock })),
      );
    },
  };
}

interface Known {
  readonly request: AuthRequest;
  readonly authid: string;
  readonly clientNonce: string;
  readonly channelBinding: ScramChannel | undefined;
  /** Undefined for somebody unknown. */
  readonly found: ScramPrincipal | undefined;
  readonly mock: Mock;
}

function begin(options: CheckScramOptions, dialect: ScramDialect, known: Known): AuthStep {
  const { authid, clientNonce, channelBinding, found } = known;
  const principal = found ?? mockPrincipal(options, known.mock, authid);
  const { kdf, salt, iterations, memory } = principal;
  const { storedKey, serverKey } = keysOf(principal);
  const nonce = dialect.extendNonce(clientNonce, randomBytes(NONCE_LENGTH, options.crypto));
  if (nonce === undefined) return DENIED;
  const authMessage = scramAuthMessage(dialect, { authid, clientNonce, nonce, salt, iterations, channelBinding });
  const challenge = { nonce, salt, kdf: dialect.kdfs[kdf], iterations, ...dialectMemory(dialect, memory) };

  return challengeOnce(challenge, options, (signature, extra) => {
    const proven = isScramProof(storedKey, authMessage, fromBase64(signature) ?? new Uint8Array());
    const agreed = !dialect.bindsChannel || (extra['nonce'] === nonce && isBoundTo(channelBinding, extra));
    const asked = { authid, authmethod: dialect.method, authprovider: providerOf(options) };
    const identity = identify(principal, asked, { [dialect.verifier]: scramVerifier(serverKey, authMessage) });
    return of(verdict(proven && agreed && found !== undefined ? identity : undefined));
  });
}

/** Where the spec writes null, Autobahn|Python wants nothing. */
const dialectMemory = ({ bindsChannel }: ScramDialect, memory: number | undefined): Dict =>
  memory === undefined && !bindsChannel ? {} : { memory: memory ?? null };

function channelOf(
  { bindsChannel }: ScramDialect,
  { channel_binding: type }: Dict,
  bindings: AuthRequest['transport']['channelBindings'],
): ScramChannel | 'unsupported' | undefined {
  if (!bindsChannel || type === undefined || type === null) return undefined;
  if (type !== 'tls-unique' && type !== 'tls-server-end-point') return 'unsupported';
  const data = bindings?.[type];
  return data === undefined ? 'unsupported' : { type, data };
}

function isBoundTo(
  channelBinding: ScramChannel | undefined,
  { channel_binding: type, cbind_data: data }: Dict,
): boolean {
  if (channelBinding === undefined) return (type ?? undefined) === undefined && (data ?? undefined) === undefined;
  const sent = typeof data === 'string' ? fromBase64(data) : undefined;
  return type === channelBinding.type && sent !== undefined && equal(sent, channelBinding.data);
}

function mockPrincipal({ mock = {} }: CheckScramOptions, mocked: Mock, authid: string): ScramPrincipal {
  const { kdf = 'argon2id13' } = mock;
  return {
    authrole: '',
    kdf,
    ...SCRAM_COSTS[kdf],
    ...mock,
    salt: toBase64(mocked('salt', authid).subarray(0, 16)),
    storedKey: toBase64(mocked('storedKey', authid)),
    serverKey: toBase64(mocked('serverKey', authid)),
  };
}
