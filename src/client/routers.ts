import { asyncScheduler, defer, tap, type Observable } from 'rxjs';
import { backoffDelayMs, type BackoffPolicy } from '../operators/backoff.js';
import type { Transport } from '../transports/transport.js';

/** One of several routers, with what it has done. */
interface Candidate {
  readonly transport: () => Transport;
  failures: number;
  /** Not worth a try before, while there is another. */
  notBeforeMs: number;
}

/**
 * The routers a client may connect to, in turn: the next one after a failure, or after a connection was lost. Each has
 * its own memory of failures, so that one that is down is passed over, for longer and longer, while another can be had.
 */
export class Routers {
  readonly #candidates: readonly Candidate[];
  #at = 0;

  constructor(
    transports: readonly (() => Transport)[],
    private readonly backoff: BackoffPolicy,
  ) {
    this.#candidates = transports.map((transport) => ({ transport, failures: 0, notBeforeMs: -Infinity }));
  }

  /** One attempt with the router whose turn it is. `use` emits when a connection stands, and errors when it fails or is lost. */
  attempt<T>(use: (transport: Transport) => Observable<T>): Observable<T> {
    return defer(() => {
      const candidate = this.#next();
      return use(defer(candidate.transport)).pipe(
        tap({
          next: () => {
            candidate.failures = 0;
            candidate.notBeforeMs = -Infinity;
          },
          error: () => {
            const delayMs = backoffDelayMs(++candidate.failures, { ...this.backoff, jitter: 'none' });
            candidate.notBeforeMs = asyncScheduler.now() + delayMs;
            this.#at = this.#candidates.indexOf(candidate) + 1;
          },
        }),
      );
    });
  }

  #next(): Candidate {
    const at = this.#at % this.#candidates.length;
    const inTurn = [...this.#candidates.slice(at), ...this.#candidates.slice(0, at)];
    const now = asyncScheduler.now();
    // When all are waiting, the one that has waited longest for its turn.
    const soonest = (one: Candidate, other: Candidate): Candidate =>
      other.notBeforeMs < one.notBeforeMs ? other : one;
    return inTurn.find(({ notBeforeMs }) => notBeforeMs <= now) ?? inTurn.reduce(soonest);
  }
}
