import { join } from 'node:path';
import { parseArgs } from 'node:util';

export const USAGE = `npm run bench -- [options]

  --quick          fewer rounds, formats and sizes; less than five minutes
  --only REGEX     only the dimensions whose name (as listed when none matches) matches
  --resume         only what is not yet stored of this build and this machine
  --clients REGEX  only these clients and routers; the floors are always measured, and nothing is stored
  --rounds N       instead of what each dimension wants
  --minutes N      a dimension goes without its third round when all would take longer; default: 30
  --dist FOLDER    another build of the library than dist/; RXWAMP_DIST in the environment does the same
  --commit HASH    what the build in --dist was made from, where git cannot say

  --report         measure nothing; write docs/benchmarks.md and its charts from what is stored
  --from FILE      measure nothing; show what an earlier run wrote with --json

  --json           results on stdout as JSON; what people read goes to stderr
  --docs FOLDER    write benchmarks.md and its charts there; a full run and --report do so into docs/
  --results FOLDER where each dimension is stored once it has been measured; default: bench/results
  --help

A run that was cut off has stored what it had finished: --resume does the rest, --report writes the page without it.
What --only measures takes the place of what was stored of those dimensions.

environment: CROSSBAR     a command that starts Crossbar.io, to measure it as well
`;

const BENCH = import.meta.dirname;

/**
 * What is to be done.
 *
 * @typedef {object} Common
 * @property {import('./measure/dimension.mjs').Mode} mode
 * @property {boolean} json
 * @property {string | undefined} docs folder for the page
 * @property {string} results folder
 *
 * @typedef {Common & { do: 'measure', only: RegExp, isAll: boolean, resume: boolean, clients: RegExp | undefined, rounds: number | undefined, minutes: number | undefined, dist: string | undefined, commit: string | undefined }} Measure
 * @typedef {Measure | (Common & { do: 'report' }) | (Common & { do: 'show', from: string }) | { do: 'help' }} Wish
 */

/**
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Wish}
 * @throws {Error} when they make no sense, alone or together
 */
export function wishOf(args, env = {}) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      resume: { type: 'boolean', default: false },
      clients: { type: 'string' },
      rounds: { type: 'string' },
      minutes: { type: 'string' },
      dist: { type: 'string' },
      commit: { type: 'string' },
      report: { type: 'boolean', default: false },
      from: { type: 'string' },
      json: { type: 'boolean', default: false },
      docs: { type: 'string' },
      results: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { do: 'help' };
  /** @param {string} first @param {...keyof typeof values} others */
  const refuse = (first, ...others) => {
    const both = others.find((name) => values[name] !== undefined && values[name] !== false);
    if (both !== undefined) throw new Error(`--${both} has no meaning beside ${first}`);
  };
  const { quick, json, docs, results = join(BENCH, 'results') } = values;
  const mode = quick ? /** @type {const} */ ('quick') : /** @type {const} */ ('full');
  const common = { mode, json, results };
  if (values.from !== undefined) {
    refuse('--from', 'report', 'quick', 'results', ...MEASURING);
    return { do: 'show', ...common, docs, from: values.from };
  }
  const DOCS = join(BENCH, '../docs');
  if (values.report) {
    refuse('--report, which measures nothing', ...MEASURING);
    if (quick && docs === undefined) throw new Error('docs/ is for full runs: say with --docs where this page goes');
    return { do: 'report', ...common, docs: docs ?? DOCS };
  }
  if (values.clients !== undefined) refuse('--clients, with which nothing is stored', 'resume', 'results');
  if (values.rounds !== undefined) refuse('--rounds', 'minutes');
  const dist = values.dist ?? env['RXWAMP_DIST'];
  if (values.commit !== undefined && dist === undefined)
    throw new Error('--commit says what the build in --dist was made from: git knows that of dist/');
  const isAll = values.only === undefined && values.clients === undefined;
  return {
    do: 'measure',
    ...common,
    docs: docs ?? (isAll && !quick ? DOCS : undefined),
    only: pattern('only', values.only) ?? /^/,
    isAll,
    resume: values.resume,
    clients: pattern('clients', values.clients),
    rounds: values.rounds === undefined ? undefined : count('rounds', values.rounds),
    // Who says how many rounds means it.
    minutes: values.rounds === undefined ? count('minutes', values.minutes ?? '30') : undefined,
    dist,
    commit: values.commit,
  };
}

const MEASURING = /** @type {const} */ (['only', 'resume', 'clients', 'rounds', 'minutes', 'dist', 'commit']);

/** @param {string} option @param {string | undefined} text */
function pattern(option, text) {
  if (text === undefined) return undefined;
  try {
    return new RegExp(text, 'i');
  } catch (error) {
    throw new Error(`--${option} takes a regular expression, not ${text}`, { cause: error });
  }
}

/** @param {string} option @param {string} text */
function count(option, text) {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new Error(`--${option} takes a number from 1 to 999, not ${text}`);
  return Number(text);
}
