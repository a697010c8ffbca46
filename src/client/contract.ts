import type { Observable } from 'rxjs';
import type { Dict, List } from '../protocol/message.js';
import type { Payload } from '../protocol/payload.js';
import type { WampEvent } from '../session/event.js';
import type { Invocation } from '../session/invocation.js';
import type { WampResult } from '../session/result.js';
import type { GapFill } from './gaps/fill.js';
import type { TopicGap } from './gaps/gap.js';
import type { GapPolicy } from './topic-options.js';

/**
 * What a realm offers, as types: topics with what they carry, procedures with what they take and give. It costs
 * nothing at run time.
 *
 * What a topic carries is the tuple of its arguments, or `{ args, kwargs }`, or the type of its one argument. A procedure
 * is a function, or `{ args, kwargs, result, progress }` where `result` and `progress` (of the results before the last;
 * default: `result`) are written as a topic is. What a function returns is the one argument of its result, or a
 * `Payload`; one that returns a Promise, an Observable or an async iterable gives what is in it. `unknown` is any payload.
 *
 * @example
 * interface Api {
 *   topics: { 'com.example.tick': [count: number] };
 *   procedures: {
 *     'com.example.add': (a: number, b: number) => number;
 *     'com.example.find': { kwargs: { name: string }; result: [user: User] };
 *   };
 * }
 * const wamp = new WampClient<Api>({ url, realm });
 */
export interface Contract {
  readonly topics?: object;
  readonly procedures?: object;
}

/** Any payload at all. */
export interface AnyPayload {
  readonly args: List;
  readonly kwargs: Record<string, unknown>;
}

/** The contract of a client that has none: every URI, every payload. */
export interface AnyContract {
  readonly topics: Readonly<Record<string, AnyPayload>>;
  readonly procedures: Readonly<Record<string, AnyPayload & { readonly result: AnyPayload }>>;
}

type Nothing = Readonly<Record<never, never>>;
/** The topics of a contract, with what each carries. */
export type TopicsOf<Api extends Contract> = Api extends { readonly topics: infer T } ? T : Nothing;
/** The procedures of a contract, with what each takes and gives. */
export type ProceduresOf<Api extends Contract> = Api extends { readonly procedures: infer P } ? P : Nothing;

/** The topics of a contract. */
export type TopicUri<Api extends Contract> = keyof TopicsOf<Api> & string;
/** The procedures of a contract. */
export type ProcedureUri<Api extends Contract> = keyof ProceduresOf<Api> & string;

/** A payload type in its plain forms, a list or `{ args, kwargs }`. A value that is none of them is the one argument. */
type Plain<P> = unknown extends P
  ? AnyPayload
  : [P] extends [List | { readonly args: List } | { readonly kwargs: object }]
    ? P
    : Returned<P>;
/** The same of what a function returns, where a list is a value like others: nothing, a payload, or the one argument. */
type Returned<R> = unknown extends R
  ? AnyPayload
  : | Extract<R, Payload<List, object>>
    | (undefined extends R ? readonly [] : never)
    | OneArgument<Exclude<R, Payload<List, object> | void>>;
type OneArgument<V> = [V] extends [never] ? never : readonly [V];

type ArgsIn<P> = P extends List
  ? Readonly<P>
  : P extends { readonly args: infer A extends List }
    ? Readonly<A>
    : readonly [];
/** Never where none are declared. */
type KwargsIn<P> = P extends { readonly kwargs: infer K extends object } ? Readonly<K> : never;
/** Keyword arguments that are not declared may come all the same. */
type Received<K extends object> = [K] extends [never] ? Dict : K;

/** What is inside a Promise, an Observable or an async iterable; anything else is itself. */
type Inside<R> =
  R extends Observable<infer T> ? T : R extends AsyncIterable<infer T> ? T : R extends PromiseLike<infer T> ? T : R;

/** What a procedure takes, gives at last, and gives before that. */
type Taken<D> = D extends (...args: infer A) => unknown ? Plain<A> : D;
type Given<D> = D extends (...args: infer _A) => infer R
  ? Returned<Inside<R>>
  : Plain<D extends { readonly result: infer R } ? R : readonly []>;
type Progressive<D> = D extends { readonly progress: infer P } ? Plain<P> : Given<D>;

type Carried<Api extends Contract, U extends TopicUri<Api>> = Plain<TopicsOf<Api>[U]>;
type Procedure<Api extends Contract, U extends ProcedureUri<Api>> = ProceduresOf<Api>[U];

/** What a topic's subscriber gets. */
export type EventOf<Api extends Contract, U extends TopicUri<Api>> = WampEvent<
  ArgsIn<Carried<Api, U>>,
  Received<KwargsIn<Carried<Api, U>>>
