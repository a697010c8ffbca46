import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What runs have found out, kept from run to run: a file for each mode with a line of JSON for each dimension.
 *
 * @typedef {import('./results.mjs').DimensionResults} DimensionResults
 * @typedef {import('./dimension.mjs').Mode} Mode
 */

/** Changes when what is stored does. What was stored in another format is measured again. */
const FORMAT = 1;

export class Store {
  #folder;
  #file;

  /** @param {string} folder made when something is stored @param {Mode} mode */
  constructor(folder, mode) {
    this.#folder = folder;
    this.#file = join(folder, `${mode}.jsonl`);
  }

  /** All that is stored, each dimension once. A line that is cut off is none. @returns {DimensionResults[]} */
  read() {
    let text;
    try {
      text = readFileSync(this.#file, 'utf8');
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return [];
      throw error;
    }
    /** @type {Map<string, DimensionResults>} */
    const found = new Map();
    for (const line of text.split('\n')) {
      const dimension = parsed(line);
      if (dimension !== undefined) found.set(dimension.id, dimension);
    }
    return [...found.values()];
  }

  /** In place of what was stored of that dimension. Whoever is killed while storing leaves the former file. @param {DimensionResults} dimension */
  put(dimension) {
    const others = this.read().filter(({ id }) => id !== dimension.id);
    mkdirSync(this.#folder, { recursive: true });
    const lines = [...others, dimension].map((one) => `${JSON.stringify({ format: FORMAT, dimension: one })}\n`);
    const next = `${this.#file}.${process.pid}`;
    writeFileSync(next, lines.join(''));
    renameSync(next, this.#file);
  }
}

/** @param {string} line @returns {DimensionResults | undefined} */
function parsed(line) {
  try {
    const { format, dimension } = JSON.parse(line);
    return format === FORMAT ? dimension : undefined;
  } catch {
    return undefined;
  }
}
