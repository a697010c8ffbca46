import { NO_ENTRIES } from '../protocol/dict.js';
import * as ErrorUri from '../protocol/error-uris.js';
import { SerializationError, UsageError } from '../protocol/errors.js';
import type { Dict, Uri } from '../protocol/message.js';
import type { GapFill } from './gaps/fill.js';

/** Options of `topic`. What has underscores or is of one word travels as SUBSCRIBE.Options. */
export interface TopicOptions {
  /** How the URI is compared. Default: `'exact'`. Needs the router's `pattern_based_subscription`. */
  readonly match?: 'exact' | 'prefix' | 'wildcard';
  /**
   * Whether the stream begins with the event that the broker retained, if any. Who joins others on the topic begins with the
   * latest event they have seen, retained or not. After a reconnect it comes again only if it is another one. Default:
   * false. Needs `event_retention`.
   */
  readonly get_retained?: boolean;
  /**
   * The node whose share of the events this is: a publication with an `rkey` goes to one `nkey` of the topic, one without to all.
   * Who uses the same `nkey` has the same share. Which keys are whose is the router's matter; with `rxwamp/router` a key stays
   * with its node while it is there. That is our reading: the spec gives no rule. 1 to 4,096 characters. Default: none, and every event
   * comes. Needs `sharded_subscription`.
   *
   * @see WAMP spec, Sharded Subscription
   */
  readonly nkey?: string;
  /** What becomes of a gap: see {@link GapPolicy}. Default: `'silent'`. */
  readonly gaps?: GapPolicy;
  /** Custom options of the router's, sent as they are. */
  readonly [custom: `_${string}` | `x_${string}`]: unknown;
}

/**
 * What becomes of a gap, i.e. the time from losing the connection to being subscribed again:
 *
 * - `'silent'`: the stream goes on with what is live, as if nothing had been;
 * - `'notice'`: so it does, after a `TopicGap`;
 * - `'retained'`: it goes on with the event that the broker retained, if it is a new one. The same as `get_retained: true`;
 * - `history()`: the events missed, from the router's event history;
 * - `snapshot(procedure)`: the state that a procedure gives, at the first subscription, too;
 * - any other {@link GapFill}.
 *
 * Where a fill fails there is a `TopicGap` in its place.
 */
export type GapPolicy = 'silent' | 'notice' | 'retained' | GapFill;

/**
 * What goes on the wire, and what is ours.
 *
 * @throws {UsageError} when `gaps` is none of its values.
 */
export function splitTopicOptions(
  on: Uri,
  { gaps = 'silent', ...given }: TopicOptions,
): { readonly gaps: GapPolicy; readonly wire: Dict } {
  if (typeof gaps !== 'object' && !POLICIES.includes(gaps)) {
    const what = 'the option gaps must be silent or notice or retained, or a fill such as history()';
    throw new UsageError(ErrorUri.INVALID_ARGUMENT, what, { attempted: 'SUBSCRIBE', on });
  }
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  const wire = set.length === 0 ? NO_ENTRIES : Object.fromEntries(set);
  return { gaps, wire: gaps === 'retained' ? { ...wire, get_retained: true } : wire };
}

const POLICIES: readonly unknown[] = ['silent', 'notice', 'retained'] satisfies GapPolicy[];

/**
 * A key that is equal for equal topics: same URI, same options, in whatever order they were written.
 *
 * @returns undefined where every subscriber has to be served by itself.
 * @throws {SerializationError} when an option holds what cannot be sent.
 */
export function topicKey(topic: Uri, gaps: GapPolicy, wire: Dict): string | undefined {
  const policy = typeof gaps === 'object' ? gaps.key : gaps;
  const options = Object.entries(wire)
    .filter(([key, value]) => !(key === 'match' && value === 'exact'))
    .sort(byKey);
  // The other keys begin with a space, which no URI has.
  if (gaps === 'silent' && options.length === 0) return topic;
  let key: string;
  try {
    key = JSON.stringify([topic, policy, options], bigIntAsText);
  } catch (cause) {
    throw new SerializationError('an option cannot be sent', { attempted: 'SUBSCRIBE', on: topic, cause });
  }
  return policy && ` ${key}`;
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);
const bigIntAsText = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? `${String(value)}n` : value);
