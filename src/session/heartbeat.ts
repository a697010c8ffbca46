import { Observable, type Subscription } from 'rxjs';
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

/**
 * Watches a link for silence. Every `intervalMs` in which nothing came in, it asks for a sign of life, by the transport's own
 * ping or else by `probe`; anything that comes in is one.
 *
 * @param probe asks the router anything that it must answer.
 * @param hurry$ asks at once when it emits, e.g. when the network changed.
 * @returns never emits; errors with `ConnectionLostError` when nothing came within `timeoutMs`.
 */
export function heartbeat(
  link: Link,
  { intervalMs, timeoutMs }: HeartbeatOptions,
  probe: () => void,
  hurry$?: Observable<unknown>,
): Observable<never> {
  return new Observable<never>((subscriber) => {
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
        if (link.received === seen) ask();
        else listen();
      });
    };
    const ask = (): void => {
      // Who asks again meanwhile must not put the verdict off.
      if (asking) return;
      const seen = link.received;
      asking = true;
      wait(timeoutMs, () => {
        if (link.received !== seen) listen();
        else
          subscriber.error(
            new ConnectionLostError(`the router has been silent for ${String(timeoutMs)} ms`, {
              attempted: 'heartbeat',
            }),
          );
      });
      ping?.unsubscribe();
      ping = link.ping?.().subscribe();
      if (ping === undefined) probe();
    };
    listen();
    subscriber.add(hurry$?.subscribe(ask));
    return () => {
      clock?.unsubscribe();
      ping?.unsubscribe();
    };
  });
}
