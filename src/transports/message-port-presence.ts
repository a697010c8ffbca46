import { Observable } from 'rxjs';

/** As much of the Web Locks API (`navigator.locks`) as is used here. */
export interface LocksLike {
  request(
    name: string,
    options: { readonly signal?: AbortSignal },
    granted: (lock: unknown) => Promise<unknown>,
  ): Promise<unknown>;
}

/** The platform's Web Locks, where it has them: browsers do, on secure pages. */
export function platformLocks(): LocksLike | undefined {
  const { navigator } = globalThis as { readonly navigator?: { readonly locks?: LocksLike } };
  return navigator?.locks;
}

/** Holds a lock while subscribed. Emits once when it is held, errors when the platform refuses, never completes. */
export const holdLock = (locks: LocksLike, name: string): Observable<void> =>
  new Observable<void>((subscriber) => {
    const released = new Promise<void>((resolve) => {
      subscriber.add(resolve);
    });
    locks
      .request(name, {}, () => {
        subscriber.next();
        return released;
      })
      .catch((error: unknown) => {
        subscriber.error(error);
      });
  });

/**
 * Waits for whoever holds a lock to let it go, as the platform makes it do when its page is closed, crashes or is thrown
 * out: no timer is involved that could be throttled. Emits once and completes; errors when the platform refuses to wait.
 */
export const lockReleased = (locks: LocksLike, name: string): Observable<void> =>
  new Observable<void>((subscriber) => {
    const giveUp = new AbortController();
    locks
      .request(name, { signal: giveUp.signal }, () => {
        subscriber.next();
        subscriber.complete();
        return Promise.resolve();
      })
      .catch((error: unknown) => {
        subscriber.error(error);
      });
    return () => {
      giveUp.abort();
    };
  });
