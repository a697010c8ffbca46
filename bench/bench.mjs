import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { ensureBuilt } from '../scripts/ensure-built.mjs';
import { dimensions } from './dimensions/index.mjs';
import { snapshot } from './measure/build.mjs';
import { FEWEST_ROUNDS, measureAll } from './measure/measure-all.mjs';
import { isAlike, resultsOf } from './measure/results.mjs';
import { Store } from './measure/store.mjs';
import { USAGE, wishOf } from './options.mjs';
import { machine } from './report/machine.mjs';
import { writePage } from './report/page.mjs';
import { Progress } from './report/progress.mjs';
import { printDimension, printHeader, printStored, printVerdicts } from './report/terminal.mjs';

/**
 * @typedef {import('./measure/results.mjs').Results} Results
 * @typedef {import('./measure/results.mjs').DimensionResults} DimensionResults
 * @typedef {Exclude<import('./options.mjs').Wish, { do: 'help' }>} Wish
 */

// Whoever is stopped leaves by `exit`, so that the copy of the library goes as well.
for (const [signal, code] of /** @type {const} */ ([
  ['SIGINT', 130],
  ['SIGTERM', 143],
]))
  process.once(signal, () => {
    process.stderr.write('\nstopped; what was finished is stored: --resume does the rest, --report writes the page\n');
    process.exit(code);
  });

// `npm run bench | head`
process.stdout.once('error', () => process.exit());

try {
  const wish = wishOf(process.argv.slice(2), process.env);
  if (wish.do === 'help') process.stdout.write(USAGE);
  else await fulfil(wish);
} catch (error) {
  process.stderr.write(`${pc.red(error instanceof Error ? error.message : String(error))}\n`);
  if (process.env['BENCH_DEBUG'] !== undefined) throw error;
  process.exitCode = 1;
}

/** @param {Wish} wish */
async function fulfil(wish) {
  /** @param {string} line */
  const print = (line) => void (wish.json ? process.stderr : process.stdout).write(`${line}\n`);
  const { shown, page } = await resultsFor(wish, print);
  printVerdicts(shown, print);
  if (wish.docs !== undefined) {
    await writePage(page, wish.docs, dimensions);
    print(pc.dim(`written: ${join(wish.docs, 'benchmarks.md')}`));
  } else if (wish.do === 'measure' && wish.clients === undefined && wish.mode === 'full')
    print(pc.dim('stored; npm run bench -- --report writes the page'));
  if (wish.json) process.stdout.write(`${JSON.stringify(shown, undefined, 2)}\n`);
}

/**
 * @param {Wish} wish
 * @param {(line: string) => void} print
 * @returns {Promise<{ shown: Results, page: Results }>} page: what the page is written from, which may be more than what was measured now
 */
async function resultsFor(wish, print) {
  const store = new Store(wish.results, wish.mode);
  switch (wish.do) {
    case 'show': {
      /** @type {Results} */
      const results = JSON.parse(readFileSync(wish.from, 'utf8'));
      return { shown: show(results), page: results };
    }
    case 'report': {
      const stored = inOrder(store.read());
      if (stored.length === 0) throw new Error(`nothing is stored in ${wish.results}: npm run bench measures`);
      const results = resultsOf(stored);
      return { shown: show(results), page: results };
    }
    case 'measure': {
      const measured = await measure(wish, store, print);
      const shown = resultsOf(measured);
      return { shown, page: wish.clients === undefined ? resultsOf(inOrder(store.read())) : shown };
    }
  }
  /** @param {Results} results */
  function show(results) {
    printHeader(results.conditions, results.startedAt, print);
    for (const dimension of results.dimensions) printDimension(dimension, print);
    return results;
  }
}

/**
 * @param {import('./options.mjs').Measure} wish
 * @param {Store} store
 * @param {(line: string) => void} print
 * @returns {Promise<DimensionResults[]>} what was measured now, and what a run that is resumed had measured before
 */
async function measure(wish, store, print) {
  const chosen = dimensions.filter(({ id }) => wish.only.test(id));
  if (chosen.length === 0)
    throw new Error(`no dimension matches; there are: ${dimensions.map(({ id }) => id).join(', ')}`);
  if (wish.dist === undefined) ensureBuilt();
  const { folder, ...library } = snapshot(wish);
  const [load = 0] = loadavg();
  const conditions = { machine: machine(), library, mode: wish.mode, load: Number(load.toFixed(2)) };
  printHeader(conditions, new Date().toISOString(), print);
  const kept = wish.resume
    ? store.read().filter(({ id, rounds, conditions: former }) => {
        const dimension = chosen.find((one) => one.id === id);
        const wanted = wish.rounds ?? Math.min(FEWEST_ROUNDS, dimension?.rounds(wish.mode) ?? Infinity);
        return isAlike(former, conditions) && rounds >= wanted;
      })
    : [];
  if (kept.length > 0) printStored(kept, print);
  const { clients, rounds, minutes, mode } = wish;
  const measured = await measureAll({
    dimensions: chosen.filter(({ id }) => !kept.some((one) => one.id === id)),
    mode,
    wants: (name) => clients === undefined || name.startsWith('floor') || clients.test(name),
    rounds,
    minutes,
    conditions,
    library: folder,
    progress: new Progress(process.stderr),
    onDimension(dimension) {
      if (clients === undefined) store.put(dimension);
      printDimension(dimension, print);
    },
  });
  return inOrder([...kept, ...measured]);
}

/** As they are shown; what is measured no more is left out. @param {readonly DimensionResults[]} found */
function inOrder(found) {
  return dimensions.flatMap(({ id }) => found.filter((one) => one.id === id));
}