>;
/** What may be published to a topic: the arguments, or `{ args, kwargs }`; undefined where both may be empty. */
export type PublicationOf<Api extends Contract, U extends TopicUri<Api>> = Sent<
  ArgsIn<Carried<Api, U>>,
  KwargsIn<Carried<Api, U>>
>;
/** What a procedure takes: the arguments, or `{ args, kwargs }`; undefined where both may be empty. */
export type InputOf<Api extends Contract, U extends ProcedureUri<Api>> = Sent<
  ArgsIn<Taken<Procedure<Api, U>>>,
  KwargsIn<Taken<Procedure<Api, U>>>
>;
/** What may be streamed to a procedure: payloads, and scalars that are their one argument. */
export type ChunkOf<Api extends Contract, U extends ProcedureUri<Api>> =
  | Exclude<InputOf<Api, U>, undefined>
  | (NeedsNone<KwargsIn<Taken<Procedure<Api, U>>>> extends true
      ? ScalarOf<One<ArgsIn<Taken<Procedure<Api, U>>>>>
      : never);
/** What a procedure gives, progressive results among it when they were asked for. */
export type ResultOf<Api extends Contract, U extends ProcedureUri<Api>, Progress extends boolean = false> = ResultWith<
  Given<Procedure<Api, U>> | (Progress extends true ? Progressive<Procedure<Api, U>> : never)
>;
/** Of each of several payload types. */
type ResultWith<P> = P extends unknown ? WampResult<ArgsIn<P>, Received<KwargsIn<P>>> : never;

/** What a procedure's handler gets. */
export type InvocationOf<Api extends Contract, U extends ProcedureUri<Api>> = Invocation<
  ArgsIn<Taken<Procedure<Api, U>>>,
  Received<KwargsIn<Taken<Procedure<Api, U>>>>
>;
/** What a procedure's handler may return: the value, or a `payload(…)`, bare or in a Promise, an Observable or an async iterable, or a Promise of one of these. */
export type HandlerResult<Api extends Contract, U extends ProcedureUri<Api>> = Answers<
  Answer<Given<Procedure<Api, U>>>,
  Answer<Progressive<Procedure<Api, U>>>
>;
type Answers<Last, Progress> = [Last] extends [infer L]
  ? L | Stream<L | Progress> | PromiseLike<L | Stream<L | Progress>>
  : never;
type Stream<V> = Observable<V> | AsyncIterable<V>;
type Answer<P> =
  NeedsNone<KwargsIn<P>> extends true
    ? Payload<ArgsIn<P>, Received<KwargsIn<P>>> | One<ArgsIn<P>> | (readonly [] extends ArgsIn<P> ? void : never)
    : Payload<ArgsIn<P>, Received<KwargsIn<P>>>;

/** The value that does for an argument list alone, if one does. */
type One<A extends List> = A extends List
  ? readonly [Exclude<A[0], undefined>] extends A
    ? Exclude<A[0], undefined>
    : never
  : never;
/** What is no payload by itself, so that it can be told from one. */
type ScalarOf<V> = unknown extends V ? Scalar : Extract<V, Scalar>;
type Scalar = string | number | bigint | boolean | null | Uint8Array;

type NeedsNone<K extends object> = [K] extends [never] ? true : Nothing extends K ? true : false;
type Sent<A extends List, K extends object> = [K] extends [never]
  ? readonly [] extends A
    ? A | { readonly args?: A | undefined } | undefined
    : A | { readonly args: A }
  : Nothing extends K
    ? readonly [] extends A
      ? A | { readonly args?: A | undefined; readonly kwargs?: K | undefined } | undefined
      : A | { readonly args: A; readonly kwargs?: K | undefined }
    : readonly [] extends A
      ? { readonly args?: A | undefined; readonly kwargs: K }
      : { readonly args: A; readonly kwargs: K };

/** The topics of a contract whose payload can be one value, and what that is. */
export type SubjectUri<Api extends Contract> = Api extends Contract
  ? {
      readonly [U in TopicUri<Api>]: readonly [ValueOf<Api, U>] extends PublicationOf<Api, U> ? U : never;
    }[TopicUri<Api>]
  : never;
/** The one argument of a topic. */
export type ValueOf<Api extends Contract, U extends TopicUri<Api>> = ArgsIn<Carried<Api, U>>[0];

/** The payload and the options of a method: the payload may be left out only where it may be empty. */
export type Rest<Input, Options> = undefined extends Input
  ? readonly [payload?: Input, options?: Options]
  : readonly [payload: Input, options?: Options];

/** How a URI that the contract names is compared: a pattern is not in a contract, and what it matches is not known. */
export type MatchOf<Uri extends string> = string extends Uri ? 'exact' | 'prefix' | 'wildcard' : 'exact';
/** What a gap puts into a topic's stream beside events. */
export type GapOf<Policy extends GapPolicy> =
  Policy extends GapFill<infer Item> ? TopicGap | Item : Policy extends 'silent' | 'retained' ? never : TopicGap;
