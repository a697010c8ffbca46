import { spawn } from 'node:child_process';

/** How much of what a process says is kept. */
const LOG_BYTES = 64 * 1024;

/** @type {Set<Program>} */
const running = new Set();

/** Kills what is left over, when this process ends in whatever way. */
process.on('exit', () => {
  for (const program of running) program.signal('SIGKILL');
});
// A signal ends Node without `exit`, and what was started here is in groups of its own, which Ctrl-C does not reach.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

/**
 * A program that was started here, with all it starts itself. It is reached by the id of its process group and by nothing
 * else.
 */
export class Program {
  #log = '';
  /** @type {string | undefined} */
  #end;

  /**
   * @param {string} command
   * @param {readonly string[]} args
   * @param {{ cwd?: string, env?: Readonly<Record<string, string>>, onLine?: (line: string) => void }} [options]
   *   `onLine` is given each line of its stdout
   */
  constructor(command, args, { cwd, env = {}, onLine } = {}) {
    this.name = [command, ...args].join(' ');
    // A group of its own, so that its workers go when it goes.
    this.child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(this);
    let rest = '';
    this.child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      this.#keep(text);
      if (onLine === undefined) return;
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    });
    this.child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => this.#keep(text));
    /** Resolves with how it ended; never rejects. */
    this.ended = new Promise((/** @type {(how: string) => void} */ resolve) => {
      this.child.once('error', (error) => this.#over(`${command} did not start: ${error.message}`, resolve));
      this.child.once('close', (code, signal) => this.#over(`it ended with ${signal ?? `code ${code}`}`, resolve));
    });
  }

  /** How it ended, or undefined while it runs. */
  get end() {
    return this.#end;
  }

  /** The last of what it said. */
  get log() {
    return this.#log;
  }

  /**
   * Sends a signal to it and all it started.
   *
   * @param {NodeJS.Signals} signal
   */
  signal(signal) {
    if (this.child.pid === undefined || this.#end !== undefined) return;
    try {
      process.kill(-this.child.pid, signal);
    } catch {
      // Gone in the meantime.
    }
  }

  /**
   * Ends it, by force when it does not go by itself.
   *
   * @param {{ signal?: NodeJS.Signals, withinMs?: number }} [options]
   */
  async stop({ signal = 'SIGTERM', withinMs = 5_000 } = {}) {
    this.signal('SIGCONT');
    this.signal(signal);
    const force = setTimeout(() => this.signal('SIGKILL'), withinMs);
    await this.ended;
    clearTimeout(force);
  }

  /** @param {string} text */
  #keep(text) {
    this.#log = (this.#log + text).slice(-LOG_BYTES);
  }

  /**
   * @param {string} how
   * @param {(how: string) => void} resolve
   */
  #over(how, resolve) {
    if (this.#end !== undefined) return;
    this.#end = how;
    running.delete(this);
    resolve(how);
  }
}

/**
 * Runs a program to its end.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Readonly<Record<string, string>>, withinMs?: number, onLine?: (line: string) => void }} [options]
 * @returns {Promise<string>} what it said
 * @throws {Error} when it ends with a code other than 0, or not in time; the message ends with the last of what it said
 */
export async function complete(command, args, { withinMs = 300_000, ...options } = {}) {
  const program = new Program(command, args, options);
  let late = false;
  const force = setTimeout(() => {
    late = true;
    program.signal('SIGKILL');
  }, withinMs);
  const how = await program.ended;
  clearTimeout(force);
  if (how === 'it ended with code 0') return program.log;
  const last = program.log.trim().split('\n').slice(-4).join('\n');
  throw new Error(`${command} ${args[0] ?? ''}: ${late ? `not done after ${withinMs / 1_000} s` : how}\n${last}`);
}
