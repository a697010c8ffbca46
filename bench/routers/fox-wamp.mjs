import { createRequire } from 'node:module';
import { freePort } from '../measure/router.mjs';

const load = createRequire(import.meta.url);
const Router = load('fox-wamp');

/** @type {import('../measure/router.mjs').RouterContestant} */
export default {
  name: 'fox-wamp',
  version: load('fox-wamp/package.json').version,
  async start() {
    const port = await freePort();
    new Router().listenWAMP({ port, host: '127.0.0.1', backlog: 4096 });
    return { port };
  },
};
