// @ts-check
/**
 * Serves one page, the libraries it imports and a router, all on one port, until it is interrupted.
 *
 *     npm run build && node samples/plain-html/main.mjs
 *     node samples/plain-html/main.mjs 8080      on this port instead of a free one
 *
 * @import { RequestHandler } from 'rxwamp/router/node'
 */
import { createReadStream, statSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { interval, merge, mergeMap } from 'rxjs';
import { WampClient, WampError } from 'rxwamp';
import { Router } from 'rxwamp/router';
import { listen } from 'rxwamp/router/node';

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.map': 'application/json' };

/** What is served, and where it lies: the page, and ES modules as they were published. */
const FOLDERS = {
  '/rxjs/': new URL('dist/esm/', import.meta.resolve('rxjs/package.json')).href,
  '/tslib/': new URL('.', import.meta.resolve('tslib/package.json')).href, // which RxJS imports
  '/rxwamp/': new URL('.', import.meta.resolve('rxwamp')).href,
  '/': new URL('.', import.meta.url).href,
};

/** @param {string} url @returns {string | undefined} the file, if there is one to be shown */
function fileFor(url) {
  const { pathname } = new URL(url, 'http://localhost');
  const [prefix, folder] = Object.entries(FOLDERS).find(([start]) => pathname.startsWith(start)) ?? [];
  if (prefix === undefined || folder === undefined) return undefined;
  const root = fileURLToPath(folder);
  const name = decodeURIComponent(pathname.slice(prefix.length)) || 'index.html';
  const file = fileURLToPath(new URL(`./${name}`, folder));
  if (!file.startsWith(root)) return undefined;
  // RxJS imports its own files without their ending.
  return [file, `${file}.js`].find(
    (path) => extname(path) in TYPES && statSync(path, { throwIfNoEntry: false })?.isFile(),
  );
}

/** @type {RequestHandler} */
const files = ({ url = '/' }, response) => {
  /** @type {string | undefined} */
  let file;
  try {
    file = fileFor(url);
  } catch {
    // Not a URL that names a file.
  }
  if (file === undefined) return false;
  const type = Object.entries(TYPES).find(([ending]) => file.endsWith(ending))?.[1];
  response.writeHead(200, { 'content-type': type });
  createReadStream(file).pipe(response);
  return true;
};

const router = new Router({ realms: { harbour: {} } });
const listener = await listen(router, { port: Number(process.argv[2] ?? 0), requestHandlers: [files] });

// The back end: a topic that never rests, and a procedure whose calls everybody hears of.
const wamp = new WampClient({ transport: router.transport(), realm: 'harbour' });
let greeted = 0;
let knots = 12;
const running = merge(
  wamp.register('com.example.greet', ({ args: [name] }) => {
    if (typeof name !== 'string' || name.trim() === '')
      throw new WampError('com.example.error.no_name', { args: ['Whom shall I greet? Please give a name.'] });
    if (name.length > 40) throw new WampError('com.example.error.long_name', { args: ['That name is too long.'] });
    wamp.publish('com.example.greeted', [name.trim()]);
    return `Ahoy, ${name.trim()}! You are number ${++greeted}.`;
  }),
  interval(500).pipe(
    mergeMap(() => {
      knots = Math.min(40, Math.max(0, knots + 4 * Math.random() - 2));
      return wamp.publish('com.example.wind', [Number(knots.toFixed(1))], { retain: true });
    }),
  ),
).subscribe();

console.log(
  `Open http://127.0.0.1:${listener.port}/ in two tabs. Ctrl+C ends it; start it again with ${listener.port}.`,
);
const end = async () => {
  running.unsubscribe();
  await wamp.close();
  await listener.close();
};
process.once('SIGINT', end);
process.once('SIGTERM', end);
