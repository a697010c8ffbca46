import { Calls } from './calls.mjs';
import { Counts } from './counts.mjs';
import { Deliveries } from './deliveries.mjs';
import { Publications } from './publications.mjs';
import { Violations } from './violations.mjs';

/** @import { Publisher } from './publications.mjs' */
/** @import { Watch } from './deliveries.mjs' */

/** Every message of a round, and what became of it; of the rounds before it knows the figures. */
export class Ledger {
  counts = new Counts();
  violations = new Violations();
  publications = new Publications(this);
  deliveries = new Deliveries(this);
  calls = new Calls(this);
  /** Those who are subscribed. @type {Set<Watch>} */
  watches = new Set();

  /**
   * When all is quiet: looks for what is missing, and forgets the round.
   *
   * @param {{ readonly publishers: readonly Publisher[], readonly droppedByRouter: number }} known
   */
  closeRound({ publishers, droppedByRouter }) {
    const watches = [...this.watches];
    this.publications.check(publishers);
    this.deliveries.check(watches, droppedByRouter);
    this.calls.check();
    this.publications.clear();
    this.deliveries.clear(watches);
    this.calls.clear();
  }
}
