import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listens } from '../harness/ports.mjs';
import { Program } from '../harness/processes.mjs';

/**
 * How to run a router.
 *
 * @typedef {object} Recipe
 * @property {string} name
 * @property {string} command
 * @property {readonly string[]} args
 * @property {Readonly<Record<string, string>>} [env]
 * @property {readonly (number | string)[]} listensOn it is up when all of these accept connections
 * @property {string} [ready]  what its log says when it is up, where listening does not mean it
 */

/** A router in a process of its own, which can be killed, frozen and started again. */
export class RouterProcess {
  /** @type {Program | undefined} */
  #program;
  #logs = '';

  /**
   * @param {string} folder its own, for configuration and state
   * @param {Recipe} recipe
   */
  constructor(folder, recipe) {
    this.folder = folder;
    this.recipe = recipe;
  }

  /** What it said, in all its lives. */
  get log() {
    return this.#logs + (this.#program?.log ?? '');
  }

  /** Starts it and waits until it can be reached. @throws {Error} with its log when it cannot */
  async start(withinMs = 120_000) {
    this.#logs = this.log;
    // A router that was killed leaves its Unix socket behind, and nexus does not start over it.
    for (const where of this.recipe.listensOn) if (typeof where === 'string') rmSync(where, { force: true });
    const { name, command, args, env, listensOn, ready } = this.recipe;
    const program = new Program(command, args, { cwd: this.folder, ...(env && { env }) });
    this.#program = program;
    const end = Date.now() + withinMs;
    const gone = () => program.end;
    try {
      for (const where of listensOn) await listens(where, { withinMs: end - Date.now(), gone });
      while (ready !== undefined && !program.log.includes(ready)) {
        if (Date.now() > end) throw new Error(`its log does not say “${ready}”`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    } catch (cause) {
      await this.kill();
      throw new Error(`${name} did not start: ${cause instanceof Error ? cause.message : cause}\n${program.log}`);
    }
  }

  /** `kill -9` */
  async kill() {
    this.#program?.signal('SIGKILL');
    await this.#program?.ended;
  }

  /** Asks it to end, as a rolling restart does. */
  async stop() {
    await this.#program?.stop({ signal: 'SIGINT', withinMs: 8_000 });
  }

  freeze() {
    this.#program?.signal('SIGSTOP');
  }

  thaw() {
    this.#program?.signal('SIGCONT');
  }

  async [Symbol.asyncDispose]() {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** @type {Set<string>} */
const folders = new Set();
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is deleted with the router that lives in it, and at the end at the latest. */
export function scratch() {
  const folder = mkdtempSync(join(tmpdir(), 'rxwamp-interop-'));
  folders.add(folder);
  return folder;
}
