export { nodeWebSocketTransport, type NodeWebSocketTransportOptions } from './websocket-transport.js';
export type { NodeWebSocketOptions } from '../transports/websocket.node.js';
export type { CompressionOptions } from '../transports/websocket-compression.node.js';
export { rawSocketTransport, type RawSocketTransportOptions } from '../transports/rawsocket.node.js';
export type {
  ClientTlsOptions,
  RawSocketTarget,
  RawSocketTcpAddress,
  RawSocketUnixAddress,
} from '../transports/rawsocket-dial.node.js';
