import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { range } from 'rxjs';
import { WampClient } from 'rxwamp';
import { Router } from 'rxwamp/router';
import { listen, type Listener } from 'rxwamp/router/node';
import { bundleForBrowser } from '../../scripts/bundle.mjs';
import { executablePath, openBrowser } from './chromium.js';
import type { PageApi } from './page.js';

if (executablePath === undefined)
  process.stdout.write('spec/e2e: skipped, no Chromium here (CHROMIUM_PATH names one)\n');
const inBrowser = executablePath === undefined ? describe.skip : describe;

/** A page under a strict policy: no inline script, no eval, and nothing but this machine to connect to. */
const POLICY = "default-src 'none'; script-src 'self'; img-src data:; connect-src 'self' ws://127.0.0.1:*";
const HTML =
  '<!doctype html><html lang="en"><head><title>rxwamp</title><link rel="icon" href="data:,"><script type="module" src="/main.js"></script></head></html>';

const MAIN = "import { api } from './page.js'; globalThis.e2e = api;";

async function serve(script: string): Promise<Server> {
  const scripts: Readonly<Record<string, string>> = { '/main.js': MAIN, '/page.js': script };
  const server = createServer(({ url = '' }, response) => {
    const found = scripts[url];
    const type = found === undefined ? 'text/html' : 'text/javascript';
    response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY, connection: 'close' });
    response.end(found ?? HTML);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** A router that listens, with a back-end in its process. */
class Backend {
  readonly wamp: WampClient;

  private constructor(
    readonly router: Router,
    readonly listener: Listener,
  ) {
    this.wamp = new WampClient({ transport: router.transport(), realm: 'realm1' });
  }

  static async start(port = 0): Promise<Backend> {
    const router = new Router({ realms: { realm1: {} } });
    const backend = new Backend(router, await listen(router, { port }));
    backend.wamp.register('com.example.count', ({ args: [n] }) => range(1, Number(n))).subscribe();
    return backend;
  }

  async stop(): Promise<void> {
    await this.listener.close();
    await this.wamp.close();
    await this.router.close();
  }
}

inBrowser('in a real browser', () => {
  let server: Server;
  let page: Page;
  let closeBrowser: () => Promise<void>;
  const complaints: string[] = [];

  beforeAll(async () => {
    const { outputFiles } = await bundleForBrowser('spec/e2e/page.ts');
    server = await serve(outputFiles[0]?.text ?? '');
    const browser = await openBrowser();
    closeBrowser = browser.close;
    page = await browser.context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // The browser itself reports a WebSocket that finds no server; nobody can silence that.
      if (['error', 'warning'].includes(message.type()) && !message.text().includes('WebSocket connection'))
        complaints.push(message.text());
    });
    const { port } = server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/`);
  }, 180_000);

  afterAll(async () => {
    await closeBrowser();
    await new Promise((resolve) => server.close(resolve));
  }, 180_000);

  /** Calls a function of `window.e2e`. */
  const ask = <K extends keyof PageApi>(
    name: K,
    ...args: Parameters<PageApi[K]>
  ): Promise<Awaited<ReturnType<PageApi[K]>>> =>
    page.evaluate(
      ([key, given]) => {
        const { e2e } = globalThis as unknown as { e2e: Record<string, (...args: readonly unknown[]) => unknown> };
        return e2e[key]?.(...given);
      },
      [name, args] as const,
    ) as Promise<Awaited<ReturnType<PageApi[K]>>>;

  it('runs router and client in the page, under a strict content security policy', async () => {
    expect(await ask('inPage')).toBe(5);
  }, 180_000);

  it('goes on after its router was stopped and started again, over the browser’s own WebSocket', async () => {
    const first = await Backend.start();
    const { url, port } = first.listener;
    await ask('open', url);
    await ask('until', 'connected');
    expect(await ask('canPause')).toBe(false);
    expect(await ask('call', 'com.example.count', [3])).toEqual([1, 2, 3]);
    await new Promise<void>((resolve) => {
      first.wamp.publish('com.example.tick', ['before'], { acknowledge: true }).subscribe({ complete: resolve });
    });
    await ask('ticked', 1);

    await first.stop();
    await ask('until', 'waiting');
    const second = await Backend.start(port);
    await ask('until', 'connected');
    second.wamp.publish('com.example.tick', ['after']);
    await ask('ticked', 2);

    expect(await ask('ticks')).toEqual(['before', 'after']);
    const states = await ask('states');
    expect(states.slice(0, 3)).toEqual(['idle', 'connecting', 'connected']);
    expect(states).toContain('waiting');
    await ask('close');
    await second.stop();
    expect(complaints).toEqual([]);
  }, 180_000);
});
