/**
 * rxwamp in Angular: providers, signals, resources, interceptors and a route guard.
 *
 * @packageDocumentation
 */
export { injectWamp } from './connections.js';
export type { WampContextOptions } from './context.js';
export type {
  AnyWampClient,
  ApiOf,
  ClientNamed,
  ContractNamed,
  ProcedureIn,
  TopicIn,
  WampConnection,
  WampContracts,
} from './contracts.js';
export { withAuth, withContract, withInterceptors, withName, type WampFeature } from './features.js';
export type { Reactive } from './follow.js';
export { wampSessionGuard, type WampSessionGuardOptions } from './guard.js';
export { injectCall, type CallConfig, type CallRef, type CallStatus } from './inject-call.js';
export { injectConnection } from './inject-connection.js';
export {
  injectRegistration,
  type RegistrationConfig,
  type RegistrationRef,
  type RegistrationStatus,
} from './inject-registration.js';
export {
  injectTopic,
  type ExactTopicOptions,
  type PatternConfig,
  type PatternTopicOptions,
  type TopicConfig,
  type TopicRef,
  type TopicStatus,
} from './inject-topic.js';
export type {
  WampCallRequest,
  WampInterceptorFn,
  WampNextFn,
  WampPublishRequest,
  WampRegisterRequest,
  WampRequest,
  WampResponse,
  WampResponses,
  WampSubscribeRequest,
} from './interceptor.js';
export { provideWamp, type WampOptions } from './provide.js';
export {
  wampResource,
  type WampCallResourceOptions,
  type WampResourceOptions,
  type WampTopicResourceOptions,
} from './resource.js';
export { WampClient } from './token.js';
