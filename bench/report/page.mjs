import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../scripts/run.mjs';
import { buildText } from '../measure/build.mjs';
import { cellOf, isAlike, ratioToFloor, roundsText, spreadOf, valueOf } from '../measure/results.mjs';
import { serializerNames } from '../wire/codecs.mjs';
import { chartName, drawChart } from './charts.mjs';
import { isBusy, machineText } from './machine.mjs';
import { allVerdicts, limitText, unmeasured, valueText, verdictText, verdictsOf } from './targets.mjs';
import { absence, durationText, entryName, figure, onceText, timeText, times } from './text.mjs';

/**
 * docs/benchmarks.md, its charts, and the results they were made from.
 *
 * @typedef {import('../measure/results.mjs').Results} Results
 * @typedef {import('../measure/results.mjs').DimensionResults} DimensionResults
 * @typedef {import('../measure/results.mjs').Cell} Cell
 * @typedef {import('../measure/dimension.mjs').View} View
 */

/**
 * @param {Results} results
 * @param {string} folder
 * @param {readonly { id: string, title: string }[]} dimensions all there are; the page says which are missing
 */
export async function writePage(results, folder, dimensions) {
  const pictures = join(folder, 'benchmarks');
  rmSync(pictures, { recursive: true, force: true });
  mkdirSync(pictures, { recursive: true });
  for (const dimension of results.dimensions)
    for (const view of dimension.views)
      if (hasChart(dimension, view))
        writeFileSync(join(pictures, chartName(dimension, view)), `${drawChart(dimension, view)}\n`);
  const page = join(folder, 'benchmarks.md');
  const data = join(pictures, 'results.json');
  const left = dimensions.filter(({ id }) => !results.dimensions.some((one) => one.id === id));
  writeFileSync(
    page,
    pageOf(
      results,
      left.map(({ title }) => title),
    ),
  );
  writeFileSync(data, JSON.stringify(results));
  run('prettier', ['--log-level', 'silent', '--write', page, data]);
}

/** @param {DimensionResults} dimension @param {View} view */
const hasChart = ({ cells }, { chart, metric }) =>
  chart !== undefined && cells.some(({ samples }) => samples[metric] !== undefined);

/** @param {Results} results @param {readonly string[]} left titles of what is not in them */
function pageOf(results, left) {
  return [
    '# Benchmarks',
    'Written by `npm run bench`; do not edit.',
    conditions(results),
    ...(left.length === 0 ? [] : [`**Not measured: ${left.join('; ')}.**`]),
    verdictCounts(results),
    'Absolute figures mean nothing on another machine; the ratios should come out alike. What stands in one table was measured side by side: each ' +
      'contestant in a process of its own, several rounds, and most of it in turns of 50 ms, as a machine is faster now and slower then: eight for each ' +
      'figure and round, 24 for ours and the floors. A client talks to a scripted peer in another process that sends prepared frames, ' +
      'many in one write, so that the client is what is slow. A figure is the median of the rounds, ± half the distance between the quartiles; CPU is ' +
      'the whole time of the process (all threads, user and system) divided by the messages. `×` is the median of the rounds’ ratios to the **floor**: ' +
      'a bare `ws` socket, the decoder of the format (`JSON.parse`, `@msgpack/msgpack`, `cborg`), one `Map` look-up by id, a callback. ' +
      '*floor-rx* has an RxJS `Subject` behind the look-up. Nobody has the optional native helpers of `ws`. A peer that takes more than ten ' +
      'seconds for one figure is measured in one round, or skipped where the table says so; an empty field is a case that a contestant does not have, or that a quick run leaves out.',
    '```sh\nnpm run bench                       # all of it, half an hour; writes this page\n' +
      'npm run bench -- --resume           # what a run that was cut off has left\n' +
      'npm run bench -- --only calls       # one dimension again\n' +
      'npm run bench -- --report           # this page from what is stored\n' +
      'npm run bench -- --quick            # less than five minutes\n' +
      'CROSSBAR=crossbar npm run bench     # with Crossbar.io, if it is installed\n```',
    contenders(results),
    ...results.dimensions.flatMap((dimension) => section(dimension, results)),
    '## Targets',
    'Each target with what was measured. The `×` are the median of the rounds’ ratios; by how much one is missed is a part of the target.',
    summary(results),
    '### What is known of those that are missed',
    readFileSync(join(import.meta.dirname, '../blame.md'), 'utf8').trim(),
  ].join('\n\n');
}

/** Of which build on which machine: one line where all is of one. @param {Results} results */
function conditions({ dimensions, seconds }) {
  /** @type {DimensionResults[][]} */
  const groups = [];
  for (const dimension of dimensions) {
    const group = groups.find(([first]) => first !== undefined && isAlike(first.conditions, dimension.conditions));
    if (group === undefined) groups.push([dimension]);
    else group.push(dimension);
  }
  const lines = groups.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { library, machine, mode } = first.conditions;
    const loads = group.map((one) => one.conditions.load);
    return [
      `rxwamp ${buildText(library)} on ${machineText(machine)}; measured ${spanText(group.map(({ measuredAt }) => measuredAt))}` +
        (mode === 'quick' ? '; **a quick run: few rounds, wide spread**' : '') +
        (group.some((one) => isBusy(one.conditions))
          ? `; **the machine was busy** (load up to ${Math.max(...loads)})`
          : '') +
        (groups.length > 1 ? `: ${group.map(({ title }) => title).join('; ')}` : ''),
    ];
  });
  if (lines.length === 1) return `${lines[0]}. It took ${durationText(seconds)}.`;
  return `**Not all of it is of one build and one machine:**\n\n${lines.map((line) => `- ${line}`).join('\n')}`;
}

