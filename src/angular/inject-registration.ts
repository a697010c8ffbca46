import { computed, signal, type Signal } from '@angular/core';
import type { HandlerResult, Invocation, InvocationOf, MatchOf, RegisterOptions, Registration, Uri } from 'rxwamp';
import { toError, wampContext, type WampContextOptions } from './context.js';
import type { ApiOf, ProcedureIn, WampConnection } from './contracts.js';
import { follow, together, type Reactive } from './follow.js';
import { injectConnection } from './inject-connection.js';
import { isInert } from './server.js';

/** How a registration stands; `registered`: callers can reach the procedure now. */
export type RegistrationStatus = 'idle' | 'connecting' | 'registered' | 'error' | 'closed';

/** A procedure that is offered, as signals. Made by {@link injectRegistration}. */
export interface RegistrationRef {
  /** The registration, new after every reconnect. */
  readonly registration: Signal<Registration | undefined>;
  readonly status: Signal<RegistrationStatus>;
  /** Why it is not offered, with the status `error`: the procedure is taken, say. */
  readonly error: Signal<Error | undefined>;
  /** Registers anew: after an error, say. Does nothing without a URI. */
  reload(): void;
}

/** What {@link injectRegistration} can be told. */
export interface RegistrationConfig<
  C extends WampConnection,
  Options extends RegisterOptions = RegisterOptions,
> extends WampContextOptions<C> {
  /** Options of the registration; a function of signals registers anew when they change. */
  readonly options?: Reactive<Options>;
}

/**
 * Offers a procedure until the injector is destroyed. Needs an injection context, or the option `injector`.
 *
 * The URI may be a function of signals: when it changes, the old registration ends; while it is undefined, nothing is
 * offered. The handler runs in Angular's zone where this was called in it, and in no injection context.
 *
 * @example
 * readonly greeting = injectRegistration('com.example.greet', ({ args: [name] }) => `Hello, ${name}`);
 */
export function injectRegistration<U extends ProcedureIn<C>, C extends WampConnection = 'default'>(
  procedure: Reactive<U | undefined>,
  handler: (invocation: InvocationOf<ApiOf<C>, U>) => HandlerResult<ApiOf<C>, U>,
  config?: RegistrationConfig<C, RegisterOptions & { readonly match?: MatchOf<ProcedureIn<C>> }>,
): RegistrationRef;
/** A pattern: a contract does not say what it matches. */
export function injectRegistration(
  pattern: Reactive<Uri | undefined>,
  handler: (invocation: Invocation) => unknown,
  config: WampContextOptions<WampConnection> & {
    readonly options: Reactive<RegisterOptions & { readonly match: 'prefix' | 'wildcard' }>;
  },
): RegistrationRef;
export function injectRegistration(
  procedure: Reactive<Uri | undefined>,
  handler: (invocation: never) => unknown,
  config: RegistrationConfig<WampConnection> = {},
): RegistrationRef {
  const { injector, client, zones } = wampContext(injectRegistration, config);
  const connection = injectConnection({ injector, connection: client });
  const registration = signal<Registration | undefined>(undefined);
  const error = signal<Error | undefined>(undefined);
  const phase = signal<'idle' | 'live' | 'error' | 'closed'>('idle');
  const back = zones.wayBack();
  // The signatures above say what it is handed.
  const run = handler as (invocation: Invocation) => unknown;

  const asked = together<{ readonly uri: Uri | undefined; readonly options: RegisterOptions }>({
    uri: procedure,
    options: config.options ?? {},
  });
  const following = follow(asked, injector, zones, ({ uri, options }) => {
    registration.set(undefined);
    error.set(undefined);
    phase.set(uri === undefined || isInert(client) ? 'idle' : 'live');
    if (uri === undefined) return undefined;
    return client
      .register(uri, (invocation) => back(() => run(invocation)), options)
      .subscribe({
        next: (made) => {
          registration.set(made);
          phase.set('live');
        },
        error: (failure: unknown) => {
          error.set(toError(failure));
          phase.set('error');
        },
        complete: () => phase.set(isInert(client) ? 'idle' : 'closed'),
      });
  });

  return {
    registration: registration.asReadonly(),
    error: error.asReadonly(),
    status: computed(() => {
      const now = phase();
      if (now !== 'live') return now;
      return connection().status === 'connected' && registration() !== undefined ? 'registered' : 'connecting';
    }),
    reload: () => following.again(),
  };
}
