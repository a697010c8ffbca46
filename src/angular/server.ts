import { PendingTasks, type Injector } from '@angular/core';
import { Observable, Subscription, timer, type MonoTypeOperatorFunction } from 'rxjs';
import type { WampClient } from 'rxwamp';
import { AngularWampClient } from './client.js';

/** Whether this client never connects, being on a server that was not asked to. */
export const isInert = (client: WampClient): boolean => client instanceof AngularWampClient && client.inert;

/**
 * Has rendering on a server that was asked to connect wait for the first value, an error or the end, and no longer than
 * the connection's `serverTimeoutMs`. Does nothing elsewhere: in a page nothing of rxwamp keeps the application unstable.
 */
export function awaitedOnServer<T>(client: WampClient, injector: Injector): MonoTypeOperatorFunction<T> {
  const timeoutMs = client instanceof AngularWampClient ? client.serverTimeoutMs : undefined;
  const tasks = timeoutMs === undefined ? null : injector.get(PendingTasks, null, { optional: true });
  if (timeoutMs === undefined || tasks === null) return (source$) => source$;
  return (source$) =>
    new Observable<T>((subscriber) => {
      const waiting = new Subscription(tasks.add());
      waiting.add(timer(timeoutMs).subscribe(() => waiting.unsubscribe()));
      subscriber.add(waiting);
      return source$.subscribe({
        next: (value) => {
          subscriber.next(value);
          waiting.unsubscribe();
        },
        error: (error: unknown) => {
          subscriber.error(error);
        },
        complete: () => {
          subscriber.complete();
        },
      });
    });
}
