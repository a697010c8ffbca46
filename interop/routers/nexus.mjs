import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configuration } from '../harness/config.mjs';
import { freePorts } from '../harness/ports.mjs';
import { RouterProcess, scratch } from './router.mjs';

export const NEXUS = 'nexus';

/**
 * A nexus router, not started: its own program `nexusd`, and beside it one that knows users.
 *
 * @param {{ nexusd: string, authrouter: string }} programs
 */
export async function nexus({ nexusd, authrouter }) {
  const ports = await freePorts(['ws', 'raw', 'auth']);
  const folder = scratch();
  const unix = join(folder, 'wamp.sock');
  writeFileSync(join(folder, 'nexus.json'), configuration('nexus.json', { ...ports, unix }));
  return {
    process: new RouterProcess(folder, {
      name: NEXUS,
      command: nexusd,
      args: ['-c', 'nexus.json'],
      listensOn: [ports.ws, ports.raw, unix],
    }),
    auth: new RouterProcess(scratch(), {
      name: `${NEXUS} with users`,
      command: authrouter,
      args: ['-ws', `127.0.0.1:${ports.auth}`],
      listensOn: [ports.auth],
    }),
    url: `ws://127.0.0.1:${ports.ws}/`,
    authUrl: `ws://127.0.0.1:${ports.auth}/`,
    raw: { host: '127.0.0.1', port: ports.raw },
    unix,
  };
}
