import { asyncScheduler, defer, take, throwIfEmpty, type Subscription } from 'rxjs';
import type { Id, Uri } from '../../protocol/message.js';
import { WampEvent } from '../../session/event.js';
import type { Session } from '../../session/session.js';
import { cancelModeFor } from '../quirks.js';
import type { Filling, GapContext, GapFill } from './fill.js';
import { TopicGap } from './gap.js';
import { MAX_KEPT_BACK } from './kept-back.js';

/** How many of the latest publications of a stream are remembered. */
const RECENT = 100;

/** How the stream of a topic goes on where it was interrupted, for one that wants to know. */
export class CatchUp {
  /** Whether it has been subscribed, and caught up, once. */
  #begun = false;
  #lostAtMs: number | undefined;
  /** The latest publications, the last at the end. */
  readonly #recent: Id[] = [];
  /** Live events that wait for what was missed before them. */
  #keptBack: WampEvent[] | undefined;
  #filling: Subscription | undefined;

  constructor(
    private readonly topic: Uri,
    private readonly gaps: 'notice' | GapFill,
    /** Where events go that are due: past ones, and live ones. */
    private readonly out: {
      past(event: WampEvent): void;
      live(event: WampEvent): void;
      notice(item: unknown): void;
    },
  ) {}

  /** A live event. */
  event(event: WampEvent): void {
    if (this.#keptBack === undefined) this.out.live(event);
    else if (this.#keptBack.push(event) > MAX_KEPT_BACK)
      this.#close(new Error('too many events came while what was missed was fetched'));
  }

  /** An event went to the subscribers. */
  delivered(publication: Id): void {
    if (this.#recent.push(publication) > RECENT) this.#recent.shift();
  }

  /** Subscribed, in a first session or a later one. */
  resume(session: Session, subscription: Id): void {
    const { gaps } = this;
    const isFirst = !this.#begun;
    if (gaps !== 'notice' && (gaps.isForFirst || !isFirst)) this.#fetch(session, subscription, gaps, isFirst);
    else if (gaps === 'notice' && !isFirst) this.#close(undefined);
    else this.#isUpToDate();
  }

  /** The session changed, and may have been joined already: what was missed and is not here yet is asked for again. */
  moved(session: Session, subscription: Id | undefined): void {
    const isBehind = this.#keptBack !== undefined || this.#lostAtMs !== undefined;
    this.stop();
    if (subscription !== undefined && isBehind) this.resume(session, subscription);
  }

  /** The connection is lost. */
  lost(): void {
    this.stop();
    this.#lostAtMs ??= asyncScheduler.now();
  }

  /** Fetches no more. */
  stop(): void {
    this.#filling?.unsubscribe();
    this.#filling = this.#keptBack = undefined;
  }

  #fetch(session: Session, subscription: Id, gaps: GapFill, isFirst: boolean): void {
    const { info, caller } = session;
    const recent = this.#recent;
    const context: GapContext = {
      topic: this.topic,
      subscription,
      lastPublication: recent.at(-1),
      isKnown: (publication) => recent.includes(publication),
      isFirst,
      agent: info.agent,
      supports: info.supports,
      call: (procedure, args, kwargs = {}) => {
        const cancelMode = cancelModeFor(info, 'killnowait');
        return caller.call({ procedure, input: [args, kwargs], options: {}, cancelMode });
      },
    };
    this.#keptBack = [];
    this.#filling = defer(() => gaps.fill(context))
      .pipe(
        take(1),
        throwIfEmpty(() => new Error('nothing was given to fill the gap with')),
      )
      .subscribe({
        next: (filling) => {
          this.#fill(filling);
        },
        error: (error: unknown) => {
          // Unless too much came meanwhile, and the gap has been told.
          if (this.#keptBack !== undefined) this.#close(error);
        },
      });
  }

  /** What was missed is here: it comes first, then what came meanwhile, in the order in which it came. */
  #fill({ items, isNews = () => true, missing }: Filling): void {
    const keptBack = this.#keptBack;
    if (keptBack === undefined) return;
    const cameLive = new Set(keptBack.filter(isLive).map(({ publication }) => publication));
    const fetched = new Set(items.map((item) => (item instanceof WampEvent ? item.publication : undefined)));
    let news: readonly WampEvent[];
    try {
      news = keptBack.filter((event) => {
        const { publication } = event;
        if (this.#recent.includes(publication)) return false;
        return fetched.has(publication) ? isLive(event) : isNews(event);
      });
    } catch (error) {
      this.#close(error);
      return;
    }
    if (missing === undefined) this.#isUpToDate();
    else this.#tell(missing);
    for (const item of items) {
      if (!(item instanceof WampEvent)) this.out.notice(item);
      else if (!cameLive.has(item.publication)) this.out.past(item);
    }
    for (const event of news) this.event(event);
  }

  /** The gap stays: its notice, then what came meanwhile. */
  #close(cause: unknown): void {
    const keptBack = this.#keptBack ?? [];
    this.#tell(cause);
    for (const event of keptBack) this.event(event);
  }

  #tell(cause: unknown): void {
    const now = asyncScheduler.now();
    const why = cause instanceof Error ? cause : undefined;
    const gap = new TopicGap(this.topic, this.#lostAtMs ?? now, now, this.#recent.at(-1), why);
    this.#isUpToDate();
    this.out.notice(gap);
  }

  #isUpToDate(): void {
    this.#begun = true;
    this.#lostAtMs = undefined;
    this.#keptBack = undefined;
  }
}

/** What is retained may be older than what was missed. */
const isLive = ({ details }: WampEvent): boolean => details['retained'] !== true;
