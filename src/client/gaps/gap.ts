import type { Id, Uri } from '../../protocol/message.js';

/**
 * A notice in the stream of a topic: it was not subscribed for a while, and what was published meanwhile is not in the
 * stream. Given only to those who ask (`gaps: 'notice'`, or a {@link GapFill} that could not fill it).
 */
export class TopicGap {
  constructor(
    readonly topic: Uri,
    /** When the connection was found lost, in ms since the epoch; of a first subscription, when it was made. */
    readonly lostAtMs: number,
    /** When the topic was subscribed again, in ms since the epoch. */
    readonly resumedAtMs: number,
    /** Publication id of the last event before it, if there was one. */
    readonly lastPublication: Id | undefined,
    /** Why it was not filled, if that was asked for. */
    readonly cause: Error | undefined,
  ) {}
}

/** Whether an item of a topic's stream is a gap notice. */
export const isTopicGap = (item: unknown): item is TopicGap => item instanceof TopicGap;
