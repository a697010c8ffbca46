/**
 * rxwamp: a WAMP v2 client in which everything that changes over time is an RxJS Observable.
 *
 * @packageDocumentation
 */
export { anonymous } from './auth/anonymous.js';
export { AuthenticationError, isAuthenticationError } from './auth/authentication-error.js';
export type { AuthAnswer, AuthAttempt, AuthContext, Authenticator, Claims } from './auth/authenticator.js';
export type { Credential } from './auth/credential.js';
export { ticket, type TicketOptions } from './auth/ticket.js';
export type { CallOptions, Chunk } from './client/calls.js';
export { WampClient, type CloseOptions } from './client/client.js';
export type {
  AnyContract,
  AnyPayload,
  ChunkOf,
  Contract,
  EventOf,
  GapOf,
  HandlerResult,
  InputOf,
  InvocationOf,
  MatchOf,
  ProceduresOf,
  ProcedureUri,
  PublicationOf,
  Rest,
  ResultOf,
  SubjectUri,
  TopicsOf,
  TopicUri,
  ValueOf,
} from './client/contract.js';
export type { Filling, GapContext, GapFill } from './client/gaps/fill.js';
export { isTopicGap, TopicGap } from './client/gaps/gap.js';
export { history, type HistoryOptions } from './client/gaps/history.js';
export { snapshot, type SnapshotOptions } from './client/gaps/snapshot.js';
export { isTopicSnapshot, TopicSnapshot } from './client/gaps/topic-snapshot.js';
export { limitConcurrency, type ConcurrencyOptions } from './client/limit-concurrency.js';
export type {
  OutboxOptions,
  RetryOptions,
  Url,
  WaitingOptions,
  WampClientOptions,
  WritableOptions,
} from './client/options.js';
export type { OutboxStats } from './client/outbox.js';
export { publishFrom, type PublishFromOptions, type Publisher } from './client/publish-from.js';
export type { Publication, PublishOptions } from './client/publishing.js';
export type { RegisterOptions, Registration } from './client/registration.js';
export {
  defineContract,
  type ContractOf,
  type ContractOption,
  type ContractSchemas,
  type DefinedContract,
  type ProcedureSchemas,
  type Schema,
  type SchemaResult,
  type TopicSchemas,
} from './client/schema.js';
export type { ConnectionState } from './client/state.js';
export type { GapPolicy, TopicOptions } from './client/topic-options.js';
export type { SubjectOptions, TopicSubject } from './client/topic-subject.js';
export { value } from './operators/value.js';
export { retryCall } from './operators/retry-call.js';
export { Code, codeName } from './protocol/code.js';
export * from './protocol/errors.js';
export type { ClientRole, Features, Roles, RouterRole } from './protocol/features.js';
export type { Dict, Id, List, MessageOf, Uri, WampMessage } from './protocol/message.js';
export { isPayload, payload, Payload, type PayloadInput } from './protocol/payload.js';
export { CloseUri, ErrorUri } from './protocol/uris.js';
export { json } from './serializers/json.js';
export type { SerializerOptions } from './serializers/options.js';
export type { Frame, Serializer } from './serializers/serializer.js';
export type { CancelMode } from './session/caller.js';
export { WampEvent } from './session/event.js';
export type { HeartbeatOptions } from './session/heartbeat.js';
export { Invocation } from './session/invocation.js';
export type { Passthru, SessionContext } from './session/passthru.js';
export { WampResult } from './session/result.js';
export type { SessionInfo } from './session/session-info.js';
export { batched } from './transports/batched.js';
export type { BatchedSerializer } from './transports/batched-serializer.js';
export {
  Link,
  type CloseReason,
  type LinkOptions,
  type LinkPort,
  type Socket,
  type TransportInfo,
} from './transports/link.js';
export { memoryTransport, linkPair, type MemoryOptions } from './transports/memory.js';
export type { Transport } from './transports/transport.js';
export type { WebSocketConstructor, WebSocketEvent, WebSocketLike } from './transports/websocket-standard.js';
export { webSocketTransport, type WebSocketTransportOptions } from './transports/websocket.js';
