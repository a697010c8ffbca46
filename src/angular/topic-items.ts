import type { Observable } from 'rxjs';
import {
  isTopicGap,
  isTopicSnapshot,
  type TopicGap,
  type TopicOptions,
  type TopicSnapshot,
  type Uri,
  type WampClient,
  type WampEvent,
} from 'rxwamp';

/** What a topic's stream holds. */
export type TopicItem = WampEvent | TopicGap | TopicSnapshot;

/** A topic of a client without a contract, which takes every URI. */
export const topicItems = (client: WampClient, uri: Uri, options: TopicOptions): Observable<TopicItem> =>
  client.topic(uri, options);

/** What is shown of an item by itself: the first argument of an event, or of a snapshot's result. */
export const valueOf = (item: TopicItem): unknown => {
  if (isTopicGap(item)) return undefined;
  return isTopicSnapshot(item) ? item.result.value : item.value;
};
