/**
 * One baton for the processes that are compared: only who holds it computes. It goes from one to the next lap by lap, and back
 * in the next one, so that a machine that is slower for a while, or gets slower, is so for all of them.
 *
 * @typedef {{ waits: { phase: number, go: () => void } | undefined }} Runner
 */
export class Baton {
  /** @type {Set<Runner>} */
  #runners = new Set();
  /** Who still has a turn in this lap. @type {Runner[]} */
  #lap = [];
  #laps = 0;
  /** @type {Runner | undefined} */
  #holder;

  /** Before anybody sets off: a lap waits for all who have joined. */
  join() {
    /** @type {Runner} */
    const runner = { waits: undefined };
    this.#runners.add(runner);
    return runner;
  }

  /**
   * Hands it over, and waits until it comes back.
   *
   * @param {Runner} runner
   * @param {number} phase who is ahead waits until all others are there
   * @returns {Promise<void>}
   */
  next(runner, phase) {
    return new Promise((go) => {
      runner.waits = { phase, go };
      this.#release(runner);
    });
  }

  /** @param {Runner} runner */
  leave(runner) {
    this.#runners.delete(runner);
    this.#lap = this.#lap.filter((one) => one !== runner);
    this.#release(runner);
  }

  /** @param {Runner} runner */
  #release(runner) {
    if (this.#holder === runner) this.#holder = undefined;
    if (this.#holder !== undefined) return;
    if (this.#lap.length === 0) this.#lap = this.#nextLap();
    const next = this.#lap.shift();
    if (next?.waits === undefined) return;
    const { go } = next.waits;
    next.waits = undefined;
    this.#holder = next;
    go();
  }

  #nextLap() {
    const runners = [...this.#runners];
    const phases = runners.map(({ waits }) => waits?.phase ?? NaN);
    // Not a number when somebody is not there yet.
    const phase = Math.min(...phases);
    const lap = runners.filter((_, at) => phases[at] === phase);
    if (lap.length > 0 && this.#laps++ % 2 === 1) lap.reverse();
    return lap;
  }
}
