/**
 * An embedded router.
 *
 * @packageDocumentation
 */
export * from '../auth/router/index.js';
export type { Action, AuthorizationDecision, Authorize } from './authorizer.js';
export { ROUTER_LIMITS, type RouterLimits } from './limits.js';
export type { HistoryOptions, RealmOptions, RouterOptions } from './options.js';
export { Router } from './router.js';
export type { SessionDetails } from './session/session-details.js';
export type { RouterStatistics } from './statistics.js';
