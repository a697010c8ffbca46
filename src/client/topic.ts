import { asyncScheduler, defer, Subscription, take, throwIfEmpty, type Subscriber } from 'rxjs';
import { isRxWampError, type RxWampError } from '../protocol/errors.js';
import type { Dict, Id, Uri } from '../protocol/message.js';
import { after } from '../session/after.js';
import { WampEvent } from '../session/event.js';
import type { Session } from '../session/session.js';
import { checkFeatures } from './checks.js';
import type { Connection } from './connection.js';
import type { Durable } from './durable.js';
import type { Filling, GapContext, GapFill } from './gaps/fill.js';
import { TopicGap } from './gaps/gap.js';
import { cancelModeFor } from './quirks.js';
import type { GapPolicy } from './topic-options.js';

/** Most live events kept back while a gap is filled, or while the client moves to another session. */
const MAX_KEPT_BACK = 10_000;

/** The subscription in the session that the client is moving to. */
interface NextFeed {
  readonly feed: Subscription;
  readonly session: Session;
  id: Id | undefined;
  /** What it brought, which waits for the last of the session before. */
  readonly events: WampEvent[];
  /** What the session before has brought meanwhile. */
  readonly seen: Set<Id>;
}

/** A topic of a client: one SUBSCRIBE for however many subscribers, made again in every session while somebody listens. */
export class Topic implements Durable {
  /** Replaced, never changed, so that who leaves while an event is handed out disturbs nobody. */
  #observers: readonly Subscriber<unknown>[] = [];
  /** The subscription in the present session. */
  #feed: Subscription | undefined;
  #next: NextFeed | undefined;
  #lingering: Subscription | undefined;
  /** Whether it has been subscribed, and caught up, once. */
  #begun = false;
  #lostAtMs: number | undefined;
  #latest: WampEvent | undefined;
  /** The publication that the broker last gave as retained. */
  #retained: Id | undefined;
  /** Live events that wait for what was missed before them. */
  #keptBack: WampEvent[] | undefined;
  readonly #wantsRetained: boolean;

  constructor(
    private readonly connection: Connection,
    private readonly uri: Uri,
    private readonly options: Dict,
    private readonly gaps: GapPolicy,
    private readonly lingerMs: number,
    /** Called when nobody listens any more and the topic is over. */
    private readonly ended: () => void,
  ) {
    this.#wantsRetained = options['get_retained'] === true;
  }

