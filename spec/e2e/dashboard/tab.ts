import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { root } from '../../../scripts/manifest.mjs';

const SHOTS = join(root, 'samples/angular/test-output');
const AXE = join(root, 'samples/angular/node_modules/axe-core/axe.min.js');

export type Topic = 'farm.power' | 'farm.vibration' | 'farm.grid';

/** What a check of accessibility found. */
interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** A tab with the dashboard in it, and all that its console complained of. */
export class Tab {
  readonly complaints: string[] = [];

  private constructor(readonly page: Page) {
    // For what never comes; a page takes its time where the machine is busy.
    page.setDefaultTimeout(120_000);
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      // The browser itself reports a WebSocket that finds no server; nobody can silence that.
      if (['error', 'warning'].includes(message.type()) && !message.text().includes('WebSocket connection'))
        this.complaints.push(message.text());
    });
  }

  static async open(context: BrowserContext, url: string): Promise<Tab> {
    const tab = new Tab(await context.newPage());
    await tab.page.setViewportSize({ width: 1440, height: 900 });
    await tab.page.addInitScript(holdFramesWhileHidden);
    await tab.page.goto(url);
    return tab;
  }

  /**
   * Makes the tab one in the background. Headless Chromium shows all of its tabs, so that what a hidden one has is emulated:
   * no frames, a slow processor, and the word that it is hidden.
   */
  async background(isHidden: boolean): Promise<void> {
    const cdp = await this.page.context().newCDPSession(this.page);
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: isHidden ? 4 : 1 });
    await this.page.evaluate((hidden) => {
      document.dispatchEvent(new CustomEvent('test-hidden', { detail: hidden }));
    }, isHidden);
    await cdp.detach();
  }

  at(testId: string): Locator {
    return this.page.locator(`[data-testid="${testId}"]`);
  }

  card(name: string): Locator {
    return this.page.locator(`app-${name}-card`);
  }

  chart(topic: Topic): Locator {
    return this.page.locator(`[data-topic="${topic}"]`);
  }

  click(card: string, name: string): Promise<void> {
    return this.card(card).getByRole('button', { name, exact: true }).click();
  }

  /** Waits until something says so. */
  async says(testId: string, text: RegExp): Promise<void> {
    await this.at(testId).filter({ hasText: text }).first().waitFor();
  }

  /** Waits until the connection stands so. */
  async connection(status: string): Promise<void> {
    await this.page.locator(`[data-testid=connection][data-status=${status}]`).waitFor();
  }

  /** Does something and waits until another element stands in this one's place: what was typed into the old one is lost. */
  async replaced(testId: string, work: () => Promise<void>): Promise<void> {
    const before = await this.at(testId).elementHandle();
    await work();
    await this.page.waitForFunction((element) => !element.isConnected, before);
    await this.at(testId).waitFor();
  }

  async counter(topic: Topic, name: 'delivered' | 'dropped'): Promise<number> {
    const text = await this.chart(topic).locator(`[data-testid=${name}]`).textContent();
    return Number(text?.replaceAll(/\D/g, ''));
  }

  /** Waits until so many more events have been counted. */
  async counted(topic: Topic, name: 'delivered' | 'dropped', more: number): Promise<void> {
    const wanted = (await this.counter(topic, name)) + more;
    await this.page.waitForFunction(
      ([selector, count]) => {
        const text = document.querySelector(selector)?.textContent ?? '';
        return Number(text.replaceAll(/\D/g, '')) >= count;
      },
      [`[data-topic="${topic}"] [data-testid=${name}]`, wanted] as const,
    );
  }

  /** The number of the session. */
  async session(): Promise<number> {
    return Number(await this.at('session').textContent());
  }

  async screenshot(name: string): Promise<void> {
    mkdirSync(SHOTS, { recursive: true });
    await this.page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
  }

  /** What a check by axe-core finds: WCAG 2.2 A and AA, contrast included. */
  async accessibilityViolations(): Promise<readonly string[]> {
    await this.page.evaluate(readFileSync(AXE, 'utf8'));
    const violations = await this.page.evaluate(async () => {
      // Put there by the line before.
      const { axe } = globalThis as unknown as {
        axe: { run(root: Document, options: object): Promise<{ violations: readonly Violation[] }> };
      };
      const options = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };
      return (await axe.run(document, options)).violations;
    });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  }
}

/** Runs in the page before anything else. */
function holdFramesWhileHidden(): void {
  const frame = globalThis.requestAnimationFrame.bind(globalThis);
  const held = new Map<number, FrameRequestCallback>();
  const release = globalThis.cancelAnimationFrame.bind(globalThis);
  let isHidden = false;
  let last = 0;
  globalThis.requestAnimationFrame = (callback) => {
    if (!isHidden) return frame(callback);
    held.set(--last, callback);
    return last;
  };
  globalThis.cancelAnimationFrame = (id) => {
    if (!held.delete(id)) release(id);
  };
  Object.defineProperty(document, 'visibilityState', { get: () => (isHidden ? 'hidden' : 'visible') });
  document.addEventListener('test-hidden', (event) => {
    isHidden = event instanceof CustomEvent && event.detail === true;
    document.dispatchEvent(new Event('visibilitychange'));
    if (isHidden) return;
    for (const callback of held.values()) frame(callback);
    held.clear();
  });
}
