import { interop } from '../harness/config.mjs';
import { freePorts } from '../harness/ports.mjs';
import { RouterProcess, scratch } from './router.mjs';

export const FOX_WAMP = 'fox-wamp';

/** A fox-wamp router, not started. */
export async function foxWamp() {
  const ports = await freePorts(['ws', 'auth']);
  return {
    process: new RouterProcess(scratch(), {
      name: FOX_WAMP,
      command: process.execPath,
      args: [`${interop}routers/fox-wamp-server.cjs`, String(ports.ws), String(ports.auth)],
      listensOn: [ports.ws, ports.auth],
    }),
    url: `ws://127.0.0.1:${ports.ws}/`,
    authUrl: `ws://127.0.0.1:${ports.auth}/`,
  };
}
