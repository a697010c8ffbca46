import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type AgentOptions } from 'node:https';
import { UsageError } from '../protocol/errors.js';
import * as ErrorUri from '../protocol/error-uris.js';
import type { Transport } from '../transports/transport.js';
import { dialNode, type NodeWebSocketOptions } from '../transports/websocket.node.js';
import { webSocketOver, type WebSocketTransportOptions } from '../transports/websocket.js';

/** Options of {@link nodeWebSocketTransport}. */
export interface NodeWebSocketTransportOptions
  extends Omit<WebSocketTransportOptions, 'WebSocket'>, NodeWebSocketOptions {
  /**
   * As `webSocketTransport` has it; and `ws+unix:<path of the socket>:<path of the request>`, or `wss+unix:`, for a WebSocket
   * over a Unix socket, e.g. `ws+unix:/run/wamp.sock:/ws`. Not with `agent` then.
   */
  readonly url: string;
}

const UNIX = /^(wss?)\+unix:(?:\/\/)?([^:]+)(?::(\/.*))?$/s;

/**
 * As `webSocketTransport`, with what only Node can do: headers, TLS options with client certificates, an agent, Unix sockets,
 * compression.
 *
 * @throws {UsageError} as `webSocketTransport` does, and when both a Unix socket and an agent are given.
 * @see WAMP spec, WebSocket Transport
 * @example
 * const transport = nodeWebSocketTransport({ url: 'wss://router.internal/ws', tls: { ca, cert, key } });
 * const wamp = new WampClient({ transport, realm: 'realm1' });
 */
export function nodeWebSocketTransport({
  headers,
  tls,
  agent,
  perMessageDeflate,
  ...options
}: NodeWebSocketTransportOptions): Transport {
  const unix = UNIX.exec(options.url);
  if (unix === null) return webSocketOver(dialNode({ headers, tls, agent, perMessageDeflate }), options);
  if (agent !== undefined)
    throw new UsageError(ErrorUri.INVALID_ARGUMENT, 'a Unix socket needs no agent', { attempted: 'connect' });
  const [, scheme, socketPath, path = '/'] = unix;
  // The declarations of agents lack `socketPath`, which requests have.
  const to: AgentOptions & { readonly socketPath: string | undefined } = { ...tls, socketPath };
  const dial = dialNode({
    headers,
    tls,
    agent: scheme === 'wss' ? new HttpsAgent(to) : new HttpAgent(to),
    perMessageDeflate,
  });
  const info = { secure: true, peer: `unix:${socketPath}` };
  return webSocketOver(
    (request, handlers) =>
      dial(request, {
        refused: (error) => handlers.refused(error),
        opened: (protocol, connect, known) => handlers.opened(protocol, connect, { ...known, ...info }),
      }),
    { ...options, url: `${scheme}://localhost${path}` },
  );
}
