import { asyncScheduler, of, type Observable } from 'rxjs';
import * as ErrorUri from '../../protocol/error-uris.js';
import type { Dict } from '../../protocol/message.js';
import { hmacSha256 } from '../crypto/sha256.js';
import { utf8 } from '../crypto/bytes.js';
import { randomBytes, type CryptoSource } from '../crypto/source.js';
import type { AuthStep, Challenge, Deny, Identity } from './authenticator.js';

/** What every method with a challenge takes. */
export interface ChallengeOptions {
  /** How long a challenge may be answered, in milliseconds. Default 60,000. */
  readonly challengeTtlMs?: number;
}

/** The one answer to whatever is wrong, so that nothing can be learnt from it. */
export const DENIED: Deny = { deny: ErrorUri.AUTHENTICATION_DENIED, message: 'authentication failed' };

/** {@link DENIED} unless somebody was identified. */
export const verdict = (identity: Identity | undefined): AuthStep =>
  identity === undefined ? DENIED : { accept: identity };

/** A challenge good for one answer within its time. */
export function challengeOnce(
  extra: Dict,
  { challengeTtlMs = 60_000 }: ChallengeOptions,
  check: (signature: string, extra: Dict) => Observable<AuthStep>,
): Challenge {
  // The scheduler's clock, for it is the one that virtual time moves.
  const deadline = asyncScheduler.now() + challengeTtlMs;
  let spent = false;
  return {
    challenge: extra,
    answer(signature, answerExtra) {
      if (spent || asyncScheduler.now() > deadline) return of(DENIED);
      spent = true;
      return check(signature, answerExtra);
    },
  };
}

/** Bytes that look random, and are the same for the same label and authid as long as the key is the same. */
export type Mock = (label: string, authid: string) => Uint8Array;

/** Makes what a challenge for somebody unknown is filled with, so that it looks like that of somebody known. */
export function mocking(mockKey: string | undefined, crypto: CryptoSource | undefined): Mock {
  let key = mockKey === undefined ? undefined : utf8(mockKey);
  return (label, authid) => hmacSha256((key ??= randomBytes(32, crypto)), utf8(JSON.stringify([label, authid])));
}
