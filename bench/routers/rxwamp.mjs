import { library, libraryVersion } from '../measure/library.mjs';

/** Its limits are raised where a measurement asks for more than a default allows; the bound for slow readers stays. */

const { Router } = await library('router/index.js');
const { listen } = await library('router/node/index.js');

const limits = {
  maxSessions: 50_000,
  maxSubscriptionsPerSession: 200_000,
  maxPendingCallsPerSession: 200_000,
};

/** @type {import('../measure/router.mjs').RouterContestant} */
export default {
  name: 'rxwamp',
  version: libraryVersion,
  async start() {
    const router = new Router({ realms: { realm1: {} }, limits });
    const { port } = await listen(router, { port: 0, maxConnections: 50_000 });
    return { port };
  },
};
