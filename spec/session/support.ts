import { afterEach, beforeEach, jest } from '@jest/globals';
import { Observable, type Subscription } from 'rxjs';
import type { Authenticator } from '../../src/auth/authenticator.js';
import { openSession } from '../../src/client/dial.js';
import { keepsTime } from '../../src/client/quirks.js';
import type { JoinOptions } from '../../src/session/join.js';
import type { Session } from '../../src/session/session.js';
import { Code } from '../../src/protocol/code.js';
import type { Dict, WampMessage } from '../../src/protocol/message.js';
import type { WampEvent } from '../../src/session/event.js';
import type { EventReceiver } from '../../src/session/subscriber.js';
import { fakeRouter, ROUTER_ROLES, type FakeRouter, type FakeRouterOptions } from '../../src/testing/index.js';
import { memoryTransport } from '../../src/transports/memory.js';
import type { Transport } from '../../src/transports/transport.js';

/** Time that stands still unless the spec moves it; what it leaves behind is dropped. Promises run on as ever. */
export function useVirtualTime(): void {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] });
  });
  afterEach(() => {
    jest.clearAllTimers();
    jest.useRealTimers();
    jest.restoreAllMocks();
  });
}

/** Lets everything happen that waits for a promise and not for time. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

/** What a stream did: values as they are, then `'complete'` or the error. */
export interface Seen<T> {
  readonly values: T[];
  error: unknown;
  complete: boolean;
}

/** Watches a stream. */
export function watch<T>(stream: Observable<T>): Seen<T> & { readonly subscription: Subscription } {
  const seen: Seen<T> = { values: [], error: undefined, complete: false };
  const subscription = stream.subscribe({
    next: (value) => seen.values.push(value),
    error: (error: unknown) => (seen.error = error),
    complete: () => (seen.complete = true),
  });
  return Object.assign(seen, { subscription });
}

/** Events of a topic in one session, as a stream. */
export const eventsOf = (session: Session, uri: string, options: Dict = {}): Observable<WampEvent> =>
  new Observable<WampEvent>((observer) => {
    let joined: number | undefined;
    const receiver: EventReceiver = {
      uri,
      options,
      event: (event) => {
        observer.next(event);
      },
      failed: (error) => {
        observer.error(error);
      },
    };
    session.subscriber.subscribe(uri, options, {
      receiver: () => (observer.closed ? undefined : receiver),
      joined: (id) => (joined = id),
      failed: (error) => {
        observer.error(error);
      },
    });
    return () => {
      if (joined !== undefined) session.subscriber.unsubscribe(joined, receiver);
    };
  });

export const REALM = 'realm1';

export const joinOptions = (options: Partial<JoinOptions> = {}): JoinOptions => ({
  realm: REALM,
  agent: 'spec',
  authenticators: [],
  timeoutMs: 10_000,
  heartbeat: undefined,
  traceback: false,
  maxInvocations: 10_000,
  keepsTime,
  ...options,
});

/** Joins over the scripted router's transport, as far as the script lets it. */
export function joining(
  options: Partial<JoinOptions> = {},
  routerOptions: FakeRouterOptions = {},
): { readonly router: FakeRouter; readonly sessions: Seen<Session> & { readonly subscription: Subscription } } {
  const router = fakeRouter(routerOptions);
  const sessions = watch(openSession(router.transport, joinOptions(options)));
  return { router, sessions };
}

/** A session whose HELLO and WELCOME have been exchanged. */
export function joined(
  options: Partial<JoinOptions> = {},
  routerOptions: FakeRouterOptions = {},
): ReturnType<typeof joining> & { readonly session: Session } {
  const opening = joining(options, routerOptions);
  opening.router.welcome();
  const [session] = opening.sessions.values;
  if (session === undefined) throw new Error('no session came about');
  return { ...opening, session };
}

/** An authenticator that says what it is told to, for the conversation's sake. */
export const authenticator = (method: string, attempt: object = {}): Authenticator => ({
  method,
  begin: () => [attempt],
});

/**
 * A transport to a router that answers each message at once: the answer is there before what sent the question returns, as
 * with a router in the same process. HELLO is answered with WELCOME.
 */
export const atOnce = (answer: (message: WampMessage) => readonly WampMessage[]): Transport =>
  memoryTransport((link) => {
    link.subscribe((message) => {
      const answers: readonly WampMessage[] =
        message[0] === Code.HELLO ? [[Code.WELCOME, 1, { roles: ROUTER_ROLES }]] : answer(message);
      for (const one of answers) link.next(one);
    });
  });

/** A session with such a router. */
export function joinedAtOnce(answer: (message: WampMessage) => readonly WampMessage[]): Session {
  const [session] = watch(openSession(atOnce(answer), joinOptions())).values;
  if (session === undefined) throw new Error('no session came about');
  return session;
}

/** Messages as the rows of a table: each with the text it goes by in a title. */
export const rows = (...messages: readonly WampMessage[]): [text: string, message: WampMessage][] =>
  messages.map((message) => [JSON.stringify(message), message]);
