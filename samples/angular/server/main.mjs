// @ts-check
/**
 * Starts the router, the back end and the web server, and starts the router again two seconds after it was killed.
 *
 *     npm run sample:angular                             from the root of the repository: builds all, then starts
 *     node server/main.mjs --port 4200 --router-port 8080 --restart-after 2000
 *
 * `--json` tells the URLs as one line of JSON. With `--on-demand` the router starts, and starts again, only when the parent
 * process says so: each of its messages starts it once.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BehaviorSubject, defer, first, repeat, retry, switchMap, timer } from 'rxjs';
import { child } from './child.mjs';
import { serveApp } from './web.mjs';

const { values: args } = parseArgs({
  options: {
    port: { type: 'string', default: '4200' },
    'router-port': { type: 'string', default: '8080' },
    'on-demand': { type: 'boolean', default: false },
    'restart-after': { type: 'string', default: '2000' },
    json: { type: 'boolean', default: false },
  },
});

const folder = join(import.meta.dirname, '../dist/browser');
if (!existsSync(join(folder, 'index.html'))) {
  console.error('The application is not built: npm run sample:angular, from the root of the repository, builds it.');
  process.exit(1);
}

const say = (/** @type {string} */ text) => {
  if (!args.json) console.log(text);
};
const env = { FARM_BACKEND_SECRET: randomUUID() };
const routerPort = args['router-port'] === '0' ? await freePort() : Number(args['router-port']);
const routerUrl = `ws://127.0.0.1:${routerPort}/ws`;

/** How often the parent process has asked for the router. */
const demands$ = new BehaviorSubject(0);
if (args['on-demand']) process.on('message', () => demands$.next(demands$.value + 1));
let starts = 0;
/** @param {number} ms how long to wait, unless the parent process says when */
const turn = (ms) =>
  defer(() => {
    const mine = ++starts;
    return args['on-demand'] ? demands$.pipe(first((demands) => demands >= mine)) : timer(ms);
  });
const router$ = child('router-process.mjs', [`--port=${routerPort}`], env).pipe(
  // Its port may take a moment to be free again.
  retry({ count: 5, delay: 1_000, resetOnSuccess: true }),
  repeat({ delay: () => turn(Number(args['restart-after'])) }),
);
const backend$ = child('backend-process.mjs', [`--url=${routerUrl}`], env).pipe(repeat({ delay: 500 }));

const running = [
  turn(0)
    .pipe(switchMap(() => router$))
    .subscribe({ next: () => say(`Router:    ${routerUrl}`), error: giveUp }),
  backend$.subscribe({ next: () => say('Back end:  all components are connected'), error: giveUp }),
];
process.on('exit', () => running.forEach((one) => one.unsubscribe()));
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

try {
  const server = await serveApp({ folder, port: Number(args.port), routerUrl });
  // A server on a TCP port has one.
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const url = `http://localhost:${port}/`;
  if (args.json) console.log(JSON.stringify({ url, routerUrl }));
  else say(`Dashboard: ${url}`);
} catch (error) {
  giveUp(error);
}

/** @param {unknown} error */
function giveUp(error) {
  console.error(`It ended early. ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}

/** @returns {Promise<number>} a port nobody listens on now */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      // A server on a TCP port has one.
      const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address());
      probe.close(() => resolve(port));
    });
  });
}
