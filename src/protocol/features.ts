import { isDict } from './dict.js';
import type { Dict } from './message.js';

/** The roles a client can play. */
export type ClientRole = 'publisher' | 'subscriber' | 'caller' | 'callee';
/** The roles a router can play. */
export type RouterRole = 'broker' | 'dealer';
/** What a peer announces of one role: feature name → implemented. */
export type Features = Readonly<Record<string, boolean>>;
/** What a peer announces: role → features. */
export type Roles = Readonly<Partial<Record<ClientRole | RouterRole, { readonly features?: Features }>>>;

/** Other spellings seen in the spec and in the field, by the name used here. */
const ALIASES: ReadonlyMap<string, readonly string[]> = new Map([['call_canceling', ['call_cancelling']]]);

/**
 * Whether a peer announced a feature in its HELLO or WELCOME details. Anything but `true` counts as not announced.
 *
 * @see WAMP spec, Agent Identification / Feature Announcement
 */
export function announces(details: Dict, role: ClientRole | RouterRole, feature: string): boolean {
  const roles = details['roles'];
  const announced = isDict(roles) ? roles[role] : undefined;
  const features = isDict(announced) ? announced['features'] : undefined;
  if (!isDict(features)) return false;
  return features[feature] === true || (ALIASES.get(feature) ?? []).some((alias) => features[alias] === true);
}

/** A role object for HELLO or WELCOME that announces the named features. */
export const announce = (...features: readonly string[]): { readonly features: Features } => ({
  features: Object.fromEntries(features.map((feature) => [feature, true])),
});
