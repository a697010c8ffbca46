// @ts-check
/**
 * How the quickstart looks. On a terminal the running step is a line that is rewritten; anywhere else, and with NO_COLOR,
 * lines are only ever added.
 *
 * @import { ConnectionState } from 'rxwamp'
 */
import { clearLine, cursorTo } from 'node:readline';
import progress from 'cli-progress';
import colors from 'picocolors';
import { defer, tap } from 'rxjs';

const { stdout } = process;
const rewrites = stdout.isTTY && colors.isColorSupported;
let steps = 0;
let title = '';
let pending = '';

process.on('exit', () => rewrites && pending !== '' && stdout.write('\n'));

/** @param {string} line goes above the line that is rewritten */
function print(line) {
  erase();
  stdout.write(`${line}\n`);
  if (rewrites) stdout.write(pending);
}

function erase() {
  if (!rewrites) return;
  cursorTo(stdout, 0);
  clearLine(stdout, 0);
}

/** @param {string} mark @param {string} outcome */
function finish(mark, outcome) {
  pending = '';
  print(`${mark} ${String(steps).padStart(2)}  ${title.padEnd(32)} ${outcome}`);
}

/** @param {string} name @param {string} what */
export const header = (name, what) => print(`\n${colors.bold(name)}: ${what}\n`);

export const footer = () => print(`\nAll ${steps} steps done in ${(performance.now() / 1_000).toFixed(1)} s.`);

/** @param {string} line is cut where it would wrap */
export function note(line) {
  const room = rewrites ? (stdout.columns || 80) - 8 : Infinity;
  print(colors.dim(`       ${line.length > room ? `${line.slice(0, room - 1)}…` : line}`));
}

/** @param {string} what a step that begins */
export function begin(what) {
  steps++;
  title = what;
  pending = `… ${String(steps).padStart(2)}  ${title}`;
  if (rewrites) stdout.write(pending);
}

/** @param {string} outcome */
export const succeeded = (outcome) => finish(colors.green('✔'), outcome);

/** @param {string} reason */
export const failed = (reason) => finish(colors.red('✖'), colors.red(reason));

/** @param {ConnectionState} state */
export function inWords(state) {
  switch (state.status) {
    case 'connected':
      return `connected      session ${state.session.id}, ${state.session.agent}`;
    case 'connecting':
    case 'authenticating':
      return `${state.status.padEnd(14)} attempt ${state.attempt}`;
    case 'waiting':
      return `waiting        ${state.delayMs} ms after failure ${state.attempt}: ${state.cause.message}`;
    case 'closed':
      return `closed         ${state.cause?.message ?? 'as asked'}`;
    default:
      return state.status;
  }
}

/**
 * Shows how far a source has come: as a bar on a terminal, else a line now and then.
 *
 * @template T
 * @param {number} total how many values it will emit
 * @returns {import('rxjs').MonoTypeOperatorFunction<T>}
 */
export const progressBar = (total) => (source$) =>
  defer(() => {
    const format = `${pending.padEnd(38)} ${colors.cyan('{bar}')} {value}/{total}`;
    const options = { format, barsize: 24, clearOnComplete: true, gracefulExit: false, linewrap: true };
    const bar = rewrites ? new progress.SingleBar(options, progress.Presets.shades_classic) : undefined;
    const quarters = [1, 2, 3, 4].map((quarter) => Math.ceil((total * quarter) / 4));
    let done = 0;
    const advance = () => {
      done++;
      if (bar) bar.update(done);
      else if (quarters.includes(done)) note(`${done}/${total}`);
    };
    bar?.start(total, 0);
    return source$.pipe(tap({ next: advance, finalize: () => bar?.stop() }));
  });
