import type { Dict } from '../../protocol/message.js';
import { payloadSize } from '../routing/payload-size.js';
import type { SessionDetails } from '../session/session-details.js';

type Condition = (session: SessionDetails) => boolean;

/** The options of PUBLISH: what they list, and whether those listed receive the event or those not listed. */
const LISTS = [
  ['eligible', 'session', true],
  ['exclude', 'session', false],
  ['eligible_authid', 'authid', true],
  ['exclude_authid', 'authid', false],
  ['eligible_authrole', 'authrole', true],
  ['exclude_authrole', 'authrole', false],
] as const;

/** Lists of the publisher that say who may receive an event; all that are there have to agree. */
export class Eligibility {
  /** Whether sessions are listed by id: such an event means nothing to later sessions. */
  readonly listsSessions: boolean;
  /** About how many bytes the lists take. */
  readonly size: number;
  readonly #conditions: readonly Condition[];

  private constructor(conditions: readonly Condition[], listsSessions: boolean, size: number) {
    this.#conditions = conditions;
    this.size = size;
    this.listsSessions = listsSessions;
  }

  /**
   * What PUBLISH.Options say; undefined when they exclude nobody. An empty white list admits nobody.
   *
   * @see WAMP spec, Subscriber Black- and Whitelisting
   */
  static of(options: Dict): Eligibility | undefined {
    const conditions: Condition[] = [];
    let size = 0;
    for (const [option, attribute, listed] of LISTS) {
      const list = options[option];
      if (!Array.isArray(list)) continue;
      const members = new Set<unknown>(list);
      size += payloadSize(list);
      conditions.push((session) => members.has(session[attribute]) === listed);
    }
    const listsSessions = Array.isArray(options['eligible']) || Array.isArray(options['exclude']);
    return conditions.length === 0 ? undefined : new Eligibility(conditions, listsSessions, size);
  }

  admits(session: SessionDetails): boolean {
    return this.#conditions.every((condition) => condition(session));
  }
}
