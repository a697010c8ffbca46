import {
  ApplicationRef,
  inject,
  InjectionToken,
  makeStateKey,
  PLATFORM_ID,
  TransferState,
  type Injector,
} from '@angular/core';

/** A place in what the server sends with its page. */
export interface TransferSlot<T> {
  /** What the server put there; undefined when there is nothing, or it is out of date because the page has long been running. */
  read(): T | undefined;
  /** Puts it there, on a server. What cannot be written as JSON is left out. */
  write(value: T): void;
}

/** What the server sent counts until the application is stable for the first time, i.e. for what the page begins with. */
const FRESH = new InjectionToken<{ fresh: boolean }>('rxwamp transfer', {
  providedIn: 'root',
  factory: () => {
    const state = { fresh: true };
    void inject(ApplicationRef)
      .whenStable()
      .then(() => {
        state.fresh = false;
      });
    return state;
  },
});

/** The place of what `parts` describe; undefined where they cannot be written, as a stream that is handed to a call. */
export function transferSlot<T>(injector: Injector, ...parts: readonly unknown[]): TransferSlot<T> | undefined {
  const name = asJson(parts);
  if (name === undefined) return undefined;
  const key = makeStateKey<string>(`rxwamp ${name}`);
  const state = injector.get(TransferState);
  if (injector.get(PLATFORM_ID) === 'server')
    return {
      read: () => undefined,
      write: (value) => {
        const text = asJson(value);
        if (text !== undefined) state.set(key, text);
      },
    };
  const { fresh } = injector.get(FRESH);
  const sent = fresh ? state.get<string | undefined>(key, undefined) : undefined;
  return {
    // It was written by the same code, for the same thing.
    read: () => (sent === undefined ? undefined : (JSON.parse(sent) as T)),
    write: () => undefined,
  };
}

/** JSON that reads back as it was, or undefined: a BigInt, bytes or a date would not. */
function asJson(value: unknown): string | undefined {
  return isJson(value, 32) ? JSON.stringify(value) : undefined;
}

function isJson(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'object': {
      if (value === null) return true;
      if (depth === 0) return false;
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null) return false;
      return Object.values(value).every((inner) => isJson(inner, depth - 1));
    }
    default:
      return false;
  }
}
