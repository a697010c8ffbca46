import { inject, InjectionToken, Injector, type Provider } from '@angular/core';
import { ErrorUri, UsageError, WampClient, type Contract } from 'rxwamp';
import { DEFAULT_CONNECTION, type AnyWampClient, type ClientNamed, type WampConnection } from './contracts.js';

/** One connection of an injector. */
interface NamedConnection {
  readonly name: string;
  readonly client: InjectionToken<WampClient>;
}

const NAMED_CONNECTIONS = new InjectionToken<readonly NamedConnection[]>('rxwamp connections');
const CONNECTIONS = new InjectionToken<Connections>('rxwamp connections by name');

/** The connections of an injector and of those above it, by name. The last one of a name counts. */
class Connections {
  readonly #injector = inject(Injector);
  readonly #own = inject(NAMED_CONNECTIONS, { self: true });
  readonly #above = inject(CONNECTIONS, { skipSelf: true, optional: true });

  find(name: string): WampClient | undefined {
    const own = this.#own.filter((connection) => connection.name === name).at(-1);
    return own === undefined ? this.#above?.find(name) : this.#injector.get(own.client);
  }

  names(): readonly string[] {
    return [...new Set([...this.#own.map(({ name }) => name), ...(this.#above?.names() ?? [])])];
  }
}

/** Makes a client known by its name, and as `WampClient` where it has none. */
export function provideConnection(name: string, create: () => WampClient): Provider[] {
  const client = new InjectionToken<WampClient>(`WampClient ${name}`);
  const connection: NamedConnection = { name, client };
  return [
    { provide: client, useFactory: create },
    { provide: NAMED_CONNECTIONS, useValue: connection, multi: true },
    { provide: CONNECTIONS, useFactory: () => new Connections() },
    name === DEFAULT_CONNECTION ? { provide: WampClient, useExisting: client } : [],
  ];
}

/** A client, or what stands in for one; its contract is a type alone. */
const isClient = (connection: AnyWampClient): connection is WampClient => 'state$' in connection;

/** The client of a connection, in an injection context. A client that is none of ours, e.g. a mock, is taken as it is. */
export function injectClient(connection: WampConnection = DEFAULT_CONNECTION): WampClient {
  if (typeof connection !== 'string') {
    if (isClient(connection)) return connection;
    throw new UsageError(ErrorUri.INVALID_ARGUMENT, 'a connection is a name or a client', { attempted: 'inject' });
  }
  const client =
    connection === DEFAULT_CONNECTION
      ? inject<WampClient>(WampClient, { optional: true })
      : inject(CONNECTIONS, { optional: true })?.find(connection);
  if (client !== undefined && client !== null) return client;
  const names = inject(CONNECTIONS, { optional: true })?.names() ?? [];
  const known = names.length === 0 ? 'provideWamp(…) is not among the providers' : `there are: ${names.join(', ')}`;
  throw new UsageError(ErrorUri.INVALID_ARGUMENT, `no connection is named ${JSON.stringify(connection)}; ${known}`, {
    attempted: 'inject',
  });
}

/**
 * The client of a connection, typed by its contract: see `WampContracts`. Without a name it is what `inject(WampClient)` is.
 * Needs an injection context.
 *
 * @throws {UsageError} when no connection has that name; it says which there are.
 * @example
 * readonly #prices = injectWamp('prices');
 */
export function injectWamp<Name extends string = typeof DEFAULT_CONNECTION>(name?: Name): ClientNamed<Name>;
/** The client of a connection, typed by a contract that is given here. */
export function injectWamp<Api extends Contract>(name?: string): WampClient<Api>;
export function injectWamp(name?: string): unknown {
  return injectClient(name);
}
