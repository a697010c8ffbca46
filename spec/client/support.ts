import { beforeEach, jest } from '@jest/globals';
import { Code, WampClient, type ConnectionState, type RxWampError, type WampClientOptions } from 'rxwamp';
import { fakeRouter, type FakeRouter, type FakeRouterOptions } from 'rxwamp/testing';
import { useVirtualTime as useTime, watch, type Seen } from '../session/support.js';

export { atOnce, rows, settled, watch, type Seen } from '../session/support.js';

export const TOPIC = 'com.app.topic';
export const PROCEDURE = 'com.app.procedure';

/** A client, the router it dials, and what it says of itself. */
export interface Setting {
  readonly router: FakeRouter;
  readonly wamp: WampClient;
  readonly states: ConnectionState[];
  readonly faults: RxWampError[];
  /** The states' names so far. */
  readonly statuses: () => readonly string[];
}

/** A client that has not been used yet. */
export function idle(options: Partial<WampClientOptions> = {}, routerOptions: FakeRouterOptions = {}): Setting {
  const router = fakeRouter(routerOptions);
  const wamp = new WampClient({ transport: router.transport, realm: 'realm1', ...options });
  const states = watch(wamp.state$).values;
  const faults = watch(wamp.faults$).values;
  return { router, wamp, states, faults, statuses: () => states.map(({ status }) => status) };
}

/** A client with a session. */
export function connected(options: Partial<WampClientOptions> = {}, routerOptions: FakeRouterOptions = {}): Setting {
  const setting = idle(options, routerOptions);
  setting.wamp.connect();
  setting.router.welcome();
  return setting;
}

/** Every delay of a backoff is this part of its bound. */
export const chance = (part: number): void => {
  jest.spyOn(Math, 'random').mockReturnValue(part);
};

/** Virtual time, in which every retry comes at once: see {@link again}. */
export function useVirtualTime(): void {
  useTime();
  beforeEach(() => {
    chance(0);
  });
}

/** The delay before the next attempt passes. */
export const again = (): void => {
  jest.advanceTimersByTime(1);
};

/** Breaks the connection, and answers the next HELLO. */
export function reconnect(router: FakeRouter, welcome: Parameters<FakeRouter['welcome']>[0] = {}): void {
  router.drop();
  again();
  router.welcome(welcome);
}

/** Answers the next SUBSCRIBE. */
export function subscribed(router: FakeRouter, subscription = 7): void {
  router.send([Code.SUBSCRIBED, router.expect(Code.SUBSCRIBE).request, subscription]);
}

/** Answers the next REGISTER. */
export function registered(router: FakeRouter, registration = 7): void {
  router.send([Code.REGISTERED, router.expect(Code.REGISTER).request, registration]);
}

/** Closes and has the router agree. */
export async function close({ wamp, router }: Pick<Setting, 'wamp' | 'router'>): Promise<void> {
  const closed = wamp.close();
  if (router.received.some(([code]) => code === Code.GOODBYE))
    router.send([Code.GOODBYE, {}, 'wamp.close.goodbye_and_out']);
  await closed;
}

/** First arguments of what a stream emitted. */
export const valuesOf = ({ values }: Seen<{ readonly value: unknown }>): unknown[] => values.map(({ value }) => value);
