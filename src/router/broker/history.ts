import { UsageError } from '../../protocol/errors.js';
import { isUri } from '../../protocol/uri.js';
import * as ErrorUri from '../../protocol/error-uris.js';
import type { HistoryOptions } from '../options.js';
import { EventStore } from './event-store.js';
import type { Subscriptions } from './subscriptions.js';

/** What the events of one topic may take unless it is said. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Makes the subscriptions whose events are kept, so that they are there before anybody subscribes.
 *
 * @throws {UsageError} when an option is not what it should be.
 */
export function keepHistory(history: readonly HistoryOptions[], subscriptions: Subscriptions): void {
  for (const { topic, match = 'exact', maxEvents, maxBytes = MAX_BYTES } of history) {
    const refuse = (what: string): never => {
      throw new UsageError(ErrorUri.INVALID_ARGUMENT, what, { attempted: 'history', on: topic });
    };
    if (!isUri(topic, match)) refuse('not a URI');
    if (!Number.isInteger(maxEvents) || maxEvents < 1) refuse('maxEvents must be an integer above 0');
    if (!(maxBytes > 0)) refuse('maxBytes must be a number above 0');
    if (subscriptions.byPattern(match, topic) !== undefined) refuse('listed twice');
    subscriptions.create({ match, uri: topic }, new EventStore(maxEvents, maxBytes));
  }
}
