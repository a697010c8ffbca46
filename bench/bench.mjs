import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { dimensions } from './dimensions/index.mjs';
import { libraryVersion } from './measure/library.mjs';
import { machine } from './report/machine.mjs';
import { writePage } from './report/page.mjs';
import { Progress } from './report/progress.mjs';
import { printDimension, printHeader, printVerdicts } from './report/terminal.mjs';
import { measureAll } from './measure/measure-all.mjs';

const USAGE = `npm run bench -- [options]

  --quick          fewer rounds, formats and sizes; less than five minutes
  --only REGEX     only the dimensions whose name (as listed when none matches) matches
  --clients REGEX  only these clients and routers; the floors are always measured
  --rounds N       instead of what each dimension wants
  --json           results on stdout as JSON; what people read goes to stderr
  --docs FOLDER    write benchmarks.md and its charts there; a full run does so into docs/
  --from FILE      measure nothing; read what an earlier run wrote with --json
  --help

environment: CROSSBAR     a command that starts Crossbar.io, to measure it as well
             RXWAMP_DIST  another build of the library than dist/
`;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    clients: { type: 'string' },
    rounds: { type: 'string' },
    json: { type: 'boolean', default: false },
    docs: { type: 'string' },
    from: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

/** @param {string} line */
const print = (line) => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);

if (values.help) {
  print(USAGE);
  process.exit();
}

/** @type {import('./measure/results.mjs').Results} */
const results = values.from === undefined ? await measured() : JSON.parse(readFileSync(values.from, 'utf8'));
if (values.from !== undefined) {
  printHeader(results, print);
  for (const dimension of results.dimensions) printDimension(dimension, results, print);
}
printVerdicts(results, print);

const isWhole = values.from === undefined && !values.quick && values.only === undefined && values.clients === undefined;
const folder = values.docs ?? (isWhole ? join(import.meta.dirname, '../docs') : undefined);
if (folder !== undefined) {
  await writePage(results, folder);
  print(pc.dim(`written: ${join(folder, 'benchmarks.md')}`));
}
if (values.json) process.stdout.write(`${JSON.stringify(results, undefined, 2)}\n`);

async function measured() {
  const mode = values.quick ? /** @type {const} */ ('quick') : /** @type {const} */ ('full');
  const only = new RegExp(values.only ?? '', 'i');
  const chosen = dimensions.filter(({ id }) => only.test(id));
  if (chosen.length === 0) {
    print(`no dimension matches; there are: ${dimensions.map(({ id }) => id).join(', ')}`);
    process.exit(1);
  }
  const clients = new RegExp(values.clients ?? '', 'i');
  const progress = new Progress(process.stderr);
  return measureAll({
    dimensions: chosen,
    mode,
    wants: (name) => name.startsWith('floor') || clients.test(name),
    rounds: values.rounds === undefined ? undefined : Math.max(1, Number(values.rounds)),
    about: { machine: machine(), version: libraryVersion, mode },
    progress,
    onStart: (begun) => printHeader(begun, print),
    onDimension(dimension, begun) {
      progress.clear();
      printDimension(dimension, begun, print);
    },
  });
}
