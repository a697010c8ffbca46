import { isDict } from './dict.js';
import type { Dict } from './message.js';

/** The roles a client can play. */
export type ClientRole = 'publisher' | 'subscriber' | 'caller' | 'callee';
/** The roles a router can play. */
export type RouterRole = 'broker' | 'dealer';
/** What a peer announces of one role: feature name → implemented. */
export type Features = Readonly<Record<string, boolean>>;
/** What a peer announces: role → features, and beside those of a router's roles `reflection`, which the spec puts there. */
export type Roles = Readonly<
  Partial<Record<ClientRole | RouterRole, { readonly features?: Features; readonly reflection?: boolean }>>
>;

/** Other spellings seen in the spec and in the field, by the name used here. */
const ALIASES: ReadonlyMap<string, readonly string[]> = new Map([
  ['call_canceling', ['call_cancelling']],
  ['sharded_subscription', ['sharded_subscriptions', 'shareded_subscriptions']],
]);

/**
 * Whether a peer announced a feature in its HELLO or WELCOME details. Anything but `true` counts as not announced.
 * `reflection` stands beside the features by the spec, and among them in the field.
 *
 * @see WAMP spec, Agent Identification / Feature Announcement
 */
export function announces(details: Dict, role: ClientRole | RouterRole, feature: string): boolean {
  const roles = details['roles'];
  const announced = isDict(roles) ? roles[role] : undefined;
  if (!isDict(announced)) return false;
  if (feature === 'reflection' && announced[feature] === true) return true;
  const { features } = announced;
  if (!isDict(features)) return false;
  return features[feature] === true || (ALIASES.get(feature) ?? []).some((alias) => features[alias] === true);
}

/** A role object for HELLO or WELCOME that announces the named features. */
export const announce = (...features: readonly string[]): { readonly features: Features } => ({
  features: Object.fromEntries(features.map((feature) => [feature, true])),
});
