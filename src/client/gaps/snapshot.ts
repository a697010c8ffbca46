import { map, take, throwError, throwIfEmpty, timeout } from 'rxjs';
import { checkNumber } from '../../operators/options.js';
import { ProtocolViolationError, TimeoutError } from '../../protocol/errors.js';
import type { Uri } from '../../protocol/message.js';
import { toPayload, type PayloadInput } from '../../protocol/payload.js';
import type { WampEvent } from '../../session/event.js';
import type { WampResult } from '../../session/result.js';
import type { GapFill } from './fill.js';
import { TopicSnapshot } from './topic-snapshot.js';

/** Options of {@link snapshot}. */
export interface SnapshotOptions {
  /** What the procedure is called with. Default: nothing. */
  readonly payload?: PayloadInput;
  /** How long it may take. Default: 10,000. */
  readonly timeoutMs?: number;
  /**
   * Whether an event that came while the procedure was called is in its result already, and is left out: e.g. by comparing
   * the version both carry. Default: none is, as when applying a change twice does no harm.
   */
  readonly includes?: (result: WampResult, event: WampEvent) => boolean;
}

/**
 * A state and its changes without a race: subscribes first, then calls a procedure for the state, emits it as a
 * {@link TopicSnapshot}, then the events that came meanwhile, then goes on. At the first subscription and after every
 * reconnect alike; each subscriber gets a snapshot of its own. When the call fails (`WampError`, `TimeoutError`, …) a
 * `TopicGap` with that cause takes its place.
 *
 * @throws {UsageError} when an option makes no sense.
 * @example
 * wamp.topic('com.example.stock.changed', { gaps: snapshot('com.example.stock.get') }).pipe(
 *   scan((stock, item) => (isTopicSnapshot(item) ? item.result.value : isTopicGap(item) ? stock : change(stock, item)), {}),
 * );
 */
export function snapshot(procedure: Uri, { payload, timeoutMs = 10_000, includes }: SnapshotOptions = {}): GapFill {
  checkNumber('snapshot', 'timeoutMs', timeoutMs, 1);
  const context = { attempted: 'CALL', on: procedure };
  const [args, kwargs] = toPayload(payload, 'CALL', procedure);
  return {
    key: undefined,
    isForFirst: true,
    fill: ({ topic, call }) =>
      call(procedure, args, kwargs).pipe(
        take(1),
        throwIfEmpty(() => new ProtocolViolationError('the call gave no result', context)),
        timeout({ first: timeoutMs, with: () => throwError(() => new TimeoutError(timeoutMs, context)) }),
        map((result) => ({
          items: [new TopicSnapshot(topic, result)],
          isNews: includes && ((event) => !includes(result, event)),
        })),
      ),
  };
}
