import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { defer, filter, firstValueFrom, repeat } from 'rxjs';
import { isWampError, value, WampClient } from 'rxwamp';
import { Router } from 'rxwamp/router';
import { listen, type Listener } from 'rxwamp/router/node';
import { bundleForBrowser } from '../../scripts/bundle.mjs';
import { executablePath, openBrowser } from './chromium.js';
import type { TabApi } from './worker-page.js';

if (executablePath === undefined)
  process.stdout.write('spec/e2e/worker: skipped, no Chromium here (CHROMIUM_PATH names one)\n');
const inBrowser = executablePath === undefined ? describe.skip : describe;

const POLICY = "default-src 'none'; script-src 'self'; img-src data:; connect-src 'self' ws://127.0.0.1:*";
const HTML =
  '<!doctype html><html lang="en"><head><title>rxwamp</title><link rel="icon" href="data:,"><script type="module" src="/main.js"></script></head></html>';
const MAIN = "import { api } from './page.js'; globalThis.e2e = api;";

const bundled = async (file: string): Promise<string> =>
  (await bundleForBrowser(`spec/e2e/${file}`)).outputFiles[0]?.text ?? '';

async function serve(scripts: Readonly<Record<string, string>>): Promise<Server> {
  const server = createServer(({ url = '' }, response) => {
    const found = scripts[url.replace(/\?.*/, '')];
    const type = found === undefined ? 'text/html' : 'text/javascript';
    response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY, connection: 'close' });
    response.end(found ?? HTML);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

inBrowser('tabs of a real browser, with one shared worker', () => {
  let server: Server;
  let newPage: () => Promise<Page>;
  let closeBrowser: () => Promise<void>;
  let router: Router;
  let listener: Listener;
  let backend: WampClient;
  const complaints: string[] = [];

  beforeAll(async () => {
    const [page, worker] = await Promise.all([bundled('worker-page.ts'), bundled('worker-script.ts')]);
    server = await serve({ '/main.js': MAIN, '/page.js': page, '/worker.js': worker });
    router = new Router({ realms: { realm1: {} } });
    listener = await listen(router, { port: 0 });
    backend = new WampClient({ transport: router.transport(), realm: 'realm1' });
    backend.connect();
    const browser = await openBrowser();
    closeBrowser = browser.close;
    newPage = () => browser.context.newPage();
  }, 180_000);

  afterAll(async () => {
    await closeBrowser();
    await backend.close();
    await listener.close();
    await router.close();
    await new Promise((resolve) => server.close(resolve));
  }, 180_000);

  /** A tab, with what can be asked of it. */
  async function tab() {
    const page = await newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    const { port } = server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/`);
    const ask = <K extends keyof TabApi>(
      name: K,
      ...args: Parameters<TabApi[K]>
    ): Promise<Awaited<ReturnType<TabApi[K]>>> =>
      page.evaluate(
        ([key, given]) => {
          const { e2e } = globalThis as unknown as { e2e: Record<string, (...args: readonly unknown[]) => unknown> };
          return e2e[key]?.(...given);
        },
        [name, args] as const,
      ) as Promise<Awaited<ReturnType<TabApi[K]>>>;
    return { page, ask };
  }

  /** Asks the worker until it knows of so many tabs. */
  const tabs = (count: number): Promise<unknown> =>
    firstValueFrom(
      defer(() => backend.call('com.example.tabs').pipe(value())).pipe(
        repeat({ delay: 20 }),
        filter((present) => present === count),
      ),
    );

  const outcome = async (procedure: string): Promise<unknown> => {
    try {
      return await firstValueFrom(backend.call(procedure, ['hello']).pipe(value()));
    } catch (error) {
      return isWampError(error) ? error.uri : error;
    }
  };

  it('are one session, talk to each other, and go on when the one that came first is closed', async () => {
    const [first, second] = [await tab(), await tab()];
    const sessions = [await first.ask('open', 'first', listener.url), await second.ask('open', 'second', listener.url)];
    expect(sessions[0]).toBe(sessions[1]);
    expect(router.statistics.sessions).toBe(2);
    await tabs(2);

    expect(await second.ask('call', 'com.example.first', ['hi'])).toBe('first: hi');
    expect(await first.ask('call', 'com.example.second', ['hi'])).toBe('second: hi');
    await first.ask('publish', 'from the first');
    expect(await second.ask('news', 1)).toStrictEqual(['from the first']);
    await second.ask('publish', 'from the second');
    expect(await first.ask('news', 1)).toStrictEqual(['from the second']);

    await first.page.close();
    await tabs(1);
    expect(await outcome('com.example.first')).toBe('wamp.error.no_such_procedure');
    expect(await outcome('com.example.second')).toBe('second: hello');
    expect(await second.ask('connected')).toBe(sessions[0]);

    const third = await tab();
    expect(await third.ask('open', 'third', listener.url)).toBe(sessions[0]);
    backend.publish('com.example.news', ['from outside']);
    expect(await second.ask('news', 2)).toStrictEqual(['from the first', 'from outside']);
    expect(await third.ask('news', 1)).toStrictEqual(['from outside']);
    expect(router.statistics.sessions).toBe(2);

    // A tab that crashes says nothing; its Web Lock is let go by the browser.
    await third.page.goto('chrome://crash').catch(() => undefined);
    await tabs(1);
    expect(await outcome('com.example.third')).toBe('wamp.error.no_such_procedure');
    expect(await second.ask('call', 'com.example.second', ['alone'])).toBe('second: alone');
    expect(complaints).toStrictEqual([]);
  }, 180_000);
});
