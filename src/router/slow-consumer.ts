import { UsageError } from '../protocol/errors.js';
import * as ErrorUri from '../protocol/error-uris.js';
import type { RouterLimits } from './limits.js';

/**
 * What becomes of a client that reads more slowly than it is sent to. Others never wait for it: what is sent to it waits
 * in the buffer of its own connection, which has two bounds.
 */
export interface SlowConsumerOptions {
  /**
   * - `'disconnect'`: beyond a bound the session is ended with ABORT `wamp.error.network_failure`, which the client sees
   *   if it reads on within `limits.closeTimeoutMs`; then the connection is cut. A client that reconnects knows that it
   *   missed something.
   * - `'drop'`: beyond a bound it is sent no events until it has caught up. They are counted as `eventsDropped`.
   *   Acknowledgements, results, invocations and errors are never dropped; should they pile up beyond
   *   `limits.maxBufferedBytes`, it is disconnected all the same.
   *
   * Default: `'disconnect'`.
   */
  readonly policy?: 'disconnect' | 'drop' | undefined;
  /**
   * How many bytes may wait. Not above `limits.maxBufferedBytes`. Default: that limit (16 MiB) to disconnect, a sixteenth
   * of it (1 MiB) to drop.
   */
  readonly maxBufferedBytes?: number | undefined;
  /**
   * How long something may wait, in milliseconds. It is noticed after one to two times as long. `Infinity` sets no such
   * bound. Default: 60,000.
   */
  readonly maxBufferedMs?: number | undefined;
}

/** The bounds of what waits for one client. */
export interface SlowConsumerRule {
  readonly policy: 'disconnect' | 'drop';
  /** Beyond this the session ends. */
  readonly maxBytes: number;
  /** Beyond this no events are sent. */
  readonly maxBytesForEvents: number;
  readonly maxMs: number;
}

const SHARE_FOR_EVENTS = 1 / 16;
const MAX_BUFFERED_MS = 60_000;

/** @throws {UsageError} when an option is not what it should be. */
export function slowConsumerRule(
  { policy = 'disconnect', maxBufferedBytes, maxBufferedMs = MAX_BUFFERED_MS }: SlowConsumerOptions,
  { maxBufferedBytes: limit }: RouterLimits,
): SlowConsumerRule {
  const refuse = (what: string): UsageError =>
    new UsageError(ErrorUri.INVALID_ARGUMENT, what, { attempted: 'slowConsumer' });
  // It may come from a file.
  if (!['disconnect', 'drop'].includes(policy)) throw refuse('policy must be disconnect or drop');
  const bytes = maxBufferedBytes ?? (policy === 'drop' ? limit * SHARE_FOR_EVENTS : limit);
  if (!(bytes >= 0)) throw refuse('maxBufferedBytes must be a number of bytes');
  if (bytes > limit) throw refuse(`maxBufferedBytes is above limits.maxBufferedBytes (${limit}): raise both`);
  if (!(maxBufferedMs > 0)) throw refuse('maxBufferedMs must be a number of milliseconds above 0');
  return {
    policy,
    maxBytes: policy === 'drop' ? limit : bytes,
    maxBytesForEvents: bytes,
    maxMs: maxBufferedMs,
  };
}
