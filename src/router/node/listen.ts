import type { LinkAcceptor, Listener, ListenOptions } from './listener.js';
import { WebSocketListener } from './websocket-listener.js';

/**
 * Lets clients reach a router over WebSocket. Peers are hostile until they have joined: sizes, counts and times are
 * bounded, and pages of other hosts are refused (`allowedOrigins`).
 *
 * A client is answered with HTTP 400 when it offers no subprotocol served here, 403 when its page may not connect, 404
 * for another path, 426 when it is no WebSocket request, and 503 when there are too many.
 *
 * @returns the listener, once it listens.
 * @throws {UsageError} as a rejection, when the port cannot be had or an option cannot be.
 * @see WAMP spec, WebSocket Transport; Authentication Methods (cookie)
 * @example
 * const router = new Router({ realms: { realm1: {} } });
 * const listener = await listen(router, { port: 8080 });
 * …
 * await listener.close();
 */
export async function listen(router: LinkAcceptor, options: ListenOptions = {}): Promise<Listener> {
  const listener = new WebSocketListener(router, options);
  await listener.start();
  return listener;
}
