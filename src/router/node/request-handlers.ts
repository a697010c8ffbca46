import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { RequestHandler } from './listener.js';

/** Asks the handlers in turn. False when none of them takes the request. */
export const someTakes = (
  handlers: readonly RequestHandler[],
  request: IncomingMessage,
  response: ServerResponse,
): boolean => handlers.some((handle) => handle(request, response));

/**
 * Puts handlers in front of the listeners a server has for its requests: those get what no handler takes.
 *
 * @returns how to undo it.
 */
export function standInFront(server: Server, handlers: readonly RequestHandler[]): () => void {
  // The event's declaration says what its listeners are.
  const theirs = server.listeners('request') as RequestListener[];
  const ask: RequestListener = (request, response) => {
    if (!someTakes(handlers, request, response))
      for (const listener of theirs) listener.call(server, request, response);
  };
  server.removeAllListeners('request');
  server.on('request', ask);
  return () => {
    server.off('request', ask);
    for (const listener of theirs) server.on('request', listener);
  };
}
