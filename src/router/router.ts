import {
  concat,
  distinctUntilChanged,
  interval,
  map,
  of,
  ReplaySubject,
  startWith,
  Subject,
  takeUntil,
  type Observable,
} from 'rxjs';
import * as Code from '../protocol/codes.js';
import * as CloseUri from '../protocol/close-uris.js';
import type { Link } from '../transports/link.js';
import { memoryTransport, type MemoryOptions } from '../transports/memory.js';
import type { Transport } from '../transports/transport.js';
import type { RouterContext } from './context.js';
import { limitsWith } from './limits.js';
import type { RouterOptions } from './options.js';
import { RandomIds } from './random-ids.js';
import { Realms } from './realms.js';
import { Backlogs } from './session/backlogs.js';
import { Connection } from './session/connection.js';
import { slowConsumerRule } from './slow-consumer.js';
import { newCounters, sameStatistics, totalOf, type RouterStatistics } from './statistics.js';
import { Turns } from './turns.js';

/** How often a change of the statistics is told. */
const STATISTICS_INTERVAL_MS = 1_000;

/**
 * A WAMP router: it accepts links from whatever listens, and routes between those in the same realm. It needs nothing of
 * a platform, so it runs in Node.js, in a page, in a worker and in a test.
 *
 * What is local is synchronous: a message that came in has been routed when its delivery returns, unless an
 * authenticator or authorizer takes its time.
 *
 * @example
 * const router = new Router({ realms: { realm1: {} } });
 * const wamp = new WampClient({ transport: router.transport(), realm: 'realm1' });
 */
export class Router {
  readonly #context: RouterContext;
  readonly #realms: Realms;
  readonly #connections = new Set<Connection>();
  readonly #faults = new Subject<unknown>();
  readonly #ended = new ReplaySubject<void>(1);
  #closed: Promise<void> | undefined;
  #allGone: () => void = () => undefined;

  /** @throws {UsageError} when an option is not what it should be. */
  constructor({
    realms,
    limits: given,
    slowConsumer = {},
    uriRule = 'loose',
    agent = 'rxwamp-router-0.1.0',
  }: RouterOptions) {
    const limits = limitsWith(given);
    const rule = slowConsumerRule(slowConsumer, limits);
    const turns = new Turns();
    this.#context = {
      limits,
      slowConsumer: rule,
      backlogs: new Backlogs(rule, turns),
      uriRule,
      agent,
      ids: new RandomIds(),
      sessionIds: new Set(),
      turns,
      counters: newCounters(),
      fault: (error) => this.#faults.next(error),
    };
    this.#realms = new Realms(realms, this.#context);
  }

  /** What the application's own authenticators, authorizers and realm function failed with. Never errors or completes. */
  readonly faults$: Observable<unknown> = this.#faults.asObservable();

  /** What the router has counted until now. */
  get statistics(): RouterStatistics {
    return totalOf(this.#context.counters, this.#realms.statistics(), this.#connections.size);
  }

  /**
   * What the router counts: on subscribing, and then once a second if something has changed. Completes when the router is
   * closed, after the last figures.
   *
   * @example
   * router.statistics$.subscribe(({ sessions, eventsDropped, realms }) => …);
   */
  readonly statistics$: Observable<RouterStatistics> = concat(
    interval(STATISTICS_INTERVAL_MS).pipe(startWith(undefined), takeUntil(this.#ended)),
    of(undefined),
  ).pipe(
    map(() => this.statistics),
    distinctUntilChanged(sameStatistics),
  );

  /** Serves a client over a link, and owns the link from now on. A closed router answers ABORT `wamp.close.system_shutdown`. */
  accept(link: Link): void {
    if (this.#closed !== undefined) {
      link.next([Code.ABORT, { message: 'the router is closed' }, CloseUri.SYSTEM_SHUTDOWN]);
      link.complete();
      return;
    }
    const connection = new Connection({
      link,
      context: this.#context,
      realms: this.#realms,
      gone: (which) => this.#gone(which),
    });
    this.#connections.add(connection);
    connection.open();
  }

  /** A transport that leads to this router without leaving the process. */
  transport(options?: MemoryOptions): Transport {
    return memoryTransport((link) => this.accept(link), options);
  }

  /**
   * Ends all sessions with GOODBYE `wamp.close.system_shutdown`, and accepts no more.
   *
   * @returns fulfilled when all connections are gone, which is after `limits.closeTimeoutMs` at the latest.
   */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#allGone = () => {
        this.#ended.next();
        resolve();
      };
      for (const connection of this.#connections) {
        connection.hurry();
        connection.dismiss(CloseUri.SYSTEM_SHUTDOWN, undefined, true);
      }
      if (this.#connections.size === 0) this.#allGone();
    });
    return this.#closed;
  }

  #gone(connection: Connection): void {
    this.#connections.delete(connection);
    if (this.#closed !== undefined && this.#connections.size === 0) this.#allGone();
  }
}
