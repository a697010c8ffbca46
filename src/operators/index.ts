/**
 * Operators that stand alone: they work on any Observable, without a client.
 *
 * @packageDocumentation
 */
export { backoffDelayMs, type BackoffPolicy } from './backoff.js';
export { batchWhileBusy } from './batch-while-busy.js';
export type { Overflow, Pausable, QueueOptions } from './bounded-queue.js';
export { conflate, type ConflateOptions } from './conflate.js';
export { processQueue, type ProcessQueueOptions } from './process-queue.js';
export { QueueMeter, type QueueStats } from './queue-meter.js';
export { reconnect, type ReconnectPolicy, type ReconnectState } from './reconnect.js';
export { retryCall, type RetryCallOptions } from './retry-call.js';
export { toAsyncIterable } from './to-async-iterable.js';
export { value } from './value.js';
