import { hashKey, weightOf } from '../routing/rendezvous.js';
import type { Subscription } from './subscription.js';

interface Shard {
  readonly subscription: Subscription;
  readonly nkey: string;
  readonly hash: number;
}

/**
 * The sharded subscriptions to one topic or pattern, by node key. Never empty.
 *
 * The spec names the options `nkey` and `rkey` and gives no rule of delivery. Our reading: an event with an `rkey` goes to
 * one of these, the one whose `nkey` weighs most for it (rendezvous hashing, as with sharded registrations). So events with
 * equal `rkey` go to the same node while the nodes are the same, and when a node comes or goes only its own keys move.
 *
 * @see WAMP spec, Sharded Subscription
 */
export class Shards {
  readonly #byNode = new Map<string, Shard>();

  /** How many there are. */
  get size(): number {
    return this.#byNode.size;
  }

  get(nkey: string): Subscription | undefined {
    return this.#byNode.get(nkey)?.subscription;
  }

  set(nkey: string, subscription: Subscription): void {
    this.#byNode.set(nkey, { subscription, nkey, hash: hashKey(nkey) });
  }

  delete(nkey: string): void {
    this.#byNode.delete(nkey);
  }

  /** All of them, the oldest first. */
  all(): Subscription[] {
    return [...this.#byNode.values()].map(({ subscription }) => subscription);
  }

  /** The one that a resource key belongs to, given its hash. */
  ownerOf(key: number): Subscription | undefined {
    let best: Shard | undefined;
    for (const shard of this.#byNode.values()) if (best === undefined || outweighs(shard, best, key)) best = shard;
    return best?.subscription;
  }

  /** Whether a resource key belongs to this node. Of many keys most are soon seen not to, however many nodes there are. */
  owns(nkey: string, key: number): boolean {
    const shard = this.#byNode.get(nkey);
    if (shard === undefined) return false;
    for (const other of this.#byNode.values()) if (other !== shard && outweighs(other, shard, key)) return false;
    return true;
  }
}

/** Of two node keys with the same hash it is the greater one that has the keys, whichever came first. */
function outweighs(one: Shard, other: Shard, key: number): boolean {
  const difference = weightOf(key, one.hash) - weightOf(key, other.hash);
  return difference > 0 || (difference === 0 && one.nkey > other.nkey);
}
