import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../scripts/run.mjs';
import { cellOf, ratioToFloor, spreadOf, valueOf } from '../measure/results.mjs';
import { chartName, drawChart } from './charts.mjs';
import { limitText, outcomeText, verdictsOf } from './targets.mjs';
import { entryName, figure, times } from './text.mjs';

/**
 * docs/benchmarks.md, its charts, and the results they were made from.
 *
 * @typedef {import('../measure/results.mjs').Results} Results
 * @typedef {import('../measure/results.mjs').DimensionResults} DimensionResults
 * @typedef {import('../measure/results.mjs').Cell} Cell
 * @typedef {import('../measure/dimension.mjs').View} View
 */

/** @param {Results} results @param {string} folder */
export async function writePage(results, folder) {
  const pictures = join(folder, 'benchmarks');
  rmSync(pictures, { recursive: true, force: true });
  mkdirSync(pictures, { recursive: true });
  for (const dimension of results.dimensions)
    for (const view of dimension.views)
      if (view.chart !== undefined && dimension.cells.some(({ samples }) => samples[view.metric] !== undefined))
        writeFileSync(join(pictures, chartName(dimension, view)), `${drawChart(dimension, view, results)}\n`);
  const page = join(folder, 'benchmarks.md');
  const data = join(pictures, 'results.json');
  writeFileSync(page, pageOf(results));
  writeFileSync(data, JSON.stringify(results));
  run('prettier', ['--log-level', 'silent', '--write', page, data]);
}

/** @param {Results} results */
function pageOf(results) {
  const { machine, mode, version } = results.about;
  return [
    '# Benchmarks',
    `Written by \`npm run bench\`; do not edit. rxwamp ${version} on ${results.startedAt.slice(0, 10)}: ${machine.cpu}, ${machine.cores} cores, ` +
      `${machine.memoryGib} GiB, ${machine.system}, Node ${machine.node}${mode === 'quick' ? '; **a quick run: few rounds, wide spread**' : ''}.`,
    'Absolute figures mean nothing on another machine; the ratios should come out alike. Everything is measured side by side in one run: each ' +
      'contestant in a process of its own, in turns, several rounds. A client talks to a scripted peer in another process that sends prepared frames, ' +
      'many in one write, so that the client is what is slow. A figure is the median of the rounds, ± half the distance between the quartiles; CPU is ' +
      'the whole time of the process (all threads, user and system) divided by the messages. `×` is the median of the rounds’ ratios to the **floor**: ' +
      'a bare `ws` socket, the decoder of the format (`JSON.parse`, `@msgpack/msgpack`, `cborg`), one `Map` look-up by id, a callback. ' +
      '*floor-rx* has an RxJS `Subject` behind the look-up. Nobody has the optional native helpers of `ws`.',
    '```sh\nnpm run bench                       # all of it, up to twenty minutes; writes this page\n' +
      'npm run bench -- --quick            # less than five minutes\nnpm run bench -- --only calls --json\n' +
      'CROSSBAR=crossbar npm run bench     # with Crossbar.io, if it is installed\n```',
    contenders(results),
    '## Targets',
    summary(results),
    '## Missed, and what the profile blames',
    missed(results),
    readFileSync(join(import.meta.dirname, '../blame.md'), 'utf8').trim(),
    ...results.dimensions.flatMap((dimension) => section(dimension, results)),
  ].join('\n\n');
}

/** @param {Results} results */
function contenders({ contenders: all, missing }) {
  const named = Object.entries(all).map(([name, { label, version }]) => [
    name.startsWith('router ') ? `${label} (router)` : label,
    version,
  ]);
  const absent = Object.entries(missing).map(([name, why]) => `- **${name}** was not measured: ${why}.`);
  return [markdown(['measured', 'version'], named), ...absent].join('\n\n');
}

