/**
 * One connection for all tabs of an origin, in a shared worker; and connections over message ports.
 *
 * @packageDocumentation
 */
export { acceptPort, type AcceptedPort } from '../transports/message-port-accept.js';
export type { PortEvent, PortLike } from '../transports/message-port-like.js';
export type { LocksLike } from '../transports/message-port-presence.js';
export {
  messagePortTransport,
  type MessagePortOptions,
  type MessagePortTransportOptions,
} from '../transports/message-port.js';
export type { ShareLimits } from './limits.js';
export { SharedConnection, shareConnection, type ShareOptions, type TabScope } from './share-connection.js';
export { sharedWorkerTransport, type SharedWorkerLike } from './shared-worker-transport.js';
