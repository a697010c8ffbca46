import type { Id } from '../protocol/message.js';
import type { UriRule } from '../protocol/uri.js';
import type { RouterLimits } from './limits.js';
import type { RandomIds } from './random-ids.js';
import type { Backlogs } from './session/backlogs.js';
import type { SlowConsumerRule } from './slow-consumer.js';
import type { Counters } from './statistics.js';
import type { Turns } from './turns.js';

/** What all parts of one router share. */
export interface RouterContext {
  readonly limits: RouterLimits;
  readonly uriRule: UriRule;
  readonly agent: string;
  readonly ids: RandomIds;
  /** Ids of sessions that are joined or about to. */
  readonly sessionIds: Set<Id>;
  readonly turns: Turns;
  readonly slowConsumer: SlowConsumerRule;
  readonly backlogs: Backlogs;
  /** What happens outside of the realms that there are. */
  readonly counters: Counters;
  /** Reports what a hook of the application failed with. */
  readonly fault: (error: unknown) => void;
}
