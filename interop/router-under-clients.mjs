import { join } from 'node:path';
import { bugsOf } from './bugs.mjs';
import { home } from './features/home.mjs';
import { interop } from './harness/config.mjs';
import { autobahnPython, nexusPrograms, NEXUS_VERSION } from './harness/install.mjs';
import { Absent } from './harness/ledger.mjs';
import { mayConcern } from './harness/peers.mjs';
import { Program } from './harness/processes.mjs';

/**
 * A client people run, as a program that says on its stdout what came of each check.
 *
 * @typedef {object} ForeignClient
 * @property {string} name
 * @property {string} from
 * @property {readonly string[]} columns  serializers
 * @property {() => Promise<{ command: string, args: readonly string[], version?: string }>} program
 */

const script = (/** @type {string} */ name) => join(interop, 'clients', name);

/** @type {readonly ForeignClient[]} */
const CLIENTS = [
  {
    name: 'Autobahn|JS',
    from: 'npm',
    columns: ['json', 'msgpack', 'cbor'],
    program: async () => ({ command: process.execPath, args: [script('autobahn-js.mjs')] }),
  },
  {
    name: 'wampy',
    from: 'npm',
    columns: ['json', 'msgpack', 'cbor'],
    program: async () => ({ command: process.execPath, args: [script('wampy.mjs')] }),
  },
  {
    name: 'Autobahn|Python',
    from: 'PyPI',
    columns: ['json', 'msgpack', 'cbor'],
    program: async () => {
      const { command, version } = await autobahnPython();
      return { command, args: [script('autobahn_python.py')], version };
    },
  },
  {
    name: 'nexus client',
    from: 'Go module proxy',
    columns: ['json', 'msgpack', 'cbor'],
    program: async () => ({ command: (await nexusPrograms()).client, args: [], version: NEXUS_VERSION }),
  },
];

/** How long one client may take for one column. */
const WITHIN_MS = 240_000;

/**
 * Our router under clients people run.
 *
 * @param {import('./client-against-routers.mjs').Run} run
 */
export async function routerUnderClients({ ledger, terminal, only, quick }) {
  terminal.title('our router under clients people run');
  for (const { name, from, columns, program } of CLIENTS) {
    if (!mayConcern(only, name)) continue;
    ledger.peer({ name, kind: 'client', from });
    try {
      const { command, args, version } = await program();
      if (version !== undefined) ledger.peer({ name, kind: 'client', version });
      for (const column of quick ? columns.slice(0, 1) : columns) {
        const router = await home();
        const env = { URL: router.url, AUTH_URL: router.authUrl, SERIALIZER: column };
        await listenTo({ ledger, terminal }, { name, column, command, args, env });
        await router.close();
      }
    } catch (error) {
      const missing = error instanceof Error ? error.message : String(error);
      ledger.peer({ name, kind: 'client', missing });
      terminal.bad(`${name} could not be run: ${missing}`);
    }
  }
}

/**
 * Runs a client's program and enters what it says.
 *
 * @param {Pick<import('./client-against-routers.mjs').Run, 'ledger' | 'terminal'>} run
 * @param {{ name: string, column: string, command: string, args: readonly string[], env: Record<string, string> }} client
 */
async function listenTo({ ledger, terminal }, { name, column, command, args, env }) {
  const bugs = bugsOf(name, column);
  let entered = 0;
  let failed = false;
  const onLine = (/** @type {string} */ line) => {
    if (!line.startsWith('{')) return;
    /** @type {{ version?: string, group?: string, feature?: string, ok?: boolean, absent?: string, detail?: string, ms?: number }} */
    let said;
    try {
      said = JSON.parse(line);
    } catch {
      return;
    }
    if (said.version !== undefined) ledger.peer({ name, kind: 'client', version: said.version });
    const { group, feature } = said;
    if (group === undefined || feature === undefined) return;
    entered += 1;
    const bug = bugs[feature];
    const error =
      said.absent !== undefined ? new Absent(said.absent) : said.ok === true ? undefined : (said.detail ?? 'it failed');
    failed ||= said.ok === false && bug === undefined;
    ledger.enter({ side: 'router', peer: name, column, group, feature }, error, { ms: said.ms ?? 0, bug });
  };
  const program = new Program(command, args, { cwd: interop, env, onLine });
  const force = setTimeout(() => program.signal('SIGKILL'), WITHIN_MS);
  const how = await program.ended;
  clearTimeout(force);
  if (how !== 'it ended with code 0' || entered === 0) {
    failed = true;
    const at = /** @type {const} */ ({ side: 'router', peer: name, column, group: 'session', feature: 'its program' });
    ledger.enter(at, `${how}, after ${entered} checks`);
  }
  if (failed) terminal.log(name, program.log);
}
