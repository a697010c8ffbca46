import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { codecs } from '../wire/codecs.mjs';
import { serveControl } from '../wire/control.mjs';
import { ScriptedSession } from './session.mjs';

/**
 * The scripted peer, a process of its own: answers a handshake, then does what it is told over its control port, as fast as
 * the socket takes it. A client is known by the realm it joins.
 */

/** @type {Map<string, ScriptedSession>} */
const sessions = new Map();

/** How long who is gone may take to come back. */
const FORGET_MS = 5_000;

setInterval(() => {
  for (const [realm, session] of sessions) if (session.isGoneFor(FORGET_MS)) sessions.delete(realm);
}, 1_000).unref();

/** @param {string} realm */
const sessionOf = (realm) => {
  const session = sessions.get(realm) ?? new ScriptedSession();
  sessions.set(realm, session);
  return session;
};

const server = createServer();
server.on('connection', (socket) => acceptedAt.set(socket, process.hrtime.bigint()));
/** @type {WeakMap<object, bigint>} */
const acceptedAt = new WeakMap();

server.on('upgrade', (request, stream, head) => {
  const socket = /** @type {import('node:net').Socket} */ (stream);
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const codec = Object.values(codecs).find(({ subprotocol }) => offered.includes(subprotocol));
  if (codec === undefined) {
    socket.end('HTTP/1.1 400 No such subprotocol\r\n\r\n');
    return;
  }
  const accept = createHash('sha1')
    .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  socket.setNoDelay(true);
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: ${codec.subprotocol}\r\n\r\n`,
  );
  ScriptedSession.handshake(socket, codec, head, acceptedAt.get(socket) ?? 0n, sessionOf);
});

server.listen(0, '127.0.0.1', async () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const control = await serveControl((command) => {
    return sessionOf(command.realm).handle(command);
  });
  process.send?.({ port, control });
});

process.on('disconnect', () => process.exit());
