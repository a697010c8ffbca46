/**
 * The meta API: what a router tells of the sessions, subscriptions and registrations of a realm.
 *
 * @packageDocumentation
 */
export type {
  Created,
  IdsByMatch,
  Killed,
  RegistrationChange,
  RegistrationDetails,
  SessionDetails,
  SessionLeft,
  StoredEvent,
  SubscriptionChange,
  SubscriptionDetails,
} from './details.js';
export type { Sessions } from './live-sessions.js';
export { meta, type Meta } from './meta.js';
export type { InterfaceDefinition, InterfaceKind, InterfaceSchema } from '../../protocol/reflection.js';
export type { InterfaceChange, InterfaceDescription } from './reflection-details.js';
export type { ReflectionMeta } from './reflection-meta.js';
export type { RegistrationMeta } from './registration-meta.js';
export type { KillOptions, SessionMeta, TestamentOptions, TestamentScope } from './session-meta.js';
export type { HistoryFilters, SubscriptionMeta } from './subscription-meta.js';
