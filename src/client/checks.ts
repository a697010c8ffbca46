import * as ErrorUri from '../protocol/error-uris.js';
import { UsageError } from '../protocol/errors.js';
import { wrongKey } from '../protocol/known-keys.js';
import type { Dict, Uri } from '../protocol/message.js';
import { shardKeyFault } from '../protocol/shard-key.js';
import { isReserved, isUri, matchPolicy } from '../protocol/uri.js';
import type { SessionInfo } from '../session/session-info.js';

/** What a client may ask a router for. */
export type Attempted = 'PUBLISH' | 'SUBSCRIBE' | 'REGISTER' | 'CALL';

/**
 * Refuses what no router would take, before anything is sent: an option of the wrong type, a malformed URI.
 *
 * @throws {UsageError} with `wamp.error.invalid_argument` or `wamp.error.invalid_uri`.
 * @see WAMP spec, URIs
 */
export function checkRequest(attempted: Attempted, uri: Uri, options: Dict): void {
  const wrong = wrongKey(attempted, options) ?? shardKeyFault(options, 'nkey') ?? shardKeyFault(options, 'rkey');
  if (wrong !== undefined)
    throw new UsageError(ErrorUri.INVALID_ARGUMENT, `the option ${wrong}`, { attempted, on: uri });
  const match = matchPolicy(options['match']) ?? 'exact';
  if (typeof uri !== 'string' || !isUri(uri, match)) {
    throw new UsageError(
      ErrorUri.INVALID_URI,
      `not a well-formed URI${match === 'exact' ? '' : ` for match ${match}`}`,
      { attempted, on: uri },
    );
  }
  if ((attempted === 'PUBLISH' || attempted === 'REGISTER') && isReserved(uri)) {
    throw new UsageError(ErrorUri.INVALID_URI, 'the namespace wamp is the router’s own', { attempted, on: uri });
  }
}

/** The feature each option needs the router to have, by what is attempted. */
const NEEDS: Readonly<
  Record<Attempted, { readonly role: 'broker' | 'dealer'; readonly options: Readonly<Record<string, string>> }>
> = {
  PUBLISH: {
    role: 'broker',
    options: {
      exclude: 'subscriber_blackwhite_listing',
      exclude_authid: 'subscriber_blackwhite_listing',
      exclude_authrole: 'subscriber_blackwhite_listing',
      eligible: 'subscriber_blackwhite_listing',
      eligible_authid: 'subscriber_blackwhite_listing',
      eligible_authrole: 'subscriber_blackwhite_listing',
      disclose_me: 'publisher_identification',
      retain: 'event_retention',
      rkey: 'sharded_subscription',
    },
  },
  SUBSCRIBE: {
    role: 'broker',
    options: { match: 'pattern_based_subscription', get_retained: 'event_retention', nkey: 'sharded_subscription' },
  },
  REGISTER: { role: 'dealer', options: { match: 'pattern_based_registration', invoke: 'shared_registration' } },
  CALL: {
    role: 'dealer',
    options: {
      receive_progress: 'progressive_call_results',
      progress: 'progressive_call_invocations',
      disclose_me: 'caller_identification',
      runmode: 'sharded_registration',
      rkey: 'sharded_registration',
    },
  },
};

/** Values that ask for nothing beyond the Basic Profile. */
const BASIC: ReadonlySet<unknown> = new Set([undefined, null, false, 'exact', 'single']);

/**
 * Refuses an option whose feature the router did not announce, before anything is sent.
 *
 * @throws {UsageError} with `wamp.error.feature_not_supported`.
 * @see WAMP spec, Feature Announcement
 */
export function checkFeatures(session: SessionInfo, attempted: Attempted, on: Uri, options: Dict): void {
  const needs = NEEDS[attempted];
  for (const key in options) {
    const feature = needs.options[key];
    if (feature === undefined || BASIC.has(options[key]) || session.supports(needs.role, feature)) continue;
    const what = `the router does not announce ${feature}, which ${key} needs`;
    throw new UsageError(ErrorUri.FEATURE_NOT_SUPPORTED, what, { attempted, on });
  }
}
