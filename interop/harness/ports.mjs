import { createServer, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Free TCP ports of this machine, one for each name. They are all held until all are found, so no two are the same.
 *
 * @template {string} Name
 * @param {readonly Name[]} names
 * @returns {Promise<Record<Name, number>>}
 */
export async function freePorts(names) {
  const servers = await Promise.all(
    names.map(async () => {
      const server = createServer();
      await new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', () => resolve(undefined));
      });
      return server;
    }),
  );
  const ports = servers.map((server) => /** @type {import('node:net').AddressInfo} */ (server.address()).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return /** @type {Record<Name, number>} */ (Object.fromEntries(names.map((name, index) => [name, ports[index]])));
}

/**
 * Waits until something accepts connections there.
 *
 * @param {number | string} where a TCP port of this machine, or the path of a Unix socket
 * @param {{ withinMs: number, gone: () => string | undefined }} options `gone` tells why waiting has become pointless
 * @throws {Error} when nothing did in time, or it is pointless
 */
export async function listens(where, { withinMs, gone }) {
  const end = Date.now() + withinMs;
  for (;;) {
    if (await accepts(where)) return;
    const why = gone();
    if (why !== undefined) throw new Error(why);
    if (Date.now() > end) throw new Error(`nothing listens on ${where} after ${withinMs / 1_000} s`);
    await sleep(100);
  }
}

/** @param {number | string} where */
const accepts = (where) =>
  new Promise((resolve) => {
    const socket = typeof where === 'number' ? connect({ port: where, host: '127.0.0.1' }) : connect({ path: where });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
