import { ErrorUri, UsageError, type Authenticator, type Contract, type ContractSchemas } from 'rxwamp';
import type { WampInterceptorFn } from './interceptor.js';

/** Something that is added to a connection by `provideWamp`. Made by the `with…` functions. */
export type WampFeature =
  | { readonly kind: 'auth'; readonly authenticators: () => readonly Authenticator[] }
  | { readonly kind: 'interceptors'; readonly interceptors: readonly WampInterceptorFn[] }
  | { readonly kind: 'contract'; readonly schemas: ContractSchemas | undefined; readonly '~types'?: unknown }
  | { readonly kind: 'name'; readonly name: string };

/**
 * Ways to prove who the user is, in order of preference; those of the option `auth` come before them.
 *
 * @param authenticators authenticators, or functions that make one or several when the client is made, in an injection context.
 * @example
 * provideWamp(
 *   { url: '/ws', realm: 'realm1' },
 *   withAuth(() => {
 *     const login = inject(Login);
 *     return ticket({ authid: login.name, ticket: () => login.freshToken() });
 *   }),
 * )
 */
export const withAuth = (
  ...authenticators: readonly (Authenticator | (() => Authenticator | readonly Authenticator[]))[]
): WampFeature => ({
  kind: 'auth',
  authenticators: () => authenticators.flatMap((one) => (typeof one === 'function' ? one() : one)),
});

/**
 * Functions around every call, publication, subscription and registration, in this order: the first sees a request first and
 * what comes back last.
 *
 * @example
 * provideWamp(options, withInterceptors([tenant, retryReads]))
 */
export const withInterceptors = (interceptors: readonly WampInterceptorFn[]): WampFeature => ({
  kind: 'interceptors',
  interceptors,
});

/**
 * What the realm offers. With validators (made by `defineContract`) what comes off the wire is checked; without, it says so
 * to readers alone, and costs nothing. For what is injected to be typed, name the contract in `WampContracts`.
 *
 * @example
 * provideWamp(options, withContract<Api>())
 * provideWamp(options, withContract(defineContract({ topics: { … } })))
 */
export function withContract<Api extends Contract>(): WampFeature & { readonly '~types'?: Api };
export function withContract(schemas: ContractSchemas): WampFeature;
export function withContract(schemas?: ContractSchemas): WampFeature {
  return { kind: 'contract', schemas };
}

/**
 * A name for the connection, where an application has several: `injectWamp('prices')`,
 * `injectTopic(uri, { connection: 'prices' })`.
 */
export const withName = (name: string): WampFeature => ({ kind: 'name', name });

/** The one feature of a kind. @throws {UsageError} when there are several. */
export function onlyOne<Kind extends WampFeature['kind']>(
  features: readonly WampFeature[],
  kind: Kind,
): Extract<WampFeature, { kind: Kind }> | undefined {
  const [one, another] = ofKind(features, kind);
  if (another === undefined) return one;
  throw new UsageError(ErrorUri.INVALID_ARGUMENT, `there can be one ${kind} alone`, { attempted: 'provideWamp' });
}

/** All features of a kind, in their order. */
export const ofKind = <Kind extends WampFeature['kind']>(
  features: readonly WampFeature[],
  kind: Kind,
): readonly Extract<WampFeature, { kind: Kind }>[] =>
  features.filter((feature): feature is Extract<WampFeature, { kind: Kind }> => feature.kind === kind);