/** @param {Results} results */
function summary(results) {
  const rows = results.dimensions
    .flatMap(verdictsOf)
    .map((verdict) => [
      verdict.dimension.title,
      `${verdict.cell.column}, ${entryName(results, verdict.cell)}`,
      limitText(verdict),
      verdict.isMet ? `✓ ${outcomeText(verdict)}` : `**✗ ${outcomeText(verdict)}**`,
    ]);
  return markdown(['what', 'case', 'target', 'measured'], rows);
}

/** @param {Results} results */
function missed(results) {
  const all = results.dimensions.flatMap(verdictsOf).filter(({ isMet }) => !isMet);
  if (all.length === 0) return 'None was missed in this run.';
  return all
    .map(
      (verdict) =>
        `- ${verdict.dimension.title}, ${verdict.cell.column}, ${verdict.cell.serializer}: target ${limitText(verdict)}; ${outcomeText(verdict)}.`,
    )
    .join('\n');
}

/** @param {DimensionResults} dimension @param {Results} results */
function section(dimension, results) {
  const failures = dimension.cells.filter(({ error }) => error !== undefined);
  return [
    `## ${dimension.title}`,
    `${dimension.about} ${dimension.rounds === 1 ? 'One round' : `${dimension.rounds} rounds`}.`,
    ...dimension.views.flatMap((view) => [
      `### ${view.title}${view.unit === '' ? '' : `, ${view.unit}`}`,
      viewTable(dimension, view, results),
      ...(view.chart === undefined
        ? []
        : [`![${dimension.title}: ${view.title}](benchmarks/${chartName(dimension, view)})`]),
    ]),
    ...failures.map((cell) => `${entryName(results, cell)}, ${cell.column}: failed (${cell.error?.split('\n')[0]}).`),
  ];
}

/** @param {DimensionResults} dimension @param {View} view @param {Results} results */
function viewTable(dimension, view, results) {
  const verdicts = verdictsOf(dimension).filter(({ target }) => target.metric === view.metric);
  const rows = dimension.entries.flatMap((entry) => {
    const cells = dimension.columns.map((column) => cellOf(dimension, entry.contestant, entry.serializer, column));
    if (cells.every((cell) => cell === undefined)) return [];
    const isOurs = entry.contestant === 'rxwamp';
    const texts = cells.map((cell) => (cell === undefined ? '' : cellText(dimension, view, cell)));
    const name = entryName(results, entry);
    const own = isOurs ? [`**${name}**`, ...texts.map((text) => (text === '' ? '' : `**${text}**`))] : [name, ...texts];
    if (!isOurs) return [own];
    const ours = verdicts.filter(({ cell }) => cell.serializer === entry.serializer);
    const kinds = [...new Set(ours.map(({ target }) => target))];
    return [
      own,
      ...kinds.map((target) => [
        `target ${target.against}`.trim(),
        ...dimension.columns.map((column) => {
          const verdict = ours.find((one) => one.target === target && one.cell.column === column);
          if (verdict === undefined) return '';
          const bound = `${target.atLeast === true ? '≥' : '≤'} ${verdict.limit}`;
          return verdict.isMet ? `${bound} ✓` : `${bound} ✗ by ${Math.max(1, Math.round(verdict.by * 100))} %`;
        }),
      ]),
    ];
  });
  return markdown(['', ...dimension.columns], rows);
}

/** @param {DimensionResults} dimension @param {View} view @param {Cell} cell */
function cellText(dimension, view, cell) {
  const value = valueOf(cell, view.metric);
  if (value === undefined) return cell.error === undefined ? '' : 'failed';
  const all = [value, ...(view.also ?? []).map((metric) => valueOf(cell, metric) ?? NaN)].map(figure).join(' / ');
  const lies = spreadOf(cell, view.metric);
  const compared = view.ratio === false ? undefined : ratioToFloor(dimension, cell, view.metric);
  return [
    all,
    lies === undefined ? '' : `±${Math.round(lies * 100)} %`,
    compared === undefined ? '' : `(${times(compared)})`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** @param {string[]} head @param {string[][]} rows */
const markdown = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
