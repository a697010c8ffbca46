import pc from 'picocolors';

/** @import { SoakReport } from './run.mjs' */

/** What is shown, under which title. @type {Readonly<Record<string, readonly (keyof SoakReport['counts'])[]>>} */
const SECTIONS = {
  'publications, as their publishers know them': [
    'published',
    'acknowledged',
    'handed to the connection',
    'refused',
    'dropped and counted',
    'acknowledgement lost, as told',
    'lost with its connection, as told',
  ],
  'events, as their subscribers know them': [
    'due to subscribers',
    'delivered',
    'lost in a reported gap',
    'dropped by the router and counted',
    'gap notices',
  ],
  calls: [
    'called',
    'answered',
    'progressive results',
    'failed, as told',
    'timed out',
    'canceled',
    'lost with its connection, as told (calls)',
    'refused by a full queue (calls)',
    'invoked',
    'interrupted',
  ],
};

const mebibytes = (/** @type {number} */ bytes) => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
const number = (/** @type {number} */ count) => count.toLocaleString('en-US').padStart(12);

/**
 * A report for people.
 *
 * @param {SoakReport} report
 * @returns {string}
 */
export function reportText(report) {
  const { seed, schedule, rounds, stopped, seconds, counts, faults, heap, violations, violationCount, ok } = report;
  const lines = [];
  for (const [title, names] of Object.entries(SECTIONS)) {
    lines.push('', pc.bold(title));
    for (const name of names) lines.push(`${number(counts[name])}  ${name.replace(' (calls)', '')}`);
  }
  const begun = Object.entries(faults).sort(([a], [b]) => (a < b ? -1 : 1));
  lines.push('', pc.bold(`faults, of schedule ${schedule}`));
  for (const [kind, count] of begun) lines.push(`${number(count)}  ${kind}`);
  lines.push(`${number(counts['sessions lost'])}  connections lost, as told`);
  lines.push('', pc.bold('heap after each round, garbage collected'));
  lines.push(`  ${heap.samples.map(mebibytes).join('  ') || 'no round was finished'}`);
  if (heap.growth === undefined) lines.push('  too few rounds to tell whether it grows');
  else
    lines.push(
      `  ${heap.growth < 0 ? 'shrinks' : 'grows'} by ${Math.abs(Math.round(heap.growth / 1024))} KiB a round after warm-up; ${heap.limit / 1024} KiB are allowed`,
    );
  lines.push('');
  for (const violation of violations) lines.push(`${pc.red('✗')} ${violation}`);
  if (violationCount > violations.length) lines.push(`${pc.red('✗')} … and ${violationCount - violations.length} more`);
  const what = `seed ${seed}, ${rounds} rounds in ${seconds.toFixed(1)} s${stopped ? ', stopped early' : ''}`;
  lines.push(
    ok
      ? `${pc.green('✓')} every message has a fate that was told, and nothing leaked (${what})`
      : pc.red(`failed: ${what}; again with --seed ${seed}`),
  );
  return lines.join('\n');
}
