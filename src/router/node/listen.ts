import type { LinkAcceptor, Listener, ListenOptions } from './listener.js';
import { PortListener } from './port-listener.js';

/**
 * Lets clients reach a router over WebSocket and RawSocket, on one port. Peers are hostile until they have joined: sizes,
 * counts and times are bounded, and pages of other hosts are refused (`allowedOrigins`).
 *
 * A WebSocket client is answered with HTTP 400 when it offers no subprotocol served here, 403 when its page may not connect,
 * 404 for another path, 426 when it is no WebSocket request, and 503 when there are too many. A RawSocket client is told
 * error code 1 when its serializer is not served, 2 when it accepts too little, 3 when it sets reserved bits, and 4 when
 * there are too many.
 *
 * @returns the listener, once it listens.
 * @throws {UsageError} as a rejection, when the port cannot be had or an option cannot be.
 * @see WAMP spec, WebSocket Transport; RawSocket Transport; Authentication Methods (cookie, tls)
 * @example
 * const router = new Router({ realms: { realm1: {} } });
 * const listener = await listen(router, { port: 8080 });
 * …
 * await listener.close();
 */
export async function listen(router: LinkAcceptor, options: ListenOptions = {}): Promise<Listener> {
  const listener = new PortListener(router, options);
  await listener.start();
  return listener;
}
