import { announces } from '../../protocol/features.js';
import type { Dict } from '../../protocol/message.js';

/** Which of the features that change what a router may send were announced in a client's HELLO. */
export interface PeerFeatures {
  readonly publisher: { readonly passthru: boolean };
  readonly subscriber: { readonly passthru: boolean; readonly revocation: boolean };
  readonly caller: { readonly passthru: boolean; readonly progressiveInvocations: boolean };
  readonly callee: {
    readonly passthru: boolean;
    readonly canceling: boolean;
    readonly progressiveResults: boolean;
    readonly progressiveInvocations: boolean;
    readonly timeout: boolean;
    readonly revocation: boolean;
    readonly reroute: boolean;
  };
}

const ROLES = ['publisher', 'subscriber', 'caller', 'callee'] as const;

/** Whether HELLO.Details announce at least one role of a client. */
export function announcesRole({ roles }: Dict): boolean {
  return typeof roles === 'object' && roles !== null && ROLES.some((role) => Object.hasOwn(roles, role));
}

/**
 * What HELLO.Details announce. A callee that cannot be canceled cannot stream either, so its progressive features do not
 * count.
 *
 * @see WAMP spec, Feature Announcement
 */
export function peerFeatures(details: Dict): PeerFeatures {
  const canceling = announces(details, 'callee', 'call_canceling');
  return {
    publisher: { passthru: announces(details, 'publisher', 'payload_passthru_mode') },
    subscriber: {
      passthru: announces(details, 'subscriber', 'payload_passthru_mode'),
      revocation: announces(details, 'subscriber', 'subscription_revocation'),
    },
    caller: {
      passthru: announces(details, 'caller', 'payload_passthru_mode'),
      progressiveInvocations: announces(details, 'caller', 'progressive_call_invocations'),
    },
    callee: {
      passthru: announces(details, 'callee', 'payload_passthru_mode'),
      canceling,
      progressiveResults: canceling && announces(details, 'callee', 'progressive_call_results'),
      progressiveInvocations: canceling && announces(details, 'callee', 'progressive_call_invocations'),
      timeout: announces(details, 'callee', 'call_timeout'),
      revocation: announces(details, 'callee', 'registration_revocation'),
      reroute: announces(details, 'callee', 'call_reroute'),
    },
  };
}
