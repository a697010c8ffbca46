import { DestroyRef, signal, untracked, type Signal } from '@angular/core';
import type { ConnectionState } from 'rxwamp';
import { wampContext, type WampContextOptions } from './context.js';
import type { WampConnection } from './contracts.js';

/**
 * Where a connection stands, as a signal. Reading it does not make the client connect. Needs an injection context, or the
 * option `injector`.
 *
 * @example
 * readonly connection = injectConnection();
 * // @if (connection().status === 'waiting') { Connection lost, trying again … }
 */
export function injectConnection(options: WampContextOptions<WampConnection> = {}): Signal<ConnectionState> {
  const { injector, client, zones } = wampContext(injectConnection, options);
  const state = signal(client.state);
  const subscription = untracked(() => zones.outside(() => client.state$.subscribe((next) => state.set(next))));
  injector.get(DestroyRef).onDestroy(() => subscription.unsubscribe());
  return state.asReadonly();
}