  /** One more subscriber; returns what it does when it leaves. */
  add(observer: Subscriber<unknown>): () => void {
    this.#observers = [...this.#observers, observer];
    this.#lingering?.unsubscribe();
    this.#lingering = undefined;
    // The broker answers with what it retained once, when the topic is subscribed.
    if (this.#wantsRetained && this.#latest !== undefined) observer.next(this.#latest);
    this.connection.keep(this);
    return () => {
      this.#observers = this.#observers.filter((one) => one !== observer);
      if (this.#observers.length > 0) return;
      if (this.lingerMs > 0) this.#lingering = after(this.lingerMs).subscribe(() => this.#over());
      else this.#over();
    };
  }

  attach(session: Session, settled: () => void): void {
    const feed = new Subscription();
    const next: NextFeed | undefined = this.#feed && { feed, session, id: undefined, events: [], seen: new Set() };
    if (next === undefined) this.#feed = feed;
    else this.#next = next;
    try {
      checkFeatures(session.info, 'SUBSCRIBE', this.uri, this.options);
    } catch (error) {
      this.#fail(error);
      settled();
      return;
    }
    const joined = (id: Id): void => {
      if (this.#feed === feed) this.#resume(session, id);
      else if (next !== undefined) next.id = id;
      settled();
    };
    feed.add(
      session.subscriber.subscribe(this.uri, this.options, joined).subscribe({
        next: (event) => {
          if (this.#feed === feed) this.#receive(event);
          else if (next !== undefined && next.events.push(event) > MAX_KEPT_BACK) this.moved();
        },
        error: (error: unknown) => {
          this.#lost(feed, error);
          settled();
        },
      }),
    );
  }

  moved(): void {
    const next = this.#next;
    if (next === undefined) return;
    this.#next = undefined;
    this.#feed?.unsubscribe();
    this.#feed = next.feed;
    // What was missed before is not filled yet: it is asked for again.
    const isBehind = this.#keptBack !== undefined;
    this.#keptBack = undefined;
    if (next.id !== undefined && (isBehind || this.#lostAtMs !== undefined)) this.#resume(next.session, next.id);
    for (const event of next.events) if (!next.seen.has(event.publication)) this.#receive(event);
  }

  end(error: RxWampError | undefined): void {
    this.#over();
    const observers = this.#observers;
    this.#observers = [];
    for (const observer of observers) {
      if (error === undefined) observer.complete();
      else observer.error(error);
    }
  }

  #receive(event: WampEvent): void {
    if (this.#keptBack !== undefined) {
      this.#keptBack.push(event);
      if (this.#keptBack.length > MAX_KEPT_BACK)
        this.#close(new Error('too many events came while what was missed was fetched'));
    } else if (!this.#wantsRetained || this.#isNews(event)) this.#deliver(event);
  }

  #deliver(event: WampEvent): void {
    this.#latest = event;
    this.#next?.seen.add(event.publication);
    for (const observer of this.#observers) observer.next(event);
  }

  /** What is retained comes again with every subscription. */
  #isNews({ publication, details }: WampEvent): boolean {
    if (details['retained'] !== true) return true;
    const isKnown = publication === this.#latest?.publication || publication === this.#retained;
    this.#retained = publication;
    return !isKnown;
  }

  /** Subscribed, in a first session or a later one. */
  #resume(session: Session, subscription: Id): void {
    const { gaps } = this;
    const isFirst = !this.#begun;
    if (typeof gaps === 'object' && (gaps.isForFirst || !isFirst)) this.#catchUp(session, subscription, gaps, isFirst);
    else if (gaps === 'notice' && !isFirst) this.#close(undefined);
    else this.#isUpToDate();
  }

  #catchUp(session: Session, subscription: Id, gaps: GapFill, isFirst: boolean): void {
    const { info, caller } = session;
    const context: GapContext = {
      topic: this.uri,
      subscription,
      lastPublication: this.#latest?.publication,
      isFirst,
      agent: info.agent,
      supports: info.supports,
      call: (procedure, args, kwargs = {}) => {
        const cancelMode = cancelModeFor(info, 'killnowait');
        return caller.call({ procedure, input: [args, kwargs], options: {}, cancelMode });
      },
    };
    this.#keptBack = [];
    this.#feed?.add(
      defer(() => gaps.fill(context))
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
        }),
    );
  }

  /** What was missed is here: it comes first, then what came meanwhile and is not in it. */
  #fill({ items, isNews = () => true }: Filling): void {
    const keptBack = this.#keptBack;
    if (keptBack === undefined) return;
    const known = new Set([this.#latest?.publication]);
    for (const item of items) if (item instanceof WampEvent) known.add(item.publication);
    let news: readonly WampEvent[];
    try {
      news = keptBack.filter((event) => !known.has(event.publication) && isNews(event));
    } catch (error) {
      this.#close(error);
      return;
    }
    this.#isUpToDate();
    for (const item of items) {
      if (item instanceof WampEvent) this.#deliver(item);
      else this.#tell(item);
    }
    for (const event of news) this.#receive(event);
  }

  /** The gap stays: its notice, then what came meanwhile. */
  #close(cause: unknown): void {
    const keptBack = this.#keptBack ?? [];
    const now = asyncScheduler.now();
    const lastPublication = this.#latest?.publication;
    const why = cause instanceof Error ? cause : undefined;
    const gap = new TopicGap(this.uri, this.#lostAtMs ?? now, now, lastPublication, why);
    this.#isUpToDate();
    this.#tell(gap);
    for (const event of keptBack) this.#receive(event);
  }

  #isUpToDate(): void {
    this.#begun = true;
    this.#lostAtMs = undefined;
    this.#keptBack = undefined;
  }

  #tell(item: unknown): void {
    for (const observer of this.#observers) observer.next(item);
  }

  #lost(feed: Subscription, error: unknown): void {
    const name = isRxWampError(error) ? error.name : undefined;
    if (name !== 'ConnectionLostError' && name !== 'ClientClosedError') this.#fail(error);
    else if (this.#feed === feed) {
      this.#feed = undefined;
      this.#keptBack = undefined;
      feed.unsubscribe();
      if (name === 'ConnectionLostError') this.#lostAtMs ??= asyncScheduler.now();
    } else if (this.#next?.feed === feed) {
      this.#next = undefined;
      feed.unsubscribe();
    }
  }

  /** Refused or revoked: an error on this stream only. */
  #fail(error: unknown): void {
    this.#over();
    const observers = this.#observers;
    this.#observers = [];
    for (const observer of observers) observer.error(error);
  }

  #over(): void {
    this.#feed?.unsubscribe();
    this.#next?.feed.unsubscribe();
    this.#feed = this.#next = this.#keptBack = undefined;
    this.#lingering?.unsubscribe();
    this.#lingering = undefined;
    this.connection.drop(this);
    this.ended();
  }
}
