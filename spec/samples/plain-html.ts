import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { root } from '../../scripts/manifest.mjs';
import { executablePath, openBrowser } from '../e2e/chromium.js';
import { endAll, run, type Ended } from './run.js';

if (executablePath === undefined)
  process.stdout.write('spec/samples/plain-html: skipped, no Chromium here (CHROMIUM_PATH names one)\n');
const inBrowser = executablePath === undefined ? describe.skip : describe;

const SCREENSHOTS = join(root, 'build/screenshots/plain-html');

interface Serving {
  readonly url: string;
  readonly port: string;
  /** Interrupts it, as Ctrl+C does. */
  stop(): Promise<Ended>;
}

/** Runs the sample, and resolves when it says where its page is. */
function serve(port = '0'): Promise<Serving> {
  return new Promise((resolve, reject) => {
    const ended = run(['samples/plain-html/main.mjs', port], (text, child) => {
      const [url, on] = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(text) ?? [];
      if (url === undefined || on === undefined) return;
      const stop = (): Promise<Ended> => {
        child.kill('SIGINT');
        return ended;
      };
      resolve({ url, port: on, stop });
    });
    ended.then(({ stderr }) => {
      reject(new Error(`it ended: ${stderr}`));
    }, reject);
  });
}

/** The sample with a page, in Chromium. Part of `samples.spec.ts`, so that dist/ is built once, and not twice at a time. */
inBrowser('the plain page', () => {
  let serving: Serving;
  let context: BrowserContext;
  let closeBrowser: () => Promise<void>;
  const complaints: string[] = [];

  async function tab(): Promise<Page> {
    const page = await context.newPage();
    // Two hundred modules come one by one: seconds where the machine is busy.
    page.setDefaultTimeout(120_000);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // The browser itself reports a WebSocket that finds no server; nobody can silence that.
      if (['error', 'warning'].includes(message.type()) && !message.text().includes('WebSocket connection'))
        complaints.push(message.text());
    });
    await page.goto(serving.url);
    return page;
  }
  const state = (page: Page) => page.getByRole('status').first();
  const untilState = (page: Page, words: string) =>
    state(page)
      .and(page.getByText(words, { exact: true }))
      .waitFor();
  const wind = (page: Page) => page.locator('#wind').filter({ hasText: /^\d+\.\d knots$/ });
  const answer = (page: Page, words: string | RegExp) => page.locator('#answer').filter({ hasText: words }).waitFor();

  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    serving = await serve();
    ({ context, close: closeBrowser } = await openBrowser());
  }, 180_000);
  afterAll(async () => {
    await closeBrowser();
    endAll();
  }, 180_000);

  it('shows state and topic, calls, says in words what went wrong, and hears of other tabs', async () => {
    const [page, other] = [await tab(), await tab()];
    await untilState(page, 'connected');
    await untilState(other, 'connected');
    const meter = page.getByRole('meter', { name: 'Wind' });
    await wind(page).waitFor();
    const before = await wind(page).textContent();
    expect(await meter.textContent()).toMatch(/^\d+\.\d knots$/);
    // It goes on.
    await wind(page)
      .filter({ hasNotText: String(before) })
      .waitFor();

    // By keyboard alone; the label names the field, and the field keeps the focus.
    const name = page.getByLabel('Your name');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Ada');
    await page.keyboard.press('Enter');
    await answer(page, 'Ahoy, Ada! You are number 1.');
    await page.getByRole('log').getByText('Ada').waitFor();
    await other.getByRole('log').getByText('Ada').waitFor();
    expect(await name.evaluate((element) => element.matches(':focus'))).toBe(true);

    await name.fill('   ');
    await page.getByRole('button', { name: 'Call com.example.greet' }).click();
    await answer(page, 'Whom shall I greet? Please give a name.');
    expect(await name.getAttribute('aria-invalid')).toBe('true');

    await name.fill('<b>Grace</b>');
    await page.getByRole('button').click();
    await answer(page, 'Ahoy, <b>Grace</b>! You are number 2.');
    await other.getByRole('log').getByText('<b>Grace</b>', { exact: true }).waitFor();
    expect(await name.getAttribute('aria-invalid')).toBe('false');
    await other.close();
    await page.close();
  }, 180_000);

  it('is legible in light and in dark, and fits a telephone', async () => {
    const page = await tab();
    await untilState(page, 'connected');
    await wind(page).waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 900, height: 600 });
      await page.screenshot({ path: join(SCREENSHOTS, `${colorScheme}.png`) });
      await page.setViewportSize({ width: 320, height: 640 });
      await page.screenshot({ path: join(SCREENSHOTS, `${colorScheme}-small.png`), fullPage: true });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
      const contrasts = await page.evaluate(contrastsOf, ['h1', '#state', 'h2', '#wind', 'label', 'input', 'button']);
      for (const [, contrast] of contrasts) expect(contrast).toBeGreaterThanOrEqual(4.5);
    }
    await page.close();
  }, 180_000);

  it('goes on by itself when router and server were interrupted and started again', async () => {
    const page = await tab();
    await untilState(page, 'connected');
    const { code, stderr } = await serving.stop();
    expect({ code, stderr }).toStrictEqual({ code: 0, stderr: '' });
    await untilState(page, 'no connection, it is tried again by itself');

    serving = await serve(serving.port);
    await untilState(page, 'connected');
    await page.getByLabel('Your name').fill('Edsger');
    await page.getByRole('button').click();
    await answer(page, 'Ahoy, Edsger! You are number 1.');
    await page.getByRole('log').getByText('Edsger').waitFor();
    await page.close();
    expect((await serving.stop()).code).toBe(0);
    expect(complaints).toStrictEqual([]);
  }, 180_000);
});

/** Runs in the page: the contrast of text against what is behind it, as WCAG 2.2 defines it. */
function contrastsOf(selectors: readonly string[]): readonly (readonly [string, number])[] {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (color: string): readonly number[] => {
    if (canvas === null) throw new Error('there is no canvas');
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (color: string): number => {
    const [r = 0, g = 0, b = 0] = rgba(color).map((channel) => {
      const share = channel / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element: Element | null): string => {
    if (element === null) return 'white';
    const { backgroundColor } = getComputedStyle(element);
    return rgba(backgroundColor)[3] === 255 ? backgroundColor : behind(element.parentElement);
  };
  return selectors.map((selector) => {
    const element = document.querySelector(selector);
    if (element === null) throw new Error(`there is no ${selector}`);
    const pair = [luminance(getComputedStyle(element).color), luminance(behind(element))] as const;
    return [selector, (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05)] as const;
  });
}
