import { announce, type Roles } from '../protocol/features.js';

/**
 * What the router announces in WELCOME: exactly the features it has.
 *
 * @param keepsHistory whether the realm keeps events of any topic.
 * @see WAMP spec, Feature Announcement
 */
export const routerRoles = (keepsHistory: boolean): Roles => ({
  broker: announce(
    ...(keepsHistory ? ['event_history'] : []),
    'event_retention',
    'pattern_based_subscription',
    'payload_passthru_mode',
    'publication_trustlevels',
    'publisher_exclusion',
    'publisher_identification',
    'session_meta_api',
    'subscriber_blackwhite_listing',
    'subscription_meta_api',
    'subscription_revocation',
  ),
  dealer: announce(
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
