import type { Authenticator } from '../auth/authenticator.js';
import * as ErrorUri from '../protocol/error-uris.js';
import { isConnectionRefusedError, isRxWampError } from '../protocol/errors.js';

/** Refusals that fresh credentials could mend. */
const OF_CREDENTIALS: ReadonlySet<string | undefined> = new Set([
  ErrorUri.NOT_AUTHORIZED,
  ErrorUri.AUTHORIZATION_DENIED,
  ErrorUri.AUTHENTICATION_DENIED,
  ErrorUri.AUTHENTICATION_FAILED,
]);

/**
 * Whether an attempt failed for what another attempt cannot mend. Refused credentials that are asked for afresh at every
 * attempt are given one more chance: it is the same refusal twice in a row that ends it. So is the transport's refusal
 * (an HTTP 400, say) where there has been a session before: what worked may have met a proxy's bad moment.
 */
export function isFatal(
  error: unknown,
  previous: unknown,
  auth: readonly Authenticator[],
  hadSession: boolean,
): boolean {
  if (!isRxWampError(error)) return false;
  if (error.name === 'UsageError' || error.name === 'SerializationError' || error.name === 'AuthenticationError')
    return true;
  if (!isConnectionRefusedError(error) || !error.fatal) return false;
  if (error.reason === undefined && hadSession) return isConnectionRefusedError(previous) && previous.fatal;
  if (!OF_CREDENTIALS.has(error.reason) || !auth.some(({ renewable }) => renewable === true)) return true;
  return isConnectionRefusedError(previous) && previous.reason === error.reason;
}
