import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { interop } from './config.mjs';
import { complete } from './processes.mjs';

/** Where what is installed outside npm stays between runs. `RXWAMP_INTEROP_CACHE` names another folder. */
export const cache =
  process.env['RXWAMP_INTEROP_CACHE'] ??
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'rxwamp-interop');

/** What is taken from where, and in which version. */
export const CROSSBAR_VERSION = '26.10.1';
export const AUTOBAHN_PYTHON_VERSION = '26.10.2';
export const NEXUS_VERSION = 'v3.2.2';

/** Installs interop/package.json, when its lockfile is newer than what is there. */
export async function npmPackages() {
  const lock = join(interop, 'package-lock.json');
  const stamp = join(interop, 'node_modules/.package-lock.json');
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(lock).mtimeMs) return;
  await complete('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: interop, withinMs: 180_000 });
}

/** @param {string} name of a package of interop/package.json */
export const npmVersion = (name) =>
  /** @type {{ version: string }} */ (
    JSON.parse(readFileSync(join(interop, 'node_modules', name, 'package.json'), 'utf8'))
  ).version;

/**
 * Crossbar.io, in a virtual environment of its own. `CROSSBAR` names one that is there.
 *
 * @returns {Promise<{ command: string, version: string }>}
 */
export async function crossbarProgram() {
  const given = process.env['CROSSBAR'];
  const command = given ?? join(await environment('crossbar', `crossbar==${CROSSBAR_VERSION}`), 'bin/crossbar');
  const said = await complete(command, ['version', '--color', 'false'], { withinMs: 60_000 });
  return { command, version: /Crossbar\.io\s*:\s*(?:v)?([\d.]+)/.exec(said)?.[1] ?? CROSSBAR_VERSION };
}

/**
 * A Python that can import Autobahn. `AUTOBAHN_PYTHON` names one that is there.
 *
 * @returns {Promise<{ command: string, version: string }>}
 */
export async function autobahnPython() {
  const given = process.env['AUTOBAHN_PYTHON'];
  const command =
    given ??
    join(
      await environment(
        'autobahn',
        `autobahn[asyncio,encryption,serialization,scram]==${AUTOBAHN_PYTHON_VERSION}`,
        'passlib',
        'argon2-cffi',
      ),
      'bin/python',
    );
  const version = await complete(command, ['-c', 'import autobahn; print(autobahn.__version__)'], { withinMs: 60_000 });
  return { command, version: version.trim().split('\n').at(-1) ?? AUTOBAHN_PYTHON_VERSION };
}

/**
 * nexus, by the Go module proxy and Go's own checksums in go.sum.
 *
 * @returns {Promise<{ nexusd: string, authrouter: string, client: string }>}
 */
export async function nexusPrograms() {
  const folder = join(cache, `nexus-${NEXUS_VERSION}`);
  mkdirSync(folder, { recursive: true });
  const out = {
    nexusd: join(folder, 'nexusd'),
    authrouter: join(folder, 'authrouter'),
    client: join(folder, 'client'),
  };
  const build = (/** @type {string} */ target, /** @type {string} */ what) =>
    complete('go', ['build', '-o', target, what], { cwd: join(interop, 'nexus'), withinMs: 240_000 });
  await build(out.nexusd, 'github.com/gammazero/nexus/v3/nexusd');
  await build(out.authrouter, './authrouter');
  await build(out.client, './client');
  return out;
}

/**
 * A Python virtual environment with these packages. It is made once; `.complete` marks one that was finished.
 *
 * @param {string} name
 * @param {readonly string[]} packages
 */
async function environment(name, ...packages) {
  const folder = join(cache, `${name}-${packages[0]?.split('==')[1] ?? 'any'}`);
  if (existsSync(join(folder, '.complete'))) return folder;
  mkdirSync(cache, { recursive: true });
  await complete('python3', ['-m', 'venv', '--clear', folder], { withinMs: 120_000 });
  const pip = join(folder, 'bin/pip');
  await complete(pip, ['install', '--quiet', '--disable-pip-version-check', ...packages], { withinMs: 400_000 });
  await complete('touch', [join(folder, '.complete')]);
  return folder;
}
