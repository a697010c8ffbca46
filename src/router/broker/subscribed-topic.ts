import type { Shards } from './shards.js';
import type { Subscription } from './subscription.js';

/** The subscriptions to one topic or pattern; there is at least one. */
export interface SubscribedTopic {
  /** The one that gets every event. */
  whole: Subscription | undefined;
  /** Those that share the events among them. */
  shards: Shards | undefined;
}
