import { announce, type Roles } from '../protocol/features.js';

/**
 * What this client announces in HELLO: exactly the features it has. Sharded subscriptions as the field spells them and as the
 * spec misspells them, because peers look for one or the other.
 *
 * @see WAMP spec, Feature Announcement
 */
export const CLIENT_ROLES: Roles = {
  publisher: announce(
    'publisher_exclusion',
    'publisher_identification',
    'sharded_subscription',
    'shareded_subscriptions',
    'subscriber_blackwhite_listing',
  ),
  subscriber: announce(
    'pattern_based_subscription',
    'publication_trustlevels',
    'publisher_identification',
    'sharded_subscription',
    'shareded_subscriptions',
    'subscription_revocation',
  ),
  caller: announce(
    'call_canceling',
    'call_timeout',
    'caller_identification',
    'progressive_call_invocations',
    'progressive_call_results',
    'sharded_registration',
  ),
  callee: announce(
    'call_canceling',
    'call_reroute',
    'call_timeout',
    'call_trustlevels',
    'caller_identification',
    'pattern_based_registration',
    'progressive_call_invocations',
    'progressive_call_results',
    'registration_revocation',
    'sharded_registration',
    'shared_registration',
  ),
};

/** The same of a client that packs payloads: every role passes them on. */
export const PACKING_CLIENT_ROLES: Roles = Object.fromEntries(
  Object.entries(CLIENT_ROLES).map(([role, { features }]) => [
    role,
    { features: { ...features, payload_passthru_mode: true } },
  ]),
);
