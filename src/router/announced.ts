import { announce, type Roles } from '../protocol/features.js';

/** A role object with the one feature that the spec puts beside the others. */
const reflecting = (...features: readonly string[]): ReturnType<typeof announce> & { readonly reflection: true } => ({
  ...announce(...features),
  reflection: true,
});

/**
 * What the router announces in WELCOME: exactly the features it has. Sharded subscriptions as the field spells them and as the
 * spec misspells them, because peers look for one or the other.
 *
 * @param keepsHistory whether the realm keeps events of any topic.
 * @see WAMP spec, Feature Announcement
 */
export const routerRoles = (keepsHistory: boolean): Roles => ({
  broker: reflecting(
    ...(keepsHistory ? ['event_history'] : []),
    'event_retention',
    'pattern_based_subscription',
    'payload_passthru_mode',
    'publication_trustlevels',
    'publisher_exclusion',
    'publisher_identification',
    'session_meta_api',
    'sharded_subscription',
    'shareded_subscriptions',
    'subscriber_blackwhite_listing',
    'subscription_meta_api',
    'subscription_revocation',
  ),
  dealer: reflecting(
    'call_canceling',
    'call_reroute',
    'call_timeout',
    'call_trustlevels',
    'caller_identification',
    'pattern_based_registration',
    'payload_passthru_mode',
    'progressive_call_invocations',
    'progressive_call_results',
    'registration_meta_api',
    'registration_revocation',
    'session_meta_api',
    'sharded_registration',
    'shared_registration',
    'testament_meta_api',
  ),
});
