import type { Subscriber, Subscription, Unsubscribable } from 'rxjs';
import { isRxWampError, type RxWampError } from '../protocol/errors.js';
import type { Dict, Id, Uri } from '../protocol/message.js';
import { after } from '../session/after.js';
import type { WampEvent } from '../session/event.js';
import type { Session } from '../session/session.js';
import type { EventReceiver } from '../session/subscriber.js';
import { checkFeatures } from './checks.js';
import type { Connection } from './connection.js';
import type { Durable } from './durable.js';
import { CatchUp } from './gaps/catch-up.js';
import { MAX_KEPT_BACK } from './gaps/kept-back.js';
import type { GapPolicy } from './topic-options.js';

/** Whose topic it is. */
export interface TopicOwner {
  readonly connection: Connection;
  /** How long a topic that is shared stays subscribed after its last subscriber has left. */
  readonly lingerMs: number;
  /** Nobody listens any more, and the topic is over. */
  over(topic: Topic): void;
}

const NOBODY: readonly Subscriber<unknown>[] = [];

/**
 * A topic of a client: one SUBSCRIBE for however many subscribers, made again in every session while somebody listens.
 *
 * There may be a hundred thousand: what few of them need is in objects that the others do not have.
 */
export class Topic implements Durable, EventReceiver {
  #first: Subscriber<unknown> | undefined;
  /** Replaced, never changed, so that who leaves while an event is handed out disturbs nobody. */
  #others = NOBODY;
  /** Where it is subscribed, or about to be. */
  #session: Session | undefined;
  #id: Id | undefined;
  #next: NextFeed | undefined;
  #lingering: Subscription | undefined;
  readonly #catchUp: CatchUp | undefined;
  readonly #retained: Retained | undefined;

