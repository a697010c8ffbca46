import type { Observable } from 'rxjs';
import type { RouterRole } from '../../protocol/features.js';
import type { Dict, Id, List, Uri } from '../../protocol/message.js';
import type { WampEvent } from '../../session/event.js';
import type { WampResult } from '../../session/result.js';
import type { TopicSnapshot } from './topic-snapshot.js';

/** What a gap is filled with: the session it ended in, and where the stream stopped. */
export interface GapContext {
  /** The topic or pattern, as it was asked for. */
  readonly topic: Uri;
  /** Id of the subscription in the new session. */
  readonly subscription: Id;
  /** Publication id of the last event of the stream; undefined when it had none yet. */
  readonly lastPublication: Id | undefined;
  /** Whether a publication is among the last hundred of the stream. */
  readonly isKnown: (publication: Id) => boolean;
  /** Whether the topic is subscribed for the first time, and has missed nothing yet. */
  readonly isFirst: boolean;
  /** The router's software, where it says so. */
  readonly agent: string | undefined;
  /** Whether the router announced a feature of its `broker` or `dealer`. */
  readonly supports: (role: RouterRole, feature: string) => boolean;
  /** Calls a procedure in the new session. Errors like `WampClient.call`. */
  readonly call: (procedure: Uri, args: List, kwargs?: Dict) => Observable<WampResult>;
}

/** What comes before the live events. */
export interface Filling<Item extends TopicSnapshot = TopicSnapshot> {
  readonly items: readonly (WampEvent | Item)[];
  /** Whether a live event that came meanwhile is not in `items` yet. Events among `items` are left out by themselves. Default: each is news. */
  readonly isNews?: ((event: WampEvent) => boolean) | undefined;
  /** Why something is missing before `items`: the `cause` of a `TopicGap` that comes first. Default: nothing is. */
  readonly missing?: Error | undefined;
}

/**
 * How a topic catches up: what is emitted when it is subscribed (again), before the live events, which are kept back
 * meanwhile. `history()` and `snapshot()` are two; write others for what your services offer.
 *
 * @typeParam Item what it puts into the stream beside events: snapshots, or `never`.
 */
export interface GapFill<Item extends TopicSnapshot = TopicSnapshot> {
  /** Equal for fills that do the same: subscribers share a topic only then. Undefined: each subscriber is filled by itself. */
  readonly key: string | undefined;
  /** Whether the first subscription is filled as well, or only what a lost connection cost. */
  readonly isForFirst: boolean;
  /**
   * Emits once, what was missed. Its error is the `cause` of a `TopicGap`, and the stream goes on. It is unsubscribed when
   * the connection is lost meanwhile, and asked again in the next session.
   */
  fill(context: GapContext): Observable<Filling<Item>>;
}
