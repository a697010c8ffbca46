import { announce } from '../protocol/features.js';
import type { Dict } from '../protocol/message.js';

/**
 * Every role of a router with every feature the spec knows, for a WELCOME.
 *
 * @see WAMP spec, Feature Announcement
 */
export const ROUTER_ROLES: Dict = {
  broker: {
    reflection: true,
    ...announce(
      'event_history',
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
  },
  dealer: {
    reflection: true,
    ...announce(
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
  },
};

/** Every role of a client with every feature the spec knows, for a HELLO. */
export const CLIENT_ROLES: Dict = {
  publisher: announce(
    'payload_passthru_mode',
    'publisher_exclusion',
    'publisher_identification',
    'sharded_subscription',
    'shareded_subscriptions',
    'subscriber_blackwhite_listing',
  ),
  subscriber: announce(
    'pattern_based_subscription',
    'payload_passthru_mode',
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
    'payload_passthru_mode',
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
    'payload_passthru_mode',
    'progressive_call_invocations',
    'progressive_call_results',
    'registration_revocation',
    'sharded_registration',
    'shared_registration',
  ),
};
