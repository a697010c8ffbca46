import { makeEnvironmentProviders, type EnvironmentProviders } from '@angular/core';
import type { Dict, WampClientOptions } from 'rxwamp';
import { WAMP_OPTIONS_OVERRIDE } from '../provide.js';
import { WampTestingController } from './controller.js';

/** Options of {@link provideWampTesting}. */
export interface WampTestingOptions {
  /** Details of the session that clients get: `{ authid: 'joe', authrole: 'admin' }`. Default: none. */
  readonly session?: Dict;
  /** Whether subscriptions and registrations are accepted by themselves, or by the test. Default: `'auto'`. */
  readonly answers?: 'auto' | 'manual';
}

/**
 * Replaces the network of every connection that `provideWamp` sets up, before it or after it: clients are as they are in the
 * application, interceptors, contract and all, but talk to the test, through a `WampTestingController`. A lost connection
 * is tried again at once, and no heartbeat is sent.
 *
 * @example
 * TestBed.configureTestingModule({ providers: [provideWamp({ url: '/ws', realm: 'realm1' }), provideWampTesting()] });
 * const router = TestBed.inject(WampTestingController);
 */
export function provideWampTesting({ session = {}, answers = 'auto' }: WampTestingOptions = {}): EnvironmentProviders {
  return makeEnvironmentProviders([
    {
      provide: WampTestingController,
      useFactory: () => new WampTestingController({ session, accept: answers === 'auto' }),
    },
    {
      provide: WAMP_OPTIONS_OVERRIDE,
      useFactory: (controller: WampTestingController) => (options: WampClientOptions) => offline(options, controller),
      deps: [WampTestingController],
    },
  ]);
}

/** The options with the test's transport in place of a network. */
function offline(
  { url, serializers, maxMessageBytes, retry, ...options }: WampClientOptions,
  { transport }: WampTestingController,
): WampClientOptions {
  return {
    ...options,
    transport,
    heartbeat: false,
    retry: retry === false ? false : { ...retry, initialDelayMs: 0, maxDelayMs: 0 },
  };
}
