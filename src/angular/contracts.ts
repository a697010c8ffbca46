import type { AnyContract, ConnectionState, Contract, ProcedureUri, TopicUri, WampClient } from 'rxwamp';

/**
 * The contracts of an application's connections, by name; `default` is that of the connection without one. Say them once,
 * and whatever is injected is typed by them; a connection that is not in here takes every URI and every payload.
 *
 * @example
 * declare module 'rxwamp/angular' {
 *   interface WampContracts {
 *     default: Api;
 *     prices: PricesApi; // provideWamp(…, withName('prices'))
 *   }
 * }
 */
export interface WampContracts {
  /** No connection; it keeps the interface from being empty. */
  readonly '~rxwamp'?: never;
}

/** Name of the connection that was given none. */
export const DEFAULT_CONNECTION = 'default';

/** As much of a client as every one has, whatever its contract. */
export interface AnyWampClient {
  readonly state: ConnectionState;
  connect(): void;
  close(): Promise<void>;
}

/** Which connection: its name, or a client, which brings its contract along. */
export type WampConnection = string | AnyWampClient;

/** The contract of the connection of this name. */
export type ContractNamed<Name extends string> = Name extends keyof WampContracts
  ? WampContracts[Name] extends infer Api extends Contract
    ? Api
    : AnyContract
  : AnyContract;

/** The client of the connection of this name. */
export type ClientNamed<Name extends string> = WampClient<ContractNamed<Name>>;

/** The contract of a connection. */
export type ApiOf<C extends WampConnection> =
  C extends WampClient<infer Api> ? Api : C extends string ? ContractNamed<C> : AnyContract;

/** The topics of a connection. */
export type TopicIn<C extends WampConnection> = TopicUri<ApiOf<C>>;
/** The procedures of a connection. */
export type ProcedureIn<C extends WampConnection> = ProcedureUri<ApiOf<C>>;
