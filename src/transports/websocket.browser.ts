import { refused, type Dial } from './websocket-dial.js';
import { dialStandard, type WebSocketConstructor } from './websocket-standard.js';

/** Whether its sockets can stop reading. */
export const canPause = false;

/** Dials with the platform's own WebSocket. */
export const dial: Dial = (request, handlers) => {
  const { WebSocket } = globalThis as { readonly WebSocket?: WebSocketConstructor };
  if (WebSocket !== undefined) return dialStandard(WebSocket)(request, handlers);
  handlers.refused(refused(request.url, 'needs a WebSocket, which this platform does not have', true));
  return () => undefined;
};
