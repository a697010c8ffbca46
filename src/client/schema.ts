import { ContractError } from '../protocol/errors.js';
import type { Dict, List, Uri } from '../protocol/message.js';

/** What a Standard Schema says of a value: what it became, or what is wrong with it. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[] };

/**
 * The part of Standard Schema (version 1) that is used here: zod, valibot, arktype and others implement it.
 *
 * @see https://standardschema.dev
 */
export interface Schema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

/** Validators of what comes off the wire for one topic: each of those given is asked, and what has none may be anything. */
export interface TopicSchemas {
  readonly args?: Schema<List>;
  readonly kwargs?: Schema<object>;
}

/** Validators of one procedure: `args` and `kwargs` in the callee, `result` (the arguments of a result) and `progress` in the caller. */
export interface ProcedureSchemas extends TopicSchemas {
  readonly result?: Schema<List>;
  /** Of progressive results; default: `result`. */
  readonly progress?: Schema<List>;
}

/** A contract that is checked at run time. */
export interface ContractSchemas {
  readonly topics?: Readonly<Record<Uri, TopicSchemas>>;
  readonly procedures?: Readonly<Record<Uri, ProcedureSchemas>>;
}

interface PayloadOf<S> {
  readonly args: S extends { readonly args: Schema<infer A> } ? A : List;
  readonly kwargs: S extends { readonly kwargs: Schema<infer K> } ? K : Dict;
}
type ResultIn<S> = S extends { readonly result: Schema<infer R> } ? R : List;
interface AnswersOf<S> {
  readonly result: ResultIn<S>;
  readonly progress: S extends { readonly progress: Schema<infer P> } ? P : ResultIn<S>;
}

/**
 * The types in a contract's validators: of what they give out, for both ends of the wire. A validator that makes something
 * else of what it gets, e.g. a `Date`, types what is received, and not what has to be sent.
 */
export interface ContractOf<S extends ContractSchemas> {
  readonly topics: { readonly [U in keyof S['topics']]: PayloadOf<S['topics'][U]> };
  readonly procedures: {
    readonly [U in keyof S['procedures']]: PayloadOf<S['procedures'][U]> & AnswersOf<S['procedures'][U]>;
  };
}

/** What {@link defineContract} makes of validators: the same, with their types on them. There is nothing in `~types` at run time. */
export type DefinedContract<S extends ContractSchemas> = S & { readonly '~types'?: ContractOf<S> };

/** Options that tell the types of a client: those of its `contract`, unless its type parameter is given. */
export interface ContractOption<Api> {
  // A condition on Api is a place to infer it from, and demands nothing once Api is known.
  readonly contract?: ContractSchemas & { readonly '~types'?: [Api] extends [never] ? Api : unknown };
}

/**
 * A contract with validators. Give it to a client as its option `contract`, and it types the client as well.
 *
 * @example
 * const contract = defineContract({ topics: { 'com.example.tick': { args: z.tuple([z.number()]) } } });
 * const wamp = new WampClient({ url, realm, contract });
 */
export const defineContract = <const S extends ContractSchemas>(schemas: S): DefinedContract<S> => schemas;

/**
 * The value as its validator gives it back.
 *
 * @throws {ContractError} with what the validator found.
 */
export function check<T extends List | Dict>(
  schema: Schema<object> | undefined,
  value: T,
  attempted: string,
  on: Uri,
): T {
  if (schema === undefined) return value;
  const refuse = (what: string, cause?: unknown): ContractError => new ContractError(what, { attempted, on, cause });
  let found: ReturnType<(typeof schema)['~standard']['validate']>;
  try {
    found = schema['~standard'].validate(value);
  } catch (error) {
    throw refuse('the validator failed', error);
  }
  if ('then' in found) {
    found.catch(() => undefined);
    // Waiting would let later messages overtake this one.
    throw refuse('the validator is asynchronous, which would break the order of messages');
  }
  // By its type a validator of arguments gives arguments, and one of keyword arguments a dictionary.
  if (found.issues === undefined) return found.value as T;
  throw refuse(
    `not what the contract says: ${found.issues.map(({ message, path }) => (path?.length ? `${path.map(step).join('.')}: ${message}` : message)).join('; ')}`,
  );
}

const step = (at: unknown): string => String(typeof at === 'object' && at !== null && 'key' in at ? at.key : at);
