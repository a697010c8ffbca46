import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/manifest.mjs';

const sample = join(root, 'samples/angular');

/** Why the built dashboard cannot be tested here; undefined when it can. */
export const missing: string | undefined =
  process.env['RXWAMP_E2E'] !== '1'
    ? 'npm run e2e builds the dashboard and tests it'
    : existsSync(join(sample, 'dist/browser/index.html'))
      ? undefined
      : 'the dashboard is not built';

/** The dashboard as it runs: page, router and back end, in processes of their own. */
export interface Application {
  readonly url: string;
  readonly routerUrl: string;
  /** Starts the router, which does not start by itself: not at first, and not after it was killed. */
  startRouter(): void;
  stop(): Promise<void>;
}

/** Starts everything but the router, on free ports. */
export async function startApplication(): Promise<Application> {
  const args = ['server/main.mjs', '--json', '--port=0', '--router-port=0', '--on-demand'];
  const child = spawn(process.execPath, args, { cwd: sample, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let complaints = '';
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('its output is not piped');
  stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const urls = await new Promise<Pick<Application, 'url' | 'routerUrl'>>((resolve, reject) => {
    stdout.setEncoding('utf8').on('data', (line: string) => {
      const told: unknown = JSON.parse(line);
      if (typeof told === 'object' && told !== null && 'url' in told && 'routerUrl' in told)
        resolve({ url: String(told.url), routerUrl: String(told.routerUrl) });
    });
    child.once('close', (code) => reject(new Error(`the server ended with ${String(code)}: ${complaints}`)));
  });
  return {
    ...urls,
    startRouter: () => void child.send('start'),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
