/** The router's half of authentication. */
export { admitAnonymous, type AdmitAnonymousOptions } from './anonymous.js';
export type {
  Accept,
  AuthRequest,
  AuthStep,
  Challenge,
  ClientCertificate,
  Deny,
  Identity,
  RouterAuthenticator,
  TransportInfo,
} from './authenticator.js';
export type { ChallengeOptions } from './challenge.js';
export { CookieStore, type CookieStoreOptions, type RememberedLogin } from './cookie-store.js';
export { checkCookie, type CheckCookieOptions } from './cookie.js';
export {
  checkCryptosign,
  type CheckCryptosignOptions,
  type CryptosignLookup,
  type CryptosignPrincipal,
} from './cryptosign.js';
export type { Lookup, Principal, PrincipalOptions, Principals } from './principals.js';
export { deriveScramCredential, type ScramCredential, type ScramCredentialOptions } from './scram-credential.js';
export { checkScram, type CheckScramOptions, type ScramPrincipal } from './scram.js';
export { checkTicket, type CheckTicketOptions, type TicketPrincipal } from './ticket.js';
export { checkTls, type CheckTlsOptions, type TlsPrincipal } from './tls.js';
export { checkWampcra, type CheckWampcraOptions, type WampcraPrincipal } from './wampcra.js';
export { deriveWampcraSecret, type WampcraSalting } from '../math/wampcra.js';
export type { ScramKdf, ScramDialectName } from '../math/scram-dialect.js';
