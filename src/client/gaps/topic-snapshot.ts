import type { Uri } from '../../protocol/message.js';
import type { WampResult } from '../../session/result.js';

/** The state of what a topic tells the changes of, in the topic's stream: whatever was shown before is replaced by it. */
export class TopicSnapshot {
  constructor(
    readonly topic: Uri,
    /** What the procedure gave. */
    readonly result: WampResult,
  ) {}
}

/** Whether an item of a topic's stream is a snapshot. */
export const isTopicSnapshot = (item: unknown): item is TopicSnapshot => item instanceof TopicSnapshot;
