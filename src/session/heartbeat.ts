import { asyncScheduler, Observable, type Subscription } from 'rxjs';
import { ConnectionLostError } from '../protocol/errors.js';
import type { Link } from '../transports/link.js';
import { after } from './after.js';

/** How a silent connection is found. */
export interface HeartbeatOptions {
  /** How long the link may be quiet before it is asked for a sign of life. Default: 30,000. */
  readonly intervalMs: number;
  /** How long the answer may take. Default: 10,000. */
  readonly timeoutMs: number;
}

/** What a heartbeat needs of its session. */
export interface Pulse {
  /** Asks the router anything that it must answer. */
  probe(answered: () => void): void;
  /** Whether reading has been stopped: silence says nothing then. */
  readonly isPaused: boolean;
}

/** A timer that is later than this stood in a queue, and so may what came in, e.g. the answer. */
const LATE_MS = 50;

/**
 * Watches a link for silence. Every `intervalMs` in which nothing came in, it asks for a sign of life, by the transport's own
 * ping or else by `probe`; anything that comes in is one.
 *
 * Timers of pages in the background, and of machines that slept, fire late, and often before what had come in is read. So a
 * verdict that is late asks once more before it counts.
 *
 * @param hurry$ asks at once when it emits, e.g. when the network changed.
 * @returns emits how long each answer took, in ms; errors with `ConnectionLostError` when nothing came within `timeoutMs`.
 */
export function heartbeat(
  link: Link,
  { intervalMs, timeoutMs }: HeartbeatOptions,
  pulse: Pulse,
  hurry$?: Observable<unknown>,
): Observable<number> {
  return new Observable<number>((subscriber) => {
    let clock: Subscription | undefined;
    let ping: Subscription | undefined;
    let asking = false;
    const wait = (ms: number, then: () => void): void => {
      clock?.unsubscribe();
      clock = after(ms).subscribe(then);
    };
    const listen = (): void => {
      const seen = link.received;
      asking = false;
      wait(intervalMs, () => {
        if (link.received === seen) ask(false);
        else listen();
      });
    };
    const ask = (isAgain: boolean): void => {
      if (pulse.isPaused) {
        listen();
        return;
      }
      // Who asks again meanwhile must not put the verdict off.
      if (asking && !isAgain) return;
      const seen = link.received;
      const askedAtMs = asyncScheduler.now();
      asking = true;
      wait(timeoutMs, () => {
        if (link.received !== seen || pulse.isPaused) listen();
        else if (!isAgain && asyncScheduler.now() - askedAtMs > timeoutMs + LATE_MS) ask(true);
        else
          subscriber.error(
            new ConnectionLostError(`the router has been silent for ${String(timeoutMs)} ms`, {
              attempted: 'heartbeat',
            }),
          );
      });
      const answered = (): void => {
        subscriber.next(asyncScheduler.now() - askedAtMs);
      };
      ping?.unsubscribe();
      ping = link.ping?.().subscribe(answered);
      if (ping === undefined) pulse.probe(answered);
    };
    listen();
    subscriber.add(
      hurry$?.subscribe(() => {
        ask(false);
      }),
    );
    return () => {
      clock?.unsubscribe();
      ping?.unsubscribe();
    };
  });
}
