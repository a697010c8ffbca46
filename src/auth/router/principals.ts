import { defaultIfEmpty, defer, of, take, type Observable, type ObservableInput } from 'rxjs';
import type { Dict } from '../../protocol/message.js';
import type { AuthRequest, Identity } from './authenticator.js';

/** Someone who may join, as the router knows them. */
export interface Principal {
  /** The authid they get, if it is not the one they asked for. */
  readonly authid?: string;
  readonly authrole: string;
  /** For WELCOME.Details.authextra. */
  readonly authextra?: Dict;
}

/**
 * Looks someone up, in a file or a database. Give `of(undefined)` for those unknown, an error when it cannot be told.
 */
export type Lookup<P> = (authid: string, realm: string, request: AuthRequest) => ObservableInput<P | undefined>;

/** All who may join: by authid, or a function that looks them up. */
export type Principals<P extends Principal> = Readonly<Record<string, P>> | Lookup<P>;

/** What every router half with principals takes. */
export interface PrincipalOptions<P extends Principal> {
  readonly principals: Principals<P>;
  /**
   * WELCOME.Details.authprovider. Default: `dynamic` where principals are looked up, `static` where they are listed.
   */
  readonly authprovider?: string;
}

/** The one with that authid, or undefined. */
export function find<P extends Principal>(
  principals: Principals<P>,
  authid: string,
  request: AuthRequest,
): Observable<P | undefined> {
  if (typeof principals === 'function') return once(() => principals(authid, request.realm, request));
  return of(Object.hasOwn(principals, authid) ? principals[authid] : undefined);
}

/** The first value of a look-up; undefined when it has none. What the look-up throws is an error of the observable. */
export const once = <P>(look: () => ObservableInput<P | undefined>): Observable<P | undefined> =>
  defer(look).pipe(take(1), defaultIfEmpty(undefined));

/** What WELCOME will say. */
export const providerOf = ({ authprovider, principals }: { authprovider?: string; principals: unknown }): string =>
  authprovider ?? (typeof principals === 'function' ? 'dynamic' : 'static');

/** The identity of a principal who proved to be one. */
export function identify(
  { authid, authrole, authextra }: Principal,
  asked: { readonly authid: string; readonly authmethod: string; readonly authprovider: string },
  methodExtra?: Dict,
): Identity {
  const extra = authextra ?? methodExtra;
  return {
    ...asked,
    authid: authid ?? asked.authid,
    authrole,
    ...(extra !== undefined && { authextra: { ...authextra, ...methodExtra } }),
  };
}
