import * as Code from '../protocol/codes.js';
import type { EventMessage, Id, Publish, Uri } from '../protocol/message.js';
import { tail } from '../protocol/payload.js';
import * as ErrorUri from '../protocol/error-uris.js';
import { checkPassthru, refusal } from './check.js';
import type { ShareLimits } from './limits.js';
import type { Member } from './member.js';
import type { EventFilter } from './relayed-topics.js';
import type { Upstream } from './upstream.js';

/** How many events may wait until it is known whose they are. */
const MAX_HELD_EVENTS = 10_000;

/** Who is subscribed, and how an event reaches them. */
interface Audience {
  reaches(member: Member, topic: Uri): boolean;
  reachesOthers(member: Member, topic: Uri): boolean;
  deliver(member: Member, message: EventMessage): void;
}

/** What one member has published that may come back to it. */
interface Echo {
  /** Topics of the PUBLISHes whose publication id is not known yet, by the session's request id, ascending. */
  readonly unknown: Map<Id, Uri>;
  /** Events that may be one of those sent up to `upTo`, and all that came after them. */
  readonly held: { readonly message: EventMessage; readonly upTo: Id }[];
}

/**
 * What members publish. To the router all of them are one session, which it leaves out of that session's own
 * publications; but the other tabs are to have them, and the one that published is not. So where a topic is heard by
 * others here, it goes out with `exclude_me: false`. Where it is heard by the publisher as well, it is acknowledged too,
 * and its event is known by the publication id when it comes back; until that id is there, events of that topic wait.
 */
export class RelayedPublications implements EventFilter {
  readonly #upstream: Upstream;
  readonly #limits: ShareLimits;
  readonly #audience: () => Audience;
  readonly #echoes = new Map<Member, Echo>();

  constructor(upstream: Upstream, limits: ShareLimits, audience: () => Audience) {
    this.#upstream = upstream;
    this.#limits = limits;
    this.#audience = audience;
  }

  publish(member: Member, message: Publish): void {
    const [, request, options, topic, args, kwargs] = message;
    const acknowledge = options['acknowledge'] === true;
    const refuse = (error: Uri, text?: string): void => {
      if (acknowledge) member.refuse(Code.PUBLISH, request, error, text);
    };
    checkPassthru(this.#upstream, [member, 'publisher'], message, options);
    const refused = refusal(this.#upstream, 'PUBLISH', topic, options);
    if (refused !== undefined) {
      refuse(refused.uri, refused.message);
      return;
    }
    const audience = this.#audience();
    const unheard = options['exclude_me'] !== false && audience.reachesOthers(member, topic);
    const echoes = unheard && audience.reaches(member, topic);
    if ((acknowledge || echoes) && member.pending >= this.#limits.maxPendingPerTab) {
      refuse(ErrorUri.NETWORK_FAILURE, 'too many answers are waited for');
      // Without an acknowledgement there is nobody to tell, and it must not be lost in silence.
      if (!acknowledge) member.drop();
      return;
    }
    const sent = {
      ...options,
      ...(unheard && { exclude_me: false }),
      ...(echoes && { acknowledge: true }),
    };
    const publish = (id: Id): Publish => [Code.PUBLISH, id, sent, topic, ...tail(args, kwargs)];
    try {
      if (acknowledge || echoes) this.#acknowledged(member, request, topic, publish, { acknowledge, echoes });
      else this.#upstream.request(publish);
    } catch {
      refuse(ErrorUri.INVALID_PAYLOAD);
    }
  }

  passes(member: Member, message: EventMessage, topic: Uri): boolean {
    const echo = this.#echoes.get(member);
    if (echo === undefined) return !member.isOwn(message[2]);
    const { unknown, held } = echo;
    if (member.isOwn(message[2])) return false;
    if (held.length === 0 && ![...unknown.values()].includes(topic)) return true;
    const upTo = [...unknown.keys()].at(-1) ?? 0;
    if (held.push({ message, upTo }) > MAX_HELD_EVENTS) member.drop();
    return false;
  }

  leave(member: Member): void {
    this.#echoes.delete(member);
  }

  #acknowledged(
    member: Member,
    request: Id,
    topic: Uri,
    publish: (id: Id) => Publish,
    { acknowledge, echoes }: { readonly acknowledge: boolean; readonly echoes: boolean },
  ): void {
    let sent: Id | undefined;
    const settled = (): void => {
      member.pending--;
      if (echoes && sent !== undefined) this.#known(member, sent);
    };
    member.pending++;
    try {
      this.#upstream.request(
        (id) => {
          sent = id;
          if (echoes) this.#echo(member).unknown.set(id, topic);
          return publish(id);
        },
        {
          code: Code.PUBLISH,
          answered: (reply) => {
            const [, , publication] = reply;
            if (typeof publication === 'number') {
              if (echoes) member.published(publication);
              if (acknowledge) member.send([Code.PUBLISHED, request, publication]);
            }
            settled();
            return true;
          },
          failed: ([, code, , details, error, args, kwargs]) => {
            if (acknowledge) member.send([Code.ERROR, code, request, details, error, ...tail(args, kwargs)]);
            settled();
          },
        },
      );
    } catch (error) {
      settled();
      throw error;
    }
  }

  #echo(member: Member): Echo {
    const present = this.#echoes.get(member);
    if (present !== undefined) return present;
    const echo: Echo = { unknown: new Map(), held: [] };
    this.#echoes.set(member, echo);
    return echo;
  }

  /** The id of one publication is known, or there will be none: what waited for it goes on, in order. */
  #known(member: Member, request: Id): void {
    const echo = this.#echoes.get(member);
    if (echo === undefined) return;
    const { unknown, held } = echo;
    unknown.delete(request);
    const [first = Infinity] = unknown.keys();
    for (let next = held[0]; next !== undefined && next.upTo < first; next = held[0]) {
      held.shift();
      if (!member.isOwn(next.message[2])) this.#audience().deliver(member, next.message);
    }
    if (unknown.size === 0 && held.length === 0) this.#echoes.delete(member);
  }
}
