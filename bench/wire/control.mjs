import { createConnection, createServer } from 'node:net';
import { createInterface } from 'node:readline';

/**
 * How the processes of a measurement talk to each other, beside what is measured: one JSON text a line.
 *
 * @typedef {Record<string, unknown> & { do: string }} Command
 * @typedef {(command: Command) => Promise<any>} Control
 */

/**
 * @param {(command: any) => unknown} handle
 * @returns {Promise<number>} the port it listens on
 */
export function serveControl(handle) {
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    lines(socket, (line) => void answer(line));
    /** @param {string} line */
    const answer = async (line) => {
      const { id, ...command } = JSON.parse(line);
      /** @type {object} */
      let reply;
      try {
        reply = { id, value: await handle(command) };
      } catch (error) {
        reply = { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
      }
      if (!socket.destroyed) socket.write(`${JSON.stringify(reply)}\n`);
    };
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

/**
 * @param {number} port
 * @returns {Control & { close: () => void }}
 */
export function connectControl(port) {
  const socket = createConnection(port, '127.0.0.1');
  socket.setNoDelay(true);
  /** @type {Map<number, { resolve: (value: unknown) => void, reject: (error: Error) => void }>} */
  const pending = new Map();
  let last = 0;
  socket.on('error', (error) => {
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
  });
  lines(socket, (line) => {
    const { id, value, error } = JSON.parse(line);
    const waiting = pending.get(id);
    pending.delete(id);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(new Error(error));
  });
  /** @type {Control} */
  const control = (command) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      pending.set(id, { resolve, reject });
      socket.write(`${JSON.stringify({ id, ...command })}\n`);
    });
  return Object.assign(control, { close: () => void socket.destroy() });
}

/** @param {import('node:net').Socket} socket @param {(line: string) => void} next */
function lines(socket, next) {
  // It repeats the errors of the socket.
  createInterface({ input: socket })
    .on('error', () => undefined)
    .on('line', next);
}