  constructor(
    private readonly owner: TopicOwner,
    /** Equal for equal topics; undefined for one that is not shared. */
    readonly key: string | undefined,
    readonly uri: Uri,
    readonly options: Dict,
    gaps: GapPolicy,
  ) {
    if (options['get_retained'] === true) this.#retained = { latest: undefined, publication: undefined };
    if (gaps !== 'silent' && gaps !== 'retained')
      this.#catchUp = new CatchUp(uri, gaps, {
        past: (event) => {
          this.#deliver(event);
        },
        live: (event) => {
          this.#live(event);
        },
        notice: (item) => {
          this.#emit(item);
        },
      });
  }

  /** One more subscriber; returns how it leaves. */
  add(observer: Subscriber<unknown>): Unsubscribable {
    if (this.#first === undefined) this.#first = observer;
    else this.#others = [...this.#others, observer];
    this.#stay();
    // The broker answers with what it retained once, when the topic is subscribed.
    const latest = this.#retained?.latest;
    if (latest !== undefined) observer.next(latest);
    this.owner.connection.keep(this);
    return new Place(this, observer);
  }

  /** A subscriber leaves. */
  remove(observer: Subscriber<unknown>): void {
    if (this.#first !== observer) {
      this.#others = this.#others.filter((one) => one !== observer);
      return;
    }
    [this.#first, ...this.#others] = this.#others;
    if (this.#first !== undefined) return;
    const lingerMs = this.key === undefined ? 0 : this.owner.lingerMs;
    if (lingerMs > 0) this.#lingering = after(lingerMs).subscribe(() => this.#over());
    else this.#over();
  }

  attach(session: Session, settled: () => void): void {
    let next: NextFeed | undefined;
    if (this.#session === undefined) {
      this.#session = session;
      this.#id = undefined;
    } else this.#next = next = new NextFeed(this, session);
    try {
      checkFeatures(session.info, 'SUBSCRIBE', this.uri, this.options);
    } catch (error) {
      this.#finish(error);
      settled();
      return;
    }
    session.subscriber.subscribe(this.uri, this.options, {
      receiver: (id) => {
        if (this.#session === session) {
          this.#id = id;
          return this;
        }
        if (next === undefined || this.#next !== next) return undefined;
        next.id = id;
        return next;
      },
      joined: (id) => {
        if (this.#session === session) this.#catchUp?.resume(session, id);
        settled();
      },
      failed: (error) => {
        this.lost(session, error);
        settled();
      },
    });
  }

  moved(): void {
    const next = this.#next;
    if (next === undefined) return;
    this.#leave();
    const { session, id } = next;
    this.#next = undefined;
    this.#session = session;
    this.#id = id;
    if (id !== undefined) session.subscriber.replace(id, next, this);
    this.#catchUp?.moved(session, id);
    for (const event of next.events) if (!next.seen.has(event.publication)) this.event(event);
  }

  end(error: RxWampError | undefined): void {
    this.#finish(error);
  }

  event(event: WampEvent): void {
    if (this.#catchUp !== undefined) this.#catchUp.event(event);
    else if (this.#retained !== undefined) this.#live(event);
    else {
      this.#next?.seen.add(event.publication);
      this.#emit(event);
    }
  }

  failed(error: RxWampError): void {
    if (this.#session !== undefined) this.lost(this.#session, error);
  }

  /** The subscription in a session is over, or never came about. */
  lost(session: Session, error: unknown): void {
    const name = isRxWampError(error) ? error.name : undefined;
    if (name !== 'ConnectionLostError' && name !== 'ClientClosedError') this.#finish(error);
    else if (this.#session === session) {
      this.#session = this.#id = undefined;
      this.#catchUp?.lost();
    } else if (this.#next?.session === session) this.#next = undefined;
  }

  #live(event: WampEvent): void {
    if (this.#retained === undefined || isNews(event, this.#retained)) this.#deliver(event);
  }

  #deliver(event: WampEvent): void {
    if (this.#retained !== undefined) this.#retained.latest = event;
    this.#catchUp?.delivered(event.publication);
    this.#next?.seen.add(event.publication);
    this.#emit(event);
  }

  #emit(item: unknown): void {
    const others = this.#others;
    this.#first?.next(item);
    for (const observer of others) observer.next(item);
  }

  /** It is over for all who listen: without an error because the client was closed, else refused, revoked, or given up. */
  #finish(error: unknown): void {
    this.#over();
    const observers = this.#first === undefined ? NOBODY : [this.#first, ...this.#others];
    this.#first = undefined;
    this.#others = NOBODY;
    for (const observer of observers) {
      if (error === undefined) observer.complete();
      else observer.error(error);
    }
  }

  #over(): void {
    this.#leave();
    const next = this.#next;
    if (next?.id !== undefined) next.session.subscriber.unsubscribe(next.id, next);
    this.#session = this.#id = this.#next = undefined;
    this.#stay();
    this.owner.connection.drop(this);
    this.owner.over(this);
  }

  /** Leaves the present subscription. */
  #leave(): void {
    if (this.#session !== undefined && this.#id !== undefined) this.#session.subscriber.unsubscribe(this.#id, this);
    this.#catchUp?.stop();
  }

  #stay(): void {
    this.#lingering?.unsubscribe();
    this.#lingering = undefined;
  }
}

/** The place of one subscriber: smaller than a closure. */
class Place implements Unsubscribable {
  constructor(
    private readonly topic: Topic,
    private readonly observer: Subscriber<unknown>,
  ) {}

  unsubscribe(): void {
    this.topic.remove(this.observer);
  }
}

/** The subscription in the session that the client is moving to. */
class NextFeed implements EventReceiver {
  id: Id | undefined;
  readonly uri: Uri;
  readonly options: Dict;
  /** What it brought, which waits for the last of the session before. */
  readonly events: WampEvent[] = [];
  /** What the session before has brought meanwhile. */
  readonly seen = new Set<Id>();

  constructor(
    private readonly topic: Topic,
    readonly session: Session,
  ) {
    ({ uri: this.uri, options: this.options } = topic);
  }

  event(event: WampEvent): void {
    if (this.events.push(event) > MAX_KEPT_BACK) this.topic.moved();
  }

  failed(error: RxWampError): void {
    this.topic.lost(this.session, error);
  }
}

/** What a topic with retained events remembers. */
interface Retained {
  latest: WampEvent | undefined;
  /** The publication that the broker last gave as retained. */
  publication: Id | undefined;
}

/** What is retained comes again with every subscription. */
function isNews({ publication, details }: WampEvent, retained: Retained): boolean {
  if (details['retained'] !== true) return true;
  const isKnown = publication === retained.latest?.publication || publication === retained.publication;
  retained.publication = publication;
  return !isKnown;
}
