import type { Transport } from '../transports/transport.js';
import { dialNode, type NodeWebSocketOptions } from '../transports/websocket.node.js';
import { webSocketOver, type WebSocketTransportOptions } from '../transports/websocket.js';

/** Options of {@link nodeWebSocketTransport}. */
export interface NodeWebSocketTransportOptions
  extends Omit<WebSocketTransportOptions, 'WebSocket'>, NodeWebSocketOptions {}

/**
 * As `webSocketTransport`, with what only Node can do: headers, TLS options, an agent.
 *
 * @throws {UsageError} as `webSocketTransport` does.
 * @see WAMP spec, WebSocket Transport
 * @example
 * const transport = nodeWebSocketTransport({ url: 'wss://router.internal/ws', tls: { ca: readFileSync('ca.pem') } });
 * const wamp = new WampClient({ transport, realm: 'realm1' });
 */
export function nodeWebSocketTransport({ headers, tls, agent, ...options }: NodeWebSocketTransportOptions): Transport {
  return webSocketOver(dialNode({ headers, tls, agent }), options);
}
