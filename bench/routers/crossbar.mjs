import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../measure/router.mjs';

/** Crossbar.io, where the environment variable CROSSBAR says which command starts it. What it uses is read from /proc, so on Linux alone. */

const command = process.env['CROSSBAR'] ?? '';
if (command === '')
  throw Object.assign(new Error('the environment variable CROSSBAR does not say which command starts it'), {
    code: 'ENOENT',
  });
/** Of a clock that /proc counts in. */
const TICK_US = 10_000;
const PAGE_BYTES = 4096;

/** @param {number} port */
const config = (port) => ({
  version: 2,
  controller: {},
  workers: [
    {
      type: 'router',
      realms: [
        {
          name: 'realm1',
          roles: [
            {
              name: 'anonymous',
              permissions: [
                {
                  uri: '',
                  match: 'prefix',
                  allow: { call: true, register: true, publish: true, subscribe: true },
                  disclose: { caller: false, publisher: false },
                  cache: true,
                },
              ],
            },
          ],
        },
      ],
      transports: [
        {
          type: 'websocket',
          endpoint: { type: 'tcp', port, interface: '127.0.0.1', backlog: 4096 },
          serializers: ['json', 'msgpack'],
        },
      ],
    },
  ],
});

/** @type {import('../measure/router.mjs').RouterContestant} */
export default {
  name: 'crossbar',
  label: 'Crossbar.io',
  version: /v([\d.]+)/.exec(spawnSync(command, ['version'], { encoding: 'utf8' }).stdout ?? '')?.[1] ?? '',
  async start() {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'rxwamp-bench-crossbar-'));
    mkdirSync(join(folder, '.crossbar'));
    writeFileSync(join(folder, '.crossbar/config.json'), JSON.stringify(config(port)));
    const node = spawn(command, ['start', '--cbdir', join(folder, '.crossbar'), '--loglevel', 'warn'], {
      cwd: folder,
      stdio: 'ignore',
    });
    process.on('exit', () => {
      for (const pid of [...descendants(node.pid ?? 0), node.pid ?? 0]) kill(pid);
      rmSync(folder, { recursive: true, force: true });
    });
    for (let attempt = 0; !(await listens(port)); attempt++) {
      if (attempt > 300 || node.exitCode !== null) throw new Error('Crossbar.io does not start');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    // The router is the process that has used most; the node's controller idles beside it.
    return { port, usage: () => usageOf(descendants(node.pid ?? 0)) };
  },
};

/** @param {number} pid */
function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** @param {number} port @returns {Promise<boolean>} */
const listens = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

/** Fields of /proc/<pid>/stat behind the name, which may hold blanks. @param {number} pid */
function stat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
  } catch {
    return [];
  }
}

const [PARENT, USER, SYSTEM, RESIDENT] = [1, 11, 12, 21];

/** @param {number} pid @returns {number[]} */
function descendants(pid) {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const children = all.filter((one) => stat(one)[PARENT] === pid);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** @param {readonly number[]} pids */
function usageOf(pids) {
  const used = pids.map((pid) => {
    const fields = stat(pid);
    return {
      cpuUs: ((fields[USER] ?? 0) + (fields[SYSTEM] ?? 0)) * TICK_US,
      rssBytes: (fields[RESIDENT] ?? 0) * PAGE_BYTES,
    };
  });
  const [most] = used.sort((a, b) => b.cpuUs - a.cpuUs);
  return most ?? { cpuUs: 0, rssBytes: 0 };
}
