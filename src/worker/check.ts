import { checkFeatures, checkRequest, type Attempted } from '../client/checks.js';
import { isUsageError, UsageError } from '../protocol/errors.js';
import type { Dict, Uri, WampMessage } from '../protocol/message.js';
import * as ErrorUri from '../protocol/error-uris.js';
import { violation, type Member } from './member.js';
import { PASSTHRU } from './relayed-features.js';
import type { Upstream } from './upstream.js';

/** Procedures of the router that mean one session, and would mean all tabs here. */
const OF_ONE_SESSION: ReadonlySet<Uri> = new Set(['wamp.session.add_testament', 'wamp.session.flush_testaments']);

/**
 * What a member asks for, looked at before it goes out under the name of all: a router may end a session for it, and that
 * would be everybody's.
 *
 * @returns the error it is refused with.
 */
export function refusal(upstream: Upstream, attempted: Attempted, uri: Uri, options: Dict): UsageError | undefined {
  try {
    checkRequest(attempted, uri, options);
    checkFeatures(upstream.info, attempted, uri, options);
  } catch (error) {
    if (isUsageError(error)) return error;
    throw error;
  }
  if (attempted !== 'CALL' || !OF_ONE_SESSION.has(uri)) return undefined;
  return new UsageError(
    ErrorUri.FEATURE_NOT_SUPPORTED,
    'a testament would be that of all tabs, which share the session',
    {
      attempted,
      on: uri,
    },
  );
}

/** Whether options or details say that the payload is one binary that is passed on as it is. */
export const isPassthru = ({ ppt_scheme: scheme }: Dict): boolean => typeof scheme === 'string' && scheme !== '';

/**
 * A payload that is passed through has to have been announced, by the member and by the router.
 *
 * @throws {ProtocolViolationError} when it was not.
 */
export function checkPassthru(
  { info }: Upstream,
  [member, role]: readonly [Member, 'publisher' | 'caller' | 'callee'],
  message: WampMessage,
  options: Dict,
): void {
  if (!isPassthru(options)) return;
  const passes = info.supports(role === 'publisher' ? 'broker' : 'dealer', PASSTHRU);
  if (!passes || !member.understands(role, PASSTHRU))
    throw violation(message, 'ppt_scheme, and payload_passthru_mode was not announced');
}
