import type { Uri } from '../../protocol/message.js';
import { matchesUri, type MatchPolicy } from '../../protocol/uri.js';
import type { RouterLimits } from '../limits.js';
import { publicationSize, type Publication } from './publication.js';

/** How many events of one topic are retained that not everybody may have. */
const MAX_RESTRICTED = 8;

interface Kept {
  readonly publication: Publication;
  readonly bytes: number;
}

/** Of one topic, the newest first: at most one without black- and whitelists, which is the last. */
type Retained = readonly Kept[];

const sizeOf = (kept: Retained): number => kept.reduce((sum, { bytes }) => sum + bytes, 0);
const isRestricted = ({ publication }: Kept): boolean => publication.eligibility !== undefined;

/**
 * The last event of each topic that was published with `retain`.
 *
 * @see WAMP spec, Event Retention
 */
export class RetainedEvents {
  readonly #limits: Pick<RouterLimits, 'maxRetainedTopics' | 'maxRetainedBytes'>;
  readonly #topics = new Map<Uri, Retained>();
  #bytes = 0;

  constructor(limits: Pick<RouterLimits, 'maxRetainedTopics' | 'maxRetainedBytes'>) {
    this.#limits = limits;
  }

  /** Retains an event, unless its topic would be one too many. One that is too large leaves its topic without any. */
  retain(publication: Publication): void {
    const { topic, eligibility } = publication;
    const { maxRetainedTopics, maxRetainedBytes } = this.#limits;
    const before = this.#topics.get(topic);
    if (before === undefined && this.#topics.size >= maxRetainedTopics) return;
    const newest: Kept = { publication, bytes: publicationSize(publication) };
    const older = eligibility === undefined ? [] : (before ?? []);
    const after = [
      newest,
      ...older.filter(isRestricted).slice(0, MAX_RESTRICTED - 1),
      ...older.filter((kept) => !isRestricted(kept)),
    ];
    this.#bytes += sizeOf(after) - sizeOf(before ?? []);
    this.#topics.set(topic, after);
    if (this.#bytes <= maxRetainedBytes) return;
    this.#bytes -= sizeOf(after);
    this.#topics.delete(topic);
  }

  /** The latest event that reaches a session, of each topic that a pattern matches. */
  latest(match: MatchPolicy, pattern: Uri, reaches: (publication: Publication) => boolean): Publication[] {
    const topics =
      match === 'exact' ? [pattern] : [...this.#topics.keys()].filter((topic) => matchesUri(pattern, match, topic));
    return topics.flatMap((topic) => {
      const kept = this.#topics.get(topic)?.find(({ publication }) => reaches(publication));
      return kept === undefined ? [] : [kept.publication];
    });
  }
}
