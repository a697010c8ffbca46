/**
 * Ways for a client to prove who it is.
 *
 * @packageDocumentation
 */
export { anonymous } from './anonymous.js';
export { AuthenticationError, isAuthenticationError } from './authentication-error.js';
export type { AuthAnswer, AuthAttempt, AuthContext, Authenticator, Claims } from './authenticator.js';
export { cookie } from './cookie.js';
export type { Credential } from './credential.js';
export type { CryptoBytes, CryptoOptions, CryptoSource, SubtleSource } from './crypto/source.js';
export { cryptosign, type CryptosignOptions } from './cryptosign.js';
export type { CryptosignChannelBinding } from './math/cryptosign.js';
export { SCRAM_COST_LIMITS, type ScramCostLimits } from './math/scram-cost.js';
export type { ScramDialectName } from './math/scram-dialect.js';
export { scram, type ScramOptions } from './scram.js';
export { ticket, type TicketOptions } from './ticket.js';
export { tlsCertificate } from './tls.js';
export { wampcra, type WampcraOptions } from './wampcra.js';
