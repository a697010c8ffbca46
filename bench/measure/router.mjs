import { createServer } from 'node:net';

/**
 * What every router looks like to a measurement.
 *
 * @typedef {{ cpuUs: number, rssBytes: number }} Usage
 * @typedef {object} Running
 * @property {number} port it listens on, for WebSockets at the path /ws, with a realm `realm1`
 * @property {() => Usage} [usage] of the router; default: of this process
 *
 * @typedef {object} RouterContestant
 * @property {string} name as the file is called
 * @property {string} [label]
 * @property {string} version
 * @property {() => Promise<Running>} start
 */

/** For those that cannot say which one they took. @returns {Promise<number>} */
export const freePort = () =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
