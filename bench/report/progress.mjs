import pc from 'picocolors';

/** One line at the bottom that says what is being measured, where there is somebody to see it. */
export class Progress {
  total = 0;
  #done = 0;
  #stream;
  #start = performance.now();

  /** @param {NodeJS.WriteStream} stream */
  constructor(stream) {
    this.#stream = stream;
  }

  /** How much has been done, 0 … 1. */
  get share() {
    return this.#done / Math.max(1, this.total);
  }

  /** So many steps will not be made. @param {number} steps */
  leaveOut(steps) {
    this.#done += steps;
  }

  /** @param {string} what */
  step(what) {
    const { share } = this;
    this.#done++;
    if (!this.#stream.isTTY) return;
    const seconds = Math.round((performance.now() - this.#start) / 1000);
    const bar = '━'.repeat(Math.round(share * 20)).padEnd(20, '╌');
    const line = `${bar} ${this.#done}/${this.total} ${seconds} s  ${what}`;
    this.#stream.write(`\r\u001b[K${pc.dim(line.slice(0, (this.#stream.columns || 80) - 1))}`);
  }

  clear() {
    if (this.#stream.isTTY) this.#stream.write('\r\u001b[K');
  }
}
