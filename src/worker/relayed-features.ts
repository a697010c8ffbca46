import { isDict } from '../protocol/dict.js';
import { announces, type ClientRole, type Features, type Roles } from '../protocol/features.js';
import type { Dict } from '../protocol/message.js';

/** The feature of payloads that routers pass on unread. */
export const PASSTHRU = 'payload_passthru_mode';

/** The router's features that hold for one of many who share a session just as for one who has it alone. */
const RELAYED = {
  broker: [
    'event_history',
    'event_retention',
    'pattern_based_subscription',
    PASSTHRU,
    'publication_trustlevels',
    'publisher_exclusion',
    'publisher_identification',
    'session_meta_api',
    'sharded_subscription',
    'subscriber_blackwhite_listing',
    'subscription_meta_api',
    'subscription_revocation',
  ],
  dealer: [
    'call_canceling',
    'call_timeout',
    'call_trustlevels',
    'caller_identification',
    'pattern_based_registration',
    PASSTHRU,
    'progressive_call_invocations',
    'progressive_call_results',
    'registration_meta_api',
    'registration_revocation',
    'session_meta_api',
    'shared_registration',
  ],
} as const;

/** WELCOME.Details for those who share the session: the router's, with those of its features that are passed on. */
export function relayedDetails(details: Dict): Dict {
  const featuresOf = (role: 'broker' | 'dealer'): { readonly features: Features } => ({
    features: Object.fromEntries(
      RELAYED[role].filter((feature) => announces(details, role, feature)).map((feature) => [feature, true]),
    ),
  });
  const roles: Roles = { broker: featuresOf('broker'), dealer: featuresOf('dealer') };
  return { ...details, roles };
}

const ROLES: readonly ClientRole[] = ['publisher', 'subscriber', 'caller', 'callee'];

/** HELLO.Details of a client that passes on what others pack: which of them can, they say in their own. */
export function packingDetails(hello: Dict): Dict {
  const { roles } = hello;
  if (!isDict(roles)) return hello;
  const packing = ROLES.filter((role) => isDict(roles[role])).map((role) => {
    const { [role]: announced } = roles;
    const features = isDict(announced) && isDict(announced['features']) ? announced['features'] : {};
    return [role, { features: { ...features, [PASSTHRU]: true } }];
  });
  return { ...hello, roles: { ...roles, ...Object.fromEntries(packing) } };
}
