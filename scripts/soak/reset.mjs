/** @import { Socket } from 'node:net' */

/**
 * Ends a socket by RST. While its FIN is on the way Node cannot, and would keep the handle for ever: then it is just closed,
 * which is RST as well as soon as the other end says something.
 *
 * @param {Socket} socket
 */
export function reset(socket) {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}
