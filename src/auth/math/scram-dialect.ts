import { concat, equal, fromBase64, toBase64, utf8 } from '../crypto/bytes.js';
import { saslprep } from './saslprep.js';

/** How passwords are hashed, in our own words; routers of the Crossbar dialect write the second otherwise. */
export type ScramKdf = 'pbkdf2' | 'argon2id13';

/** Which of the two incompatible ways to speak SCRAM over WAMP. */
export type ScramDialectName = 'spec' | 'crossbar';

/** All in which the two dialects differ. */
export interface ScramDialect {
  /** In HELLO.Details.authmethods. */
  readonly method: string;
  /** CHALLENGE.Extra.kdf for each function. */
  readonly kdfs: Readonly<Record<ScramKdf, string>>;
  /** The member of WELCOME.Details.authextra that carries the router's signature. */
  readonly verifier: string;
  /** Whether a TLS channel can be bound, and AUTHENTICATE.Extra repeats what was agreed on. */
  readonly bindsChannel: boolean;
  /** The authid as the signed text has it. */
  escape(authid: string): string;
  /** The `c=` attribute of the signed text. */
  channel(input: Uint8Array): string;
  preparePassword(password: string): string | undefined;
  /** The HMAC key, called SaltedPassword, of what the key derivation function made. */
  saltedPassword(kdf: ScramKdf, derived: Uint8Array): Uint8Array;
  /** The whole nonce: the client's and the router's part together. Undefined when the client's is malformed. */
  extendNonce(clientNonce: string, routerPart: Uint8Array): string | undefined;
  /** Whether a whole nonce begins with the client's and adds to it. */
  isExtension(nonce: string, clientNonce: string): boolean;
}

const spec: ScramDialect = {
  method: 'wamp-scram',
  kdfs: { pbkdf2: 'pbkdf2', argon2id13: 'argon2id13' },
  verifier: 'verifier',
  bindsChannel: true,
  escape: (authid) => authid.replaceAll('=', '=3D').replaceAll(',', '=2C'),
  channel: toBase64,
  preparePassword: saslprep,
  saltedPassword: (_, derived) => derived,
  extendNonce: (clientNonce, routerPart) => clientNonce + toBase64(routerPart),
  isExtension: (nonce, clientNonce) => nonce.length > clientNonce.length && nonce.startsWith(clientNonce),
};

/** As Crossbar.io and Autobahn|Python speak it; none of it is written down in the spec. */
const crossbar: ScramDialect = {
  method: 'scram',
  kdfs: { pbkdf2: 'pbkdf2', argon2id13: 'argon2id-13' },
  verifier: 'scram_server_signature',
  bindsChannel: false,
  escape: (authid) => authid,
  channel: () => '',
  preparePassword: (password) => password,
  saltedPassword: (kdf, derived) => (kdf === 'pbkdf2' ? derived : utf8(toBase64(derived).replace(/=+$/, ''))),
  extendNonce(clientNonce, routerPart) {
    const own = fromBase64(clientNonce);
    return own && toBase64(concat(own, routerPart));
  },
  isExtension(nonce, clientNonce) {
    const [whole, own] = [fromBase64(nonce), fromBase64(clientNonce)];
    return (
      whole !== undefined && own !== undefined && whole.length > own.length && equal(whole.subarray(0, own.length), own)
    );
  },
};

/** The dialects by name. */
export const SCRAM_DIALECTS: Readonly<Record<ScramDialectName, ScramDialect>> = { spec, crossbar };
