import { createRequire } from 'node:module';
import { freePort } from '../measure/router.mjs';

const load = createRequire(import.meta.url);
const Router = load('wamp.rt');

/** @type {import('../measure/router.mjs').RouterContestant} */
export default {
  name: 'wamp.rt',
  version: load('wamp.rt/package.json').version,
  async start() {
    const port = await freePort();
    new Router({ port, host: '127.0.0.1' });
    return { port };
  },
};
