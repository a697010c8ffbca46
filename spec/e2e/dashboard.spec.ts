import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { BrowserContext } from 'playwright-core';
import { firstValueFrom } from 'rxjs';
import { WampClient } from 'rxwamp';
import { executablePath, openBrowser } from './chromium.js';
import { missing, startApplication, type Application } from './dashboard/application.js';
import { Tab, type Topic } from './dashboard/tab.js';

const why = executablePath === undefined ? 'no Chromium here (CHROMIUM_PATH names one)' : missing;
if (why !== undefined) process.stdout.write(`spec/e2e/dashboard: skipped, ${why}\n`);
const withDashboard = why === undefined ? describe : describe.skip;

const TOPICS: readonly Topic[] = ['farm.power', 'farm.vibration', 'farm.grid'];

withDashboard('the dashboard, built, in a real browser', () => {
  let application: Application;
  let context: BrowserContext;
  let closeBrowser: () => Promise<void>;
  const tabs: Tab[] = [];

  beforeAll(async () => {
    application = await startApplication();
    application.startRouter();
    const browser = await openBrowser();
    ({ context } = browser);
    closeBrowser = browser.close;
  }, 300_000);

  afterAll(async () => {
    await closeBrowser();
    await application.stop();
  }, 300_000);

  afterEach(async () => {
    const complaints = tabs.flatMap((tab) => tab.complaints);
    for (const tab of tabs.splice(0)) await tab.page.close();
    expect(complaints).toStrictEqual([]);
  });

  async function open(query = '', { url } = application): Promise<Tab> {
    const tab = await Tab.open(context, `${url}${query}`);
    tabs.push(tab);
    return tab;
  }

  async function openConnected(): Promise<Tab> {
    const tab = await open();
    await tab.connection('connected');
    return tab;
  }

  /** Kills the router past the browser. */
  async function killRouter(): Promise<void> {
    const wamp = new WampClient({ url: application.routerUrl, realm: 'farm' });
    await firstValueFrom(wamp.call('farm.router.kill'));
    await wamp.close();
  }

  async function restartRouter(): Promise<void> {
    application.startRouter();
    const wamp = new WampClient({ url: application.routerUrl, realm: 'farm', retry: { maxDelayMs: 500 } });
    wamp.connect();
    await firstValueFrom(wamp.session$);
    await wamp.close();
  }

  async function signIn(tab: Tab, method: 'Ticket' | 'WAMP-CRA', name: string, password: string): Promise<void> {
    const card = tab.card('sign-in');
    await card.getByLabel(method).check();
    await card.getByLabel('Name').fill(name);
    await card.getByLabel('Password').fill(password);
    await tab.click('sign-in', 'Sign in');
  }

  it('is live, pleasant to the eye and accessible: light, dark and narrow', async () => {
    const tab = await openConnected();
    await tab.counted('farm.power', 'delivered', 60);
    for (const topic of TOPICS) await tab.chart(topic).locator('canvas').first().waitFor();
    await tab.says('power', /\d/);
    for (const colorScheme of ['light', 'dark'] as const) {
      await tab.page.emulateMedia({ colorScheme });
      for (const width of [1440, 820, 390]) {
        await tab.page.setViewportSize({ width, height: 900 });
        await tab.counted('farm.power', 'delivered', 3);
        await tab.screenshot(`${colorScheme}-${width}`);
        const overflow = await tab.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect({ width, overflow: Math.max(0, overflow) }).toStrictEqual({ width, overflow: 0 });
      }
      expect(await tab.accessibilityViolations()).toStrictEqual([]);
    }
  }, 300_000);

  it('can be used with the keyboard alone', async () => {
    const tab = await openConnected();
    await tab.page.keyboard.press('Tab');
    const focused = (): Promise<string> => tab.page.evaluate(() => (document.activeElement?.textContent ?? '').trim());
    expect(await focused()).toBe('To the charts');
    await tab.page.keyboard.press('Tab');
    await tab.page.keyboard.press('ArrowRight');
    await tab.page.locator('html[data-theme=light]').waitFor();
    await tab.at('procedure').focus();
    await tab.page.keyboard.press('Enter');
    await tab.says('result', /Cedar/);
  }, 300_000);

  it('does what every control says', async () => {
    const tab = await openConnected();
    const { page } = tab;

    for (const theme of ['Dark', 'Light', 'Auto']) {
      await page.getByRole('radiogroup', { name: 'Theme' }).getByText(theme).click();
      await page.locator(`html[data-theme=${theme.toLowerCase()}]`).waitFor();
    }

    for (const topic of TOPICS) {
      for (const mode of ['calm', 'latest', 'all']) {
        await tab.chart(topic).getByTestId('mode').selectOption(mode);
        await tab.counted(topic, 'delivered', 2);
      }
    }
    await tab.chart('farm.vibration').getByTestId('mode').selectOption('calm');
    await tab.counted('farm.vibration', 'dropped', 50);

    await page.getByRole('radiogroup', { name: 'Which turbine' }).getByText('Cedar').click();
    await tab.says('turbine', /V-112/);
    await tab.click('turbine', 'Ask again');

    const example = async (label: string, button: 'Call' | 'Again', result: RegExp): Promise<void> => {
      await tab.at('example').selectOption({ label });
      await tab.click('call', 'Call');
      await tab.says('result', result);
      if (button === 'Again') await tab.click('call', 'Again');
      await tab.says('result', result);
    };
    await example('What is turbine 3?', 'Again', /Cedar/);
    await example('How many sessions are there?', 'Call', /\d/);
    await example('Ask for a turbine that is not there', 'Call', /There are turbines 1 to 4/);
    await example('Turn the blades of turbine 1 (operators)', 'Call', /Operators may: sign in as one/);
    await example('A procedure that nobody offers', 'Call', /Nobody offers this procedure/);
    await tab.at('args').fill('[1, ');
    await tab.card('call').getByText('This is no list in JSON').waitFor();
    expect(await tab.card('call').getByRole('button', { name: 'Call', exact: true }).isDisabled()).toBe(true);
    await tab.at('args').fill('[2]');
    await tab.at('procedure').fill('farm.turbine.info');
    await tab.click('call', 'Call');
    await tab.says('result', /Birch/);

    await tab.card('report').getByLabel('Year').fill('2024');
    await tab.click('report', 'Make the report');
    await tab.says('report-says', /\d+ %/);
    await tab.click('report', 'Cancel');
    await tab.says('report-says', /Cancelled/);
    await tab.click('report', 'Make the report');
    await page.waitForFunction(() => (document.querySelector('progress')?.value ?? 0) > 40);
    await tab.screenshot('report');
    await tab.says('report-says', /Done: [\d.]+ GWh/);

    await tab.at('realm').fill('farm');
    await tab.click('realm', 'Join');
    await tab.connection('connected');
  }, 300_000);

  it('signs in by ticket and by WAMP-CRA, and says in words that a password is wrong', async () => {
    const tab = await openConnected();
    const before = await tab.session();
    for (const [method, name] of [
      ['Ticket', 'ada'],
      ['WAMP-CRA', 'grace'],
    ] as const) {
      await signIn(tab, method, name, 'not the password');
      await tab.says('sign-in-error', /The name or the password is wrong\. You stay who you were\./);
    }
    await tab.screenshot('wrong-password');
    // The session from before was never left.
    expect(await tab.session()).toBe(before);

    await signIn(tab, 'Ticket', 'ada', 'wind and sun');
    await tab.says('whoami', /ada, operator, signed in by ticket/);
    await tab.at('example').selectOption({ label: 'Turn the blades of turbine 1 (operators)' });
    await tab.click('call', 'Call');
    await tab.says('result', /40/);
    await tab.says('log', /Alder turns its blades to 40°/);
    await tab.says('presence', /Ada\s+\(this tab\)/);

    await signIn(tab, 'WAMP-CRA', 'grace', 'north sea breeze');
    await tab.says('whoami', /grace, operator, signed in by WAMP-CRA/);
    await tab.click('sign-in', 'Sign out');
    await tab.says('whoami', /a guest/);
    await tab.counted('farm.power', 'delivered', 5);
  }, 300_000);

  it('goes on after the router was killed while the charts run, as who one was', async () => {
    const tab = await openConnected();
    await signIn(tab, 'Ticket', 'ada', 'wind and sun');
    await tab.says('whoami', /ada/);
    for (const topic of TOPICS) await tab.counted(topic, 'delivered', 10);
    const before = await tab.session();

    await tab.click('router', 'Kill the router');
    await tab.connection('waiting');
    await tab.says('banner', /It is tried again by itself/);
    await tab.screenshot('router-killed');
    await tab.page.getByRole('button', { name: 'Try now' }).click();
    await tab.says('banner', /It is tried again by itself/);

    application.startRouter();
    await tab.connection('connected');
    await tab.says('outages', /Back after [\d.]+ s\. One outage so far\./);
    for (const topic of TOPICS) await tab.counted(topic, 'delivered', 10);
    await tab.chart('farm.power').getByTestId('gap').waitFor();
    await tab.says('whoami', /ada, operator/);
    expect(await tab.session()).not.toBe(before);
    await tab.page.locator('[data-testid=own-procedure][data-status=registered]').waitFor();
    await tab.screenshot('router-back');
  }, 300_000);

  it('goes on when the browser was offline, and its connection was lost meanwhile', async () => {
    const tab = await openConnected();
    await tab.counted('farm.power', 'delivered', 5);
    await context.setOffline(true);
    try {
      await tab.says('banner', /This device is offline/);
      // The browser leaves connections that stand alone; what it does not let happen is a new one.
      await killRouter();
      await tab.connection('waiting');
      await restartRouter();
      await tab.says('banner', /This device is offline\. .* It is tried again by itself/);
      await tab.screenshot('offline');
    } finally {
      await context.setOffline(false);
    }
    await tab.connection('connected');
    await tab.page.waitForFunction(() => document.querySelector('[data-testid=banner]')?.textContent.trim() === '');
    for (const topic of TOPICS) await tab.counted(topic, 'delivered', 10);
  }, 300_000);

  it('catches up when its tab was in the background, and held no more than it may meanwhile', async () => {
    const tab = await openConnected();
    await tab.chart('farm.vibration').getByTestId('mode').selectOption('all');
    await tab.counted('farm.vibration', 'delivered', 50);
    const session = await tab.session();
    const [delivered, dropped] = [
      await tab.counter('farm.vibration', 'delivered'),
      await tab.counter('farm.vibration', 'dropped'),
    ];
    const front = await openConnected();
    await tab.background(true);
    await front.page.bringToFront();
    // Another tab tells how much has passed: far more than the 200 events that may wait for a frame.
    await front.counted('farm.vibration', 'delivered', 800);
    expect(await tab.counter('farm.vibration', 'delivered')).toBeLessThan(delivered + 800);
    await tab.background(false);
    await tab.page.bringToFront();
    await tab.counted('farm.vibration', 'delivered', 400);
    expect(await tab.counter('farm.vibration', 'dropped')).toBeGreaterThan(dropped + 200);
    for (const topic of TOPICS) await tab.counted(topic, 'delivered', 10);
    expect(await tab.session()).toBe(session);
  }, 300_000);

  it('calls from tab to tab, both ways, and each sees that the other is there', async () => {
    const [first, second] = [await openConnected(), await openConnected()];
    const ids = [await first.session(), await second.session()] as const;
    for (const [tab, other] of [
      [first, ids[1]],
      [second, ids[0]],
    ] as const) {
      await tab.page.locator(`[data-testid=presence] [data-session="${other}"]`).waitFor();
      await tab.page.locator('[data-testid=own-procedure][data-status=registered]').waitFor();
    }
    await first.at('answer').fill('From the first tab.');
    await second.at('answer').fill('From the second tab.');
    await first.at('page').selectOption(String(ids[1]));
    await first.at('question').fill('Who is there?');
    await first.click('pages', 'Ask');
    await first.says('page-answer', /From the second tab\./);
    await second.says('asked', /asked: “Who is there\?”/);
    await second.at('page').selectOption(String(ids[0]));
    await second.click('pages', 'Ask');
    await second.says('page-answer', /From the first tab\./);
    await first.screenshot('two-tabs');

    await second.page.close();
    await first.page.locator(`[data-testid=presence] [data-session="${ids[1]}"]`).waitFor({ state: 'detached' });
  }, 300_000);

  it('says what is not in the contract, and goes on', async () => {
    const tab = await openConnected();
    await tab.click('router', 'Send a broken reading');
    await tab.says('broken', /The log tells what the client did/);
    await tab.says('log', /farm\.power sent what is not in the contract/);
    await tab.counted('farm.power', 'delivered', 5);
    await tab.at('example').selectOption({ label: 'An answer that breaks the contract' });
    await tab.click('call', 'Call');
    await tab.says('result', /farm\.sensor\.count sent what is not in the contract/);
    await tab.screenshot('contract');
  }, 300_000);

  it('says that there is no such realm, and joins the right one', async () => {
    const tab = await open('?realm=nowhere');
    await tab.connection('closed');
    await tab.says('banner', /There is no such realm at this router/);
    await tab.screenshot('wrong-realm');
    await tab.replaced('realm', () => tab.page.getByRole('button', { name: 'Connect as a guest' }).click());
    await tab.says('banner', /There is no such realm/);
    await tab.at('realm').fill('farm');
    await tab.click('realm', 'Join');
    await tab.connection('connected');
    await tab.counted('farm.power', 'delivered', 5);
  }, 300_000);

  it('waits for a router that is down at the start', async () => {
    const late = await startApplication();
    try {
      const tab = await open('', late);
      await tab.connection('waiting');
      await tab.says('banner', /The router cannot be reached/);
      await tab.screenshot('router-down-at-start');
      late.startRouter();
      await tab.connection('connected');
      for (const topic of TOPICS) await tab.counted(topic, 'delivered', 5);
    } finally {
      await late.stop();
    }
  }, 300_000);
});
