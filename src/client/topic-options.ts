import { SerializationError, UsageError } from '../protocol/errors.js';
import type { Dict, Uri } from '../protocol/message.js';
import { ErrorUri } from '../protocol/uris.js';

/** Options of `topic`. What has underscores or is of one word travels as SUBSCRIBE.Options. */
export interface TopicOptions {
  /** How the URI is compared. Default: `'exact'`. Needs the router's `pattern_based_subscription`. */
  readonly match?: 'exact' | 'prefix' | 'wildcard';
  /** Whether the broker sends the event it retained, if any, first. It comes with SUBSCRIBE, so only to whoever is subscribed then. Default: false. Needs `event_retention`. */
  readonly get_retained?: boolean;
  /**
   * What becomes of a gap, i.e. the time from losing the connection to being subscribed again. `'silent'`: the stream goes
   * on as if nothing had been. `'notice'`: a {@link TopicGap} is emitted. `'history'`: the events missed are fetched from
   * the router's event history and emitted in order, each once; where the router keeps none, a `TopicGap` instead.
   * Default: `'silent'`.
   */
  readonly gaps?: GapPolicy;
  /** Custom options of the router's, sent as they are. */
  readonly [custom: `_${string}` | `x_${string}`]: unknown;
}

/** See {@link TopicOptions.gaps}. */
export type GapPolicy = 'silent' | 'notice' | 'history';

/**
 * What goes on the wire, and what is ours.
 *
 * @throws {UsageError} when `gaps` is none of its values.
 */
export function splitTopicOptions(
  on: Uri,
  { gaps = 'silent', ...wire }: TopicOptions,
): { readonly gaps: GapPolicy; readonly wire: Dict } {
  if (!POLICIES.has(gaps)) {
    const what = 'the option gaps must be silent or notice or history';
    throw new UsageError(ErrorUri.INVALID_ARGUMENT, what, { attempted: 'SUBSCRIBE', on });
  }
  return { gaps, wire: Object.fromEntries(Object.entries(wire).filter(([, value]) => value !== undefined)) };
}

const POLICIES: ReadonlySet<unknown> = new Set<GapPolicy>(['silent', 'notice', 'history']);

/**
 * A key that is equal for equal topics: same URI, same options, in whatever order they were written.
 *
 * @throws {SerializationError} when an option holds what cannot be sent.
 */
export function topicKey(topic: Uri, gaps: GapPolicy, wire: Dict): string {
  const options = Object.entries(wire)
    .filter(([key, value]) => !(key === 'match' && value === 'exact'))
    .sort(byKey);
  try {
    return JSON.stringify([topic, gaps, options], bigIntAsText);
  } catch (cause) {
    throw new SerializationError('an option cannot be sent', { attempted: 'SUBSCRIBE', on: topic, cause });
  }
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);
const bigIntAsText = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? `${String(value)}n` : value);
