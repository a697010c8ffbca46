import { type Injector, runInInjectionContext } from '@angular/core';
import { defer, type Observable } from 'rxjs';
import {
  ErrorUri,
  UsageError,
  type CallOptions,
  type Chunk,
  type Invocation,
  type PayloadInput,
  type Publication,
  type PublishOptions,
  type RegisterOptions,
  type Registration,
  type TopicGap,
  type TopicOptions,
  type TopicSnapshot,
  type Uri,
  type WampEvent,
  type WampResult,
} from 'rxwamp';

/** A call that is about to be made. */
export interface WampCallRequest {
  readonly kind: 'call';
  readonly uri: Uri;
  /** The payload, or what is streamed in. */
  readonly payload: PayloadInput | Observable<Chunk> | undefined;
  readonly options: CallOptions;
}

/** A publication that is about to be sent. */
export interface WampPublishRequest {
  readonly kind: 'publish';
  readonly uri: Uri;
  readonly payload: PayloadInput | undefined;
  readonly options: PublishOptions;
}

/** A topic, or a pattern, that is about to be subscribed to. */
export interface WampSubscribeRequest {
  readonly kind: 'subscribe';
  readonly uri: Uri;
  readonly options: TopicOptions;
}

/** A procedure that is about to be offered. */
export interface WampRegisterRequest {
  readonly kind: 'register';
  readonly uri: Uri;
  readonly handler: (invocation: Invocation) => unknown;
  readonly options: RegisterOptions;
}

/** What passes through interceptors; `kind` tells them apart. */
export type WampRequest = WampCallRequest | WampPublishRequest | WampSubscribeRequest | WampRegisterRequest;

/** What comes back, by the kind of the request. */
export interface WampResponses {
  readonly call: WampResult;
  readonly publish: Publication;
  readonly subscribe: WampEvent | TopicGap | TopicSnapshot;
  readonly register: Registration;
}

/** What comes back of any request. */
export type WampResponse = WampResponses[keyof WampResponses];

/**
 * The rest of the way: the interceptors that follow, then the client. Cold: nothing happens until it is subscribed to, and
 * subscribing again, e.g. with `retry`, goes the rest of the way again. It errors with `UsageError` when the request is of
 * another kind than the one that came.
 */
export type WampNextFn = <R extends WampRequest>(request: R) => Observable<WampResponses[R['kind']]>;

/**
 * Stands between the application and a client, around every call, publication, subscription and registration. It may change
 * the request, what comes back, or answer without going on. It runs in an injection context, anew at each subscription.
 *
 * @example
 * const tenant: WampInterceptorFn = (request, next) =>
 *   request.kind === 'call' ? next({ ...request, uri: `${inject(TENANT)}.${request.uri}` }) : next(request);
 */
export type WampInterceptorFn = (request: WampRequest, next: WampNextFn) => Observable<WampResponse>;

/** The way of a request through the interceptors, in their order, to `end`. */
export function throughInterceptors(
  interceptors: readonly WampInterceptorFn[],
  injector: Injector,
  end: (request: WampRequest) => Observable<WampResponse>,
): (request: WampRequest) => Observable<WampResponse> {
  return interceptors.reduceRight<(request: WampRequest) => Observable<WampResponse>>((rest, interceptor) => {
    return (request) => {
      const next = (passed: WampRequest): Observable<WampResponse> => defer(() => rest(sameKind(request, passed)));
      // What comes back is of the kind of the request, and that is checked.
      return defer(() => runInInjectionContext(injector, () => interceptor(request, next as WampNextFn)));
    };
  }, end);
}

function sameKind({ kind }: WampRequest, passed: WampRequest): WampRequest {
  if (passed.kind === kind) return passed;
  throw new UsageError(ErrorUri.INVALID_ARGUMENT, `an interceptor made a ${passed.kind} of a ${kind}`, {
    attempted: passed.kind,
    on: passed.uri,
  });
}
