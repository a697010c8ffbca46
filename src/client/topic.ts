import { asyncScheduler, Subscription, type Subscriber } from 'rxjs';
import { isRxWampError, type RxWampError } from '../protocol/errors.js';
import type { Dict, Id, Uri } from '../protocol/message.js';
import { after } from '../session/after.js';
import type { WampEvent } from '../session/event.js';
import type { Session } from '../session/session.js';
import { checkFeatures } from './checks.js';
import type { Connection, Durable } from './connection.js';
import { TopicGap } from './gap.js';
import { eventsAfter } from './history.js';
import type { GapPolicy } from './topic-options.js';

/** What a topic's stream holds. */
export type TopicItem = WampEvent | TopicGap;

/** Most live events kept back while the history of a gap is fetched; beyond it the gap is left open. */
const MAX_KEPT_BACK = 10_000;

/** A topic of a client: one SUBSCRIBE for however many subscribers, made again in every session while somebody listens. */
export class Topic implements Durable {
  /** Replaced, never changed, so that who leaves while an event is handed out disturbs nobody. */
  #observers: readonly Subscriber<TopicItem>[] = [];
  #subscribed: Subscription | undefined;
  #lingering: Subscription | undefined;
  #lostAtMs: number | undefined;
  #lastPublication: Id | undefined;
  /** Live events that wait for the history before them. */
  #keptBack: WampEvent[] | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly uri: Uri,
    private readonly options: Dict,
    private readonly gaps: GapPolicy,
    private readonly lingerMs: number,
    /** Called when nobody listens any more and the topic is over. */
    private readonly ended: () => void,
  ) {}

  /** One more subscriber; returns what it does when it leaves. */
  add(observer: Subscriber<TopicItem>): () => void {
    this.#observers = [...this.#observers, observer];
    this.#lingering?.unsubscribe();
    this.#lingering = undefined;
    this.connection.keep(this);
    return () => {
      this.#observers = this.#observers.filter((one) => one !== observer);
      if (this.#observers.length > 0) return;
      if (this.lingerMs > 0) this.#lingering = after(this.lingerMs).subscribe(() => this.#over());
      else this.#over();
    };
  }

  attach(session: Session, settled: () => void): void {
    const subscribed = new Subscription();
    this.#subscribed = subscribed;
    try {
      checkFeatures(session.info, 'SUBSCRIBE', this.uri, this.options);
    } catch (error) {
      this.#fail(error);
      settled();
      return;
    }
    subscribed.add(
      session.subscriber
        .subscribe(this.uri, this.options, (id) => {
          subscribed.add(this.#resume(session, id));
          settled();
        })
        .subscribe({
          next: (event) => {
            this.#receive(event);
          },
          error: (error: unknown) => {
            this.#lost(error);
            settled();
          },
        }),
    );
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
        this.#close(new Error('too many events came while the history was fetched'));
      return;
    }
    this.#lastPublication = event.publication;
    for (const observer of this.#observers) observer.next(event);
  }

  /** Subscribed, in a first session or a later one. */
  #resume(session: Session, subscription: Id): Subscription | undefined {
    if (this.#lostAtMs === undefined || this.gaps === 'silent') return undefined;
    if (this.gaps === 'notice' || this.#lastPublication === undefined) {
      this.#close(undefined);
      return undefined;
    }
    this.#keptBack = [];
    return eventsAfter(session, subscription, this.uri, this.#lastPublication).subscribe({
      next: (missed) => {
        this.#fill(missed);
      },
      error: (error: unknown) => {
        this.#close(error);
      },
    });
  }

  /** The history is here: first what was missed, then what came meanwhile and is not in it. */
  #fill(missed: readonly WampEvent[]): void {
    const keptBack = this.#keptBack;
    if (keptBack === undefined) return;
    this.#keptBack = undefined;
    this.#lostAtMs = undefined;
    // What is retained comes again with the subscription.
    const known = new Set([this.#lastPublication, ...missed.map(({ publication }) => publication)]);
    for (const event of [...missed, ...keptBack.filter(({ publication }) => !known.has(publication))])
      this.#receive(event);
  }

  /** The gap stays: its notice, then what came meanwhile. */
  #close(cause: unknown): void {
    const keptBack = this.#keptBack ?? [];
    this.#keptBack = undefined;
    const lostAtMs = this.#lostAtMs ?? asyncScheduler.now();
    this.#lostAtMs = undefined;
    const gap = new TopicGap(
      this.uri,
      lostAtMs,
      asyncScheduler.now(),
      this.#lastPublication,
      cause instanceof Error ? cause : undefined,
    );
    for (const observer of this.#observers) observer.next(gap);
    for (const event of keptBack) this.#receive(event);
  }

  #lost(error: unknown): void {
    this.#leave();
    const name = isRxWampError(error) ? error.name : undefined;
    if (name === 'ConnectionLostError') this.#lostAtMs ??= asyncScheduler.now();
    else if (name !== 'ClientClosedError') this.#fail(error);
  }

  /** Refused or revoked: an error on this stream only. */
  #fail(error: unknown): void {
    this.#over();
    const observers = this.#observers;
    this.#observers = [];
    for (const observer of observers) observer.error(error);
  }

  /** Leaves the session's subscription, and the history that is being fetched in it. */
  #leave(): void {
    const subscribed = this.#subscribed;
    this.#subscribed = undefined;
    this.#keptBack = undefined;
    subscribed?.unsubscribe();
  }

  #over(): void {
    this.#leave();
    this.#lingering?.unsubscribe();
    this.#lingering = undefined;
    this.connection.drop(this);
    this.ended();
  }
}
