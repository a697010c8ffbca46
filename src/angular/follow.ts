import { computed, DestroyRef, effect, untracked, type Injector, type Signal } from '@angular/core';
import type { Subscription } from 'rxjs';
import type { Zones } from './zones.js';

/** A value, or a function of signals that gives it anew when one of them changes. */
export type Reactive<T> = T | (() => T);

/** What is at work on the present value. */
export interface Following {
  /** Begins again with the present value. */
  again(): void;
  /** Ends what is at work, until the value changes. */
  stop(): void;
}

/**
 * Does `work` on a value, outside of Angular's zone, until the injector is destroyed: at once on one that is fixed, and
 * else in an effect whenever it has changed. What was at work on the value before is torn down first.
 */
export function follow<T>(
  value: T | Signal<T>,
  injector: Injector,
  zones: Zones,
  work: (value: T) => Subscription | undefined,
): Following {
  let running: Subscription | undefined;
  let present: { readonly value: T } | undefined;
  const stop = (): void => {
    const ended = running;
    running = undefined;
    if (ended !== undefined) zones.outside(() => ended.unsubscribe());
  };
  const again = (): void => {
    stop();
    if (present === undefined) return;
    const { value: now } = present;
    running = untracked(() => zones.outside(() => work(now)));
  };
  const begin = (next: T): void => {
    present = { value: next };
    again();
  };

  injector.get(DestroyRef).onDestroy(() => {
    present = undefined;
    stop();
  });
  if (isSignal(value))
    effect(
      () => {
        const next = value();
        untracked(() => begin(next));
      },
      { injector },
    );
  else begin(value);
  return { again, stop };
}

/** What is followed is no function itself, so that a function is a signal. */
const isSignal = <T>(value: T | Signal<T>): value is Signal<T> => typeof value === 'function';

/** Several values, some of which depend on signals, as one that is followed; it stays the same while they are alike. */
export function together<T extends object>(parts: { readonly [K in keyof T]: Reactive<T[K]> }): T | Signal<T> {
  const now = (): T =>
    // Each part is what it gives now, under its own name; what depends on signals is no function itself.
    Object.fromEntries(
      Object.entries<unknown>(parts).map(([name, part]) => [
        name,
        typeof part === 'function' ? (part as () => unknown)() : part,
      ]),
    ) as T;
  if (!Object.values<unknown>(parts).some((part) => typeof part === 'function')) return now();
  return computed(now, { equal: (a, b) => isAlike(a, b, 4) });
}

/** Whether two payloads or options are the same: by identity, or element by element, so many levels deep. */
export function isAlike(a: unknown, b: unknown, depth: number): boolean {
  if (Object.is(a, b)) return true;
  if (depth === 0 || !isPlain(a) || !isPlain(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isAlike(a[key], b[key], depth - 1))
  );
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype;
}
