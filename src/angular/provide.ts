import {
  DestroyRef,
  inject,
  InjectionToken,
  Injector,
  makeEnvironmentProviders,
  PLATFORM_ID,
  type EnvironmentProviders,
} from '@angular/core';
import { ErrorUri, UsageError, type WampClientOptions } from 'rxwamp';
import { AngularWampClient } from './client.js';
import { provideConnection } from './connections.js';
import { DEFAULT_CONNECTION } from './contracts.js';
import { ofKind, onlyOne, type WampFeature } from './features.js';
import { injectZones } from './zones.js';

/** Options of a connection in an Angular application: those of a `WampClient`, and what it does on a server. */
export interface WampOptions extends WampClientOptions {
  /**
   * Whether it connects where Angular renders on a server. Default: false; topics, calls and registrations then complete at
   * once without a value, and publications are dropped.
   */
  readonly connectOnServer?: boolean;
  /** With `connectOnServer`: how long rendering waits for the first value of each topic, call and resource, in milliseconds. Default: 5,000. */
  readonly serverTimeoutMs?: number;
}

/** Changes the options of every connection, for tests. */
export const WAMP_OPTIONS_OVERRIDE = new InjectionToken<(options: WampClientOptions) => WampClientOptions>(
  'rxwamp options override',
);

const DEFAULT_SERVER_TIMEOUT_MS = 5_000;

/**
 * Sets up a connection. `inject(WampClient)` is its client, as are `injectTopic`, `injectCall` and the others; it is made
 * when it is first injected, connects on first use, and is closed with its injector. Give it to an application or to a route.
 *
 * @param options as of `new WampClient(…)`; a function is called when the client is made, in an injection context.
 * @param features `withAuth`, `withInterceptors`, `withContract`, `withName`.
 * @throws {UsageError} when two features say different things of the same; when the client is made, for an option that makes no sense.
 * @example
 * bootstrapApplication(App, {
 *   providers: [
 *     provideWamp({ url: '/ws', realm: 'realm1' }, withInterceptors([tenant])),
 *     provideWamp(() => ({ url: inject(Config).pricesUrl, realm: 'prices' }), withName('prices')),
 *   ],
 * });
 */
export function provideWamp(
  options: WampOptions | (() => WampOptions),
  ...features: readonly WampFeature[]
): EnvironmentProviders {
  const name = onlyOne(features, 'name')?.name ?? DEFAULT_CONNECTION;
  const contract = onlyOne(features, 'contract')?.schemas;
  const interceptors = ofKind(features, 'interceptors').flatMap((feature) => feature.interceptors);

  const create = (): AngularWampClient => {
    const { connectOnServer = false, serverTimeoutMs, ...given } = typeof options === 'function' ? options() : options;
    if (contract !== undefined && given.contract !== undefined) throw refuse('a contract is given twice');
    const auth = [...(given.auth ?? []), ...ofKind(features, 'auth').flatMap(({ authenticators }) => authenticators())];
    const override = inject(WAMP_OPTIONS_OVERRIDE, { optional: true }) ?? ((same: WampClientOptions) => same);
    const onServer = inject(PLATFORM_ID, { optional: true }) === 'server';
    const client = new AngularWampClient(
      override({ ...given, ...(auth.length > 0 && { auth }), ...(contract !== undefined && { contract }) }),
      {
        zones: injectZones(),
        injector: inject(Injector),
        interceptors,
        inert: onServer && !connectOnServer,
        serverTimeoutMs: onServer && connectOnServer ? checkedTimeout(serverTimeoutMs) : undefined,
      },
    );
    inject(DestroyRef).onDestroy(() => void client.close());
    return client;
  };
  return makeEnvironmentProviders(provideConnection(name, create));
}

function checkedTimeout(timeoutMs = DEFAULT_SERVER_TIMEOUT_MS): number {
  if (timeoutMs >= 0) return timeoutMs;
  throw refuse('serverTimeoutMs must be a number of milliseconds');
}

const refuse = (what: string): UsageError =>
  new UsageError(ErrorUri.INVALID_ARGUMENT, what, { attempted: 'provideWamp' });
