// @ts-check
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';

/** @type {Readonly<Record<string, string>>} */
const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

/**
 * Serves the built application, under a policy that lets it talk to this server and the router alone.
 *
 * @param {{ folder: string, port: number, routerUrl: string }} options the URL is put into the page, for the application to read
 * @returns {Promise<import('node:http').Server>}
 */
export async function serveApp({ folder, port, routerUrl }) {
  const policy = [
    "default-src 'self'",
    "img-src 'self' data:",
    // Angular puts the styles of components into the page, and the charts style theirs.
    "style-src 'self' 'unsafe-inline'",
    `connect-src 'self' ${new URL(routerUrl).origin}`,
    "base-uri 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const name = pathname === '/' ? '/index.html' : pathname;
    void answer(name).then(
      ([status, type, body]) => {
        response.writeHead(status, {
          'content-type': type,
          'content-security-policy': policy,
          'x-content-type-options': 'nosniff',
          'cache-control': name === '/index.html' ? 'no-cache' : 'max-age=3600',
        });
        response.end(body);
      },
      () => response.writeHead(500).end(),
    );
  });

  /**
   * @param {string} name
   * @returns {Promise<[number, string, string | Buffer]>}
   */
  async function answer(name) {
    const file = normalize(join(folder, decodeURIComponent(name)));
    if (!file.startsWith(folder + sep)) return [404, 'text/plain', 'not here'];
    try {
      const body = await readFile(file);
      const type = TYPES[extname(file)] ?? 'application/octet-stream';
      if (name !== '/index.html') return [200, type, body];
      const page = body.toString('utf8').replace(/(<meta name="router-url" content=")[^"]*/, `$1${routerUrl}`);
      return [200, type, page];
    } catch {
      return [404, 'text/plain', 'not here'];
    }
  }

  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(undefined));
  });
  return server;
}
