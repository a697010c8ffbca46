import { assertInInjectionContext, inject, Injector, runInInjectionContext } from '@angular/core';
import type { WampClient } from 'rxwamp';
import { injectClient } from './connections.js';
import { DEFAULT_CONNECTION, type WampConnection } from './contracts.js';
import { injectZones, type Zones } from './zones.js';

/** What everything that is injected can be told. */
export interface WampContextOptions<C extends WampConnection> {
  /** Which connection: a name, or a client. Default: the one without a name. */
  readonly connection?: C;
  /** Where it lives and is looked up, outside of an injection context. */
  readonly injector?: Injector;
}

/** What everything that is injected works with. */
export interface WampContext {
  readonly injector: Injector;
  readonly client: WampClient;
  readonly zones: Zones;
}

/** The injector that was given, or the present one. @param caller for the error when there is none. */
export function wampContext(
  caller: (...args: never) => unknown,
  { connection, injector }: WampContextOptions<WampConnection>,
): WampContext {
  if (injector === undefined) assertInInjectionContext(caller);
  const used = injector ?? inject(Injector);
  return runInInjectionContext(used, () => ({
    injector: used,
    client: injectClient(connection),
    zones: injectZones(),
  }));
}

/** An error that can be shown, whatever was thrown. */
export const toError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error), { cause: error });

/** What a connection is called where something of it is written down. */
export const nameOf = (connection: WampConnection = DEFAULT_CONNECTION): string =>
  typeof connection === 'string' ? connection : 'a client';
