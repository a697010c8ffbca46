import pc from 'picocolors';
import { buildText } from '../measure/build.mjs';
import { cellOf, ratioToFloor, roundsText, spreadOf, valueOf } from '../measure/results.mjs';
import { isBusy, machineText } from './machine.mjs';
import { limitText, outcomeText, verdictsOf } from './targets.mjs';
import { absence, durationText, entryName, figure, onceText, timeText, times } from './text.mjs';

/**
 * What a person sees while it runs.
 *
 * @typedef {import('../measure/results.mjs').Results} Results
 * @typedef {import('../measure/results.mjs').DimensionResults} DimensionResults
 * @typedef {import('../measure/results.mjs').Cell} Cell
 * @typedef {import('../measure/dimension.mjs').View} View
 * @typedef {(line: string) => void} Print
 */

/**
 * @param {import('../measure/results.mjs').Conditions} conditions
 * @param {string} startedAt ISO
 * @param {Print} print
 */
export function printHeader({ machine, library, mode, load }, startedAt, print) {
  print('');
  print(`${pc.bold(`rxwamp ${buildText(library)}`)} ${pc.dim(`measured ${timeText(startedAt)}, ${mode} run`)}`);
  print(pc.dim(machineText(machine)));
  if (isBusy({ machine, load }))
    print(pc.yellow(`the machine was busy before (load ${load}): do not trust what comes out`));
  if (mode === 'quick') print(pc.yellow('few rounds: good for a look, not for a claim'));
}

/** What a run that is resumed need not measure. @param {readonly DimensionResults[]} kept @param {Print} print */
export function printStored(kept, print) {
  print('');
  for (const { title, measuredAt } of kept) print(pc.dim(`stored ${timeText(measuredAt)}: ${title}`));
}

/** @param {DimensionResults} dimension @param {Print} print */
export function printDimension(dimension, print) {
  const { title, seconds, measuredAt, cells } = dimension;
  print('');
  print(
    `${pc.bold(pc.cyan(title))} ${pc.dim(`${roundsText(dimension)}, ${Math.round(seconds)} s, ${timeText(measuredAt)}`)}`,
  );
  for (const view of dimension.views) {
    print('');
    for (const line of table(dimension, view)) print(line);
  }
  for (const { contestant, column, serializer, error } of cells)
    if (error !== undefined) print(pc.red(`  ${contestant}, ${serializer}, ${column}: ${error.split('\n')[0]}`));
}

/**
 * @param {DimensionResults} dimension
 * @param {View} view
 * @returns {string[]}
 */
function table(dimension, view) {
  const { entries, columns } = dimension;
  const verdicts = verdictsOf(dimension).filter(({ target }) => target.metric === view.metric);
  const unit = view.unit === '' ? '' : ` (${view.unit})`;
  /** @type {string[][]} */
  const rows = [[pc.underline(`${view.title}${unit}`), ...columns.map((label) => pc.dim(label))]];
  for (const entry of entries) {
    const cells = columns.map((column) => cellOf(dimension, entry.contestant, entry.serializer, column));
    if (cells.every((cell) => cell === undefined)) continue;
    const isOurs = entry.contestant === 'rxwamp';
    const name = entryName(dimension, entry);
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
  if (value === undefined) return pc.dim(absence(cell));
  const all = [value, ...(view.also ?? []).map((metric) => valueOf(cell, metric) ?? NaN)].map(figure).join(' / ');
  const lies = spreadOf(cell, view.metric);
  const around = lies === undefined ? '' : pc.dim(` ±${Math.round(lies * 100)}%`);
  const compared = view.ratio === false ? undefined : ratioToFloor(dimension, cell, view.metric);
  const once = onceText(cell);
  return (
    paint(all) +
    around +
    (once === '' ? '' : pc.dim(` ${once}`)) +
    (compared === undefined ? '' : ` ${pc.cyan(times(compared).padStart(6))}`)
  );
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
  print(pc.dim(`took ${durationText(results.seconds)}`));
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
