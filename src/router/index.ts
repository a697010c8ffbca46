/**
 * An embedded router.
 *
 * @packageDocumentation
 */
export * from '../auth/router/index.js';
export { authorizeByProcedure, type AuthorizeByProcedureOptions } from './authorization/procedure.js';
export type { RealmCalls } from './authorization/realm-calls.js';
export { authorizeBy, type AuthorizationRule } from './authorization/rules.js';
export type { Action, AuthorizationDecision, Authorize, RealmAuthorizer } from './authorizer.js';
export { ROUTER_LIMITS, type RouterLimits } from './limits.js';
export type { HistoryOptions, RealmOptions, RouterOptions } from './options.js';
export type { InterfaceDefinition, InterfaceKind, InterfaceSchema } from '../protocol/reflection.js';
export type { RealmInterfaces } from './reflection/interfaces.js';
export { Router } from './router.js';
export type { SessionDetails } from './session/session-details.js';
export type { SlowConsumerOptions } from './slow-consumer.js';
export type { Counts, RealmStatistics, RouterStatistics } from './statistics.js';
