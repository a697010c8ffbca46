import type { Uri } from '../../protocol/message.js';
import { matchesUri, type MatchPolicy } from '../../protocol/uri.js';
import type { SessionDetails } from '../session/session-details.js';
import { mayReceive, type Publication } from './publication.js';

/** How many events of one topic are retained that not everybody may have. */
const MAX_RESTRICTED = 8;

interface Retained {
  /** The last one without black- and whitelists. */
  readonly unrestricted: Publication | undefined;
  /** Those that came after it, the newest first. */
  readonly restricted: readonly Publication[];
}

/**
 * The last event of each topic that was published with `retain`.
 *
 * @see WAMP spec, Event Retention
 */
export class RetainedEvents {
  readonly #topics = new Map<Uri, Retained>();

  constructor(private readonly maxTopics: number) {}

  /** Retains an event, unless its topic would be one too many. */
  retain(publication: Publication): void {
    const { topic, eligibility } = publication;
    const before = this.#topics.get(topic);
    if (before === undefined && this.#topics.size >= this.maxTopics) return;
    this.#topics.set(
      topic,
      eligibility === undefined
        ? { unrestricted: publication, restricted: [] }
        : {
            unrestricted: before?.unrestricted,
            restricted: [publication, ...(before?.restricted ?? [])].slice(0, MAX_RESTRICTED),
          },
    );
  }

  /** The latest event that a session may have, of each topic that a pattern matches. */
  latest(match: MatchPolicy, pattern: Uri, session: SessionDetails): Publication[] {
    const topics =
      match === 'exact' ? [pattern] : [...this.#topics.keys()].filter((topic) => matchesUri(pattern, match, topic));
    return topics.flatMap((topic) => {
      const { restricted = [], unrestricted } = this.#topics.get(topic) ?? {};
      return [...restricted, ...(unrestricted === undefined ? [] : [unrestricted])]
        .filter((publication) => mayReceive(publication, session))
        .slice(0, 1);
    });
  }
}
