import { createRequire } from 'node:module';

/** picocolors, which the library's own tools use, too. */
const color = /** @type {typeof import('picocolors')} */ (createRequire(import.meta.url)('picocolors'));

/** @type {Readonly<Record<import('./ledger.mjs').Outcome, string>>} */
const MARKS = { works: color.green('✓'), fails: color.red('✗'), peer: color.yellow('≠'), absent: color.dim('·') };

/** Writes what happens to a terminal, one line a check. */
export class Terminal {
  #place = '';

  /** @param {string} text */
  title(text) {
    console.log(`\n${color.bold(text)}`);
    this.#place = '';
  }

  /** @param {string} text */
  note(text) {
    console.log(color.dim(`  ${text}`));
  }

  /** @param {string} text */
  bad(text) {
    console.log(color.red(`  ${text}`));
  }

  /**
   * The end of the log of a program, when something has gone wrong with it.
   *
   * @param {string} name
   * @param {string} log
   */
  log(name, log) {
    console.log(color.red(`  ── the end of the log of ${name}`));
    for (const line of log.trim().split('\n').slice(-25)) console.log(color.dim(`  │ ${line.slice(0, 200)}`));
  }

  /** @param {import('./ledger.mjs').Result} result */
  check({ peer, column, group, feature, outcome, detail, ms }) {
    const place = `${peer}, ${column}`;
    if (place !== this.#place) console.log(`\n  ${color.cyan(peer)} ${color.dim(column)}`);
    this.#place = place;
    const time = ms > 1_000 ? color.dim(` ${(ms / 1_000).toFixed(1)} s`) : '';
    const why = detail === '' ? '' : color.dim(` ${detail.slice(0, outcome === 'fails' ? 400 : 110)}`);
    console.log(`    ${MARKS[outcome]} ${color.dim(`${group}:`)} ${feature}${time}${why}`);
  }

  /** @param {import('./ledger.mjs').Ledger} ledger @param {number} seconds */
  summary(ledger, seconds) {
    const count = (/** @type {import('./ledger.mjs').Outcome} */ outcome) =>
      ledger.results.filter((result) => result.outcome === outcome).length;
    console.log(`\n${color.bold('peers')}`);
    for (const peer of ledger.peers.values()) {
      const own = ledger.results.filter((result) => result.peer === peer.name);
      const bad = own.filter(({ outcome }) => outcome === 'fails').length;
      const text =
        peer.missing !== undefined
          ? color.yellow(`did not run: ${peer.missing.split('\n')[0] ?? ''}`)
          : own.length === 0
            ? color.dim('not asked for')
            : `${own.filter(({ outcome }) => outcome === 'works').length} of ${own.length} work${bad > 0 ? color.red(`, ${bad} fail`) : ''}`;
      console.log(`  ${peer.name.padEnd(18)} ${color.dim((peer.version ?? '').padEnd(10))} ${text}`);
    }
    console.log(
      `\n${color.green(`${count('works')} work`)}, ${count('fails') > 0 ? color.red(`${count('fails')} fail`) : '0 fail'}, ` +
        `${color.yellow(`${count('peer')} the peer’s bug`)}, ${color.dim(`${count('absent')} not there`)}, in ${seconds.toFixed(0)} s`,
    );
  }
}
