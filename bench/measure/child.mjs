import { fork } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** Optional native helpers of `ws` would make some faster than others, depending on what else is installed: nobody has them. */
const ENV = { ...process.env, WS_NO_BUFFER_UTIL: '1', WS_NO_UTF_8_VALIDATE: '1', NODE_ENV: 'production' };

/** What a client prints is no result; with BENCH_DEBUG it is shown. */
const OUTPUT = process.env['BENCH_DEBUG'] === undefined ? 'ignore' : 2;

/**
 * @typedef {object} ChildOptions
 * @property {string} library folder of the build that is measured
 * @property {number} [timeoutMs] how long one may wait for its message; default: a minute
 * @property {((phase: number) => Promise<void>) | undefined} [next] for one that computes in turns with others: waits until it has the next one
 */

/** A process of a measurement. */
export class Child {
  #process;
  /** What it said when it was ready. @type {Record<string, any>} */
  info = {};

  /** @param {string} file below bench/ @param {readonly string[]} args @param {ChildOptions} options */
  constructor(file, args, { library, next }) {
    this.#process = fork(join(ROOT, file), args, {
      execArgv: ['--expose-gc', '--no-warnings'],
      env: { ...ENV, RXWAMP_DIST: library },
      stdio: ['ignore', OUTPUT, OUTPUT, 'ipc'],
    });
    this.#process.on('message', async (message) => {
      if (!asksToRest(message)) return;
      await next?.(message.restBefore);
      if (this.#process.connected) this.#process.send('go');
    });
  }

  /**
   * Starts one that stays, and waits until it says that it is ready.
   *
   * @param {string} file
   * @param {readonly string[]} args
   * @param {ChildOptions} options
   */
  static async start(file, args, options) {
    const child = new Child(file, args, options);
    child.info = await child.#message(options.timeoutMs);
    return child;
  }

  /**
   * Starts one that says one thing and ends.
   *
   * @param {string} file
   * @param {readonly string[]} args
   * @param {ChildOptions} options
   * @returns {Promise<Record<string, any>>} `{ error }` when it ended without, or took too long
   */
  static async result(file, args, options) {
    const child = new Child(file, args, options);
    try {
      return await child.#message(options.timeoutMs);
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    } finally {
      await child.stop();
    }
  }

  /** @throws when it has ended, which nobody asked it to */
  check() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null)
      throw new Error('the scripted peer has died (BENCH_DEBUG=1 shows why)');
  }

  /** Ends it. */
  stop() {
    const ended = new Promise((resolve) => {
      if (this.#process.exitCode !== null || this.#process.signalCode !== null) resolve(undefined);
      else this.#process.once('exit', resolve);
    });
    if (this.#process.connected) this.#process.disconnect();
    const patience = setTimeout(() => this.#process.kill('SIGKILL'), 1000);
    return ended.then(() => clearTimeout(patience));
  }

  /** @param {number} [timeoutMs] @returns {Promise<Record<string, any>>} */
  #message(timeoutMs = 60_000) {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#process.kill('SIGKILL');
        reject(new Error(`took longer than ${timeoutMs / 1000} s`));
      }, timeoutMs);
      this.#process.on('message', (message) => {
        if (asksToRest(message)) return;
        clearTimeout(late);
        resolve(/** @type {Record<string, any>} */ (message));
      });
      this.#process.once('exit', (code, signal) => {
        clearTimeout(late);
        reject(new Error(`ended with ${signal ?? code}`));
      });
    });
  }
}

/** @param {unknown} message @returns {message is { restBefore: number }} */
const asksToRest = (message) => typeof message === 'object' && message !== null && 'restBefore' in message;
