export { nodeWebSocketTransport, type NodeWebSocketTransportOptions } from './websocket-transport.js';
export type { NodeWebSocketOptions } from '../transports/websocket.node.js';
