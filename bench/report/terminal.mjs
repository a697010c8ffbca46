import pc from 'picocolors';
import { cellOf, ratioToFloor, spreadOf, valueOf } from '../measure/results.mjs';
import { limitText, outcomeText, verdictsOf } from './targets.mjs';
import { entryName, figure, times } from './text.mjs';

/**
 * What a person sees while it runs.
 *
 * @typedef {import('../measure/results.mjs').Results} Results
 * @typedef {import('../measure/results.mjs').DimensionResults} DimensionResults
 * @typedef {import('../measure/results.mjs').Cell} Cell
 * @typedef {import('../measure/dimension.mjs').View} View
 * @typedef {(line: string) => void} Print
 */

/** @param {Results} results @param {Print} print */
export function printHeader({ about: { machine, version, mode }, startedAt }, print) {
  print('');
  print(
    `${pc.bold(`rxwamp ${version}`)} ${pc.dim(`measured ${startedAt.slice(0, 16).replace('T', ' ')}, ${mode} run`)}`,
  );
  print(
    pc.dim(`${machine.cpu}, ${machine.cores} cores, ${machine.memoryGib} GiB, ${machine.system}, Node ${machine.node}`),
  );
  if (mode === 'quick') print(pc.yellow('few rounds: good for a look, not for a claim'));
}

/** @param {DimensionResults} dimension @param {Results} results @param {Print} print */
export function printDimension(dimension, results, print) {
  const { title, rounds, seconds, cells } = dimension;
  print('');
  print(
    `${pc.bold(pc.cyan(title))} ${pc.dim(`${rounds} ${rounds === 1 ? 'round' : 'rounds'}, ${Math.round(seconds)} s`)}`,
  );
  for (const view of dimension.views) {
    print('');
    for (const line of table(dimension, view, results)) print(line);
  }
  for (const { contestant, column, serializer, error } of cells)
    if (error !== undefined) print(pc.red(`  ${contestant}, ${serializer}, ${column}: ${error.split('\n')[0]}`));
}

/**
 * @param {DimensionResults} dimension
 * @param {View} view
 * @param {Results} results
 * @returns {string[]}
 */
function table(dimension, view, results) {
  const { entries, columns } = dimension;
  const verdicts = verdictsOf(dimension).filter(({ target }) => target.metric === view.metric);
  const unit = view.unit === '' ? '' : ` (${view.unit})`;
  /** @type {string[][]} */
  const rows = [[pc.underline(`${view.title}${unit}`), ...columns.map((label) => pc.dim(label))]];
  for (const entry of entries) {
    const cells = columns.map((column) => cellOf(dimension, entry.contestant, entry.serializer, column));
    if (cells.every((cell) => cell === undefined)) continue;
    const isOurs = entry.contestant === 'rxwamp';
    const name = entryName(results, entry);
    const paint = isOurs
      ? pc.bold
      : entry.contestant.startsWith('floor')
        ? pc.blue
        : (/** @type {string} */ text) => text;
    rows.push([
      paint(name),
      ...cells.map((cell) => (cell === undefined ? pc.dim('·') : cellText(dimension, view, cell, paint))),
    ]);
    if (isOurs)
      rows.push(
        ...targetRows(
          columns,
          verdicts.filter(({ cell }) => cell.serializer === entry.serializer),
        ),
      );
  }
  return aligned(rows);
}

/** Below ours, its targets. @param {readonly string[]} columns @param {import('./targets.mjs').Verdict[]} verdicts */
function targetRows(columns, verdicts) {
  const kinds = [...new Set(verdicts.map(({ target }) => target))];
  return kinds.map((target) => {
    const cells = columns.map((column) => {
      const verdict = verdicts.find((one) => one.target === target && one.cell.column === column);
      if (verdict === undefined) return '';
      const { isMet, limit, by } = verdict;
      const bound = `${target.atLeast === true ? '≥' : '≤'} ${limit}`;
      if (isMet) return `${pc.dim(bound)} ${pc.green('met')}`;
      return `${pc.dim(bound)} ${pc.red(`missed by ${Math.max(1, Math.round(by * 100))} %`)}`;
    });
    return [pc.dim(`  target ${target.against}`.trimEnd()), ...cells];
  });
}

/** @param {DimensionResults} dimension @param {View} view @param {Cell} cell @param {(text: string) => string} paint */
function cellText(dimension, view, cell, paint) {
  const value = valueOf(cell, view.metric);
  if (value === undefined) return pc.dim(cell.error === undefined ? '·' : 'failed');
  const all = [value, ...(view.also ?? []).map((metric) => valueOf(cell, metric) ?? NaN)].map(figure).join(' / ');
  const lies = spreadOf(cell, view.metric);
  const around = lies === undefined ? '' : pc.dim(` ±${Math.round(lies * 100)}%`);
  const compared = view.ratio === false ? undefined : ratioToFloor(dimension, cell, view.metric);
  return paint(all) + around + (compared === undefined ? '' : ` ${pc.cyan(times(compared).padStart(6))}`);
}

/** @param {Results} results @param {Print} print */
export function printVerdicts(results, print) {
  const verdicts = results.dimensions.flatMap(verdictsOf);
  print('');
  for (const [name, why] of Object.entries(results.missing)) print(pc.yellow(`not measured: ${name} (${why})`));
  if (verdicts.length === 0) return;
  const missed = verdicts.filter(({ isMet }) => !isMet);
  print(
    `${pc.bold('Targets')} ${pc.green(`${verdicts.length - missed.length} met`)}, ${missed.length === 0 ? 'none missed' : pc.red(`${missed.length} missed`)}`,
  );
  const rows = missed.map((verdict) => [
    `  ${verdict.dimension.title}`,
    `${verdict.cell.column}, ${verdict.cell.serializer}`,
    pc.dim(limitText(verdict)),
    pc.red(outcomeText(verdict)),
  ]);
  for (const line of aligned(rows, { right: false })) print(line);
  print(pc.dim(`took ${Math.floor(results.seconds / 60)} min ${Math.round(results.seconds % 60)} s`));
}

const ESCAPES = /\u001b\[[0-9;]*m/g;

/** @param {string} text */
const widthOf = (text) => text.replaceAll(ESCAPES, '').length;

/** Columns under each other, the first to the left. @param {string[][]} rows @param {{ right?: boolean }} [options] */
function aligned(rows, { right = true } = {}) {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => widthOf(row[at] ?? ''))));
  return rows.map((row) =>
    row
      .map((text, at) => {
        const blank = ' '.repeat((widths[at] ?? 0) - widthOf(text));
        return at > 0 && right ? blank + text : text + blank;
      })
      .join('   ')
      .trimEnd(),
  );
}