/** `2026-11-21 16:24 to 17:02` @param {readonly string[]} times ISO */
function spanText(times) {
  const ordered = [...times].sort().map(timeText);
  const [first = '', last = ''] = [ordered[0], ordered.at(-1)];
  if (first === last) return first;
  return `${first} to ${first.slice(0, 10) === last.slice(0, 10) ? last.slice(11) : last} UTC`;
}

/** @param {Results} results */
function verdictCounts({ dimensions }) {
  const verdicts = dimensions.flatMap(verdictsOf);
  const met = verdicts.filter(({ isMet }) => isMet).length;
  return `Of ${verdicts.length} cases that have a target, ${met} meet it and ${verdicts.length - met} miss it: [the last table](#targets) has them all.`;
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
function summary({ dimensions }) {
  const measured = allVerdicts(dimensions).flatMap(({ target, verdicts }) => {
    if (verdicts.length === 0) return [[target.what, '', `${target.against}`, '', '**not measured**']];
    return verdicts.map((verdict) => [
      target.what,
      `${verdict.cell.column}, ${serializerNames[verdict.cell.serializer]}`,
      limitText(verdict),
      valueText(verdict),
      verdict.isMet ? 'met' : `**${verdictText(verdict)}**`,
    ]);
  });
  const never = unmeasured.map(({ what, limit, why }) => [what, '', limit, '', `not measured: ${why}`]);
  const rows = [...measured, ...never];
  // What is the same as above is not said again.
  const texts = rows.map((row, at) => [row[0] === rows[at - 1]?.[0] ? '' : (row[0] ?? ''), ...row.slice(1)]);
  return markdown(['what', 'case', 'target', 'measured', ''], texts);
}

/** @param {DimensionResults} dimension @param {Results} results */
function section(dimension, results) {
  const failures = dimension.cells.filter(({ error }) => error !== undefined);
  return [
    `## ${dimension.title}`,
    dimension.about,
    `${capital(roundsText(dimension))} on ${timeText(dimension.measuredAt)} UTC in ${durationText(dimension.seconds)}` +
      `${isOfAll(dimension, results) ? '' : `, of rxwamp ${buildText(dimension.conditions.library)}, ${machineText(dimension.conditions.machine)}`}.`,
    ...missingHere(dimension, results).map(([name, why]) => `Not measured: ${name} (${why}).`),
    ...dimension.views.flatMap((view) => [
      `### ${view.title}${view.unit === '' ? '' : `, ${view.unit}`}`,
      viewTable(dimension, view),
      ...(!hasChart(dimension, view)
        ? []
        : [`![${dimension.title}: ${view.title}](benchmarks/${chartName(dimension, view)})`]),
    ]),
    ...failures.map((cell) => `${entryName(dimension, cell)}, ${cell.column}: failed (${cell.error?.split('\n')[0]}).`),
  ];
}

/** @param {DimensionResults} dimension @param {View} view */
function viewTable(dimension, view) {
  const verdicts = verdictsOf(dimension).filter(({ target }) => target.metric === view.metric);
  const rows = dimension.entries.flatMap((entry) => {
    const cells = dimension.columns.map((column) => cellOf(dimension, entry.contestant, entry.serializer, column));
    if (cells.every((cell) => cell === undefined)) return [];
    const isOurs = entry.contestant === 'rxwamp';
    const texts = cells.map((cell) => (cell === undefined ? '' : cellText(dimension, view, cell)));
    const name = entryName(dimension, entry);
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
  if (value === undefined) return absence(cell).replace('·', '');
  const all = [value, ...(view.also ?? []).map((metric) => valueOf(cell, metric) ?? NaN)].map(figure).join(' / ');
  const lies = spreadOf(cell, view.metric);
  const compared = view.ratio === false ? undefined : ratioToFloor(dimension, cell, view.metric);
  return [
    all,
    lies === undefined ? '' : `±${Math.round(lies * 100)} %`,
    compared === undefined ? '' : `(${times(compared)})`,
    onceText(cell),
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** Who was measured, but not here. @param {DimensionResults} dimension @param {Results} results */
const missingHere = ({ missing }, results) =>
  Object.entries(missing).filter(([name]) => results.missing[name] === undefined);

/** Whether nothing else was measured under other conditions. @param {DimensionResults} dimension @param {Results} results */
const isOfAll = ({ conditions: own }, { dimensions }) => dimensions.every((other) => isAlike(own, other.conditions));

/** @param {string} text */
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** @param {string[]} head @param {string[][]} rows */
const markdown = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
