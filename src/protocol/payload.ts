import { isDict, NO_ENTRIES } from './dict.js';
import * as ErrorUri from './error-uris.js';
import { UsageError } from './errors.js';
import type { Dict, List, Uri } from './message.js';

const BRAND = Symbol.for('rxwamp.payload');
/** What an absent argument list reads as. */
export const NO_ARGS: List = Object.freeze([]);
/** What an absent dictionary reads as. */
export const NO_KWARGS = NO_ENTRIES;

/**
 * Positional and keyword arguments: what an event, a result and an invocation carry. A handler may return one to answer
 * with several arguments or with keyword arguments; anything else it returns is the one argument.
 *
 * @example
 * wamp.register('com.example.divmod', ({ args: [a, b] }) => payload([Math.floor(a / b), a % b]));
 */
export class Payload<A extends List = List, K extends object = Dict> {
  constructor(
    /** Positional arguments, empty when there are none. */
    readonly args: A,
    /** Keyword arguments, empty when there are none. */
    readonly kwargs: K,
  ) {}

  /** The first positional argument, which is all that most messages carry. */
  get value(): A[0] {
    return this.args[0];
  }
}
Object.defineProperty(Payload.prototype, BRAND, { value: true });

/** Whether a value is a {@link Payload}, of whichever copy of the package. */
export const isPayload = (value: unknown): value is Payload =>
  typeof value === 'object' && value !== null && BRAND in value;

/** A payload of positional and keyword arguments. */
export const payload = <const A extends List, K extends object = Dict>(args: A, kwargs?: K): Payload<A, K> =>
  // The empty dictionary stands for whichever K is all optional; the compiler cannot know that it is.
  new Payload(args, kwargs ?? (NO_KWARGS as K));

/** What may be handed over where a payload is sent: the positional arguments, or both kinds by name. */
export type PayloadInput<A extends List = List, K extends object = Dict> =
  A | { readonly args?: A; readonly kwargs?: K };

const refuse = (what: string, attempted: string, on: Uri): UsageError =>
  new UsageError(ErrorUri.INVALID_ARGUMENT, what, { attempted, on });

/**
 * What was handed over as a payload, as arguments and keyword arguments.
 *
 * @throws {UsageError} when it is neither a list nor an object of `args` and `kwargs`.
 */
export function toPayload(
  input: PayloadInput | undefined,
  attempted: string,
  on: Uri,
): readonly [args: List, kwargs: Dict] {
  if (input === undefined) return [NO_ARGS, NO_KWARGS];
  // Array.isArray does not narrow a readonly list out of a union; the object branch below is what is left.
  if (Array.isArray(input)) return [input as List, NO_KWARGS];
  if (!isDict(input)) throw refuse('a payload is a list of arguments or { args, kwargs }', attempted, on);
  const { args, kwargs } = input as { readonly args?: unknown; readonly kwargs?: unknown };
  if (args !== undefined && !Array.isArray(args)) throw refuse('args must be a list', attempted, on);
  if (kwargs !== undefined && !isDict(kwargs)) throw refuse('kwargs must be an object', attempted, on);
  if (!isPayload(input)) {
    const stray = Object.keys(input).find((key) => key !== 'args' && key !== 'kwargs');
    if (stray !== undefined)
      throw refuse(
        `a payload has args and kwargs, not ${JSON.stringify(stray)}; a single object goes in a list`,
        attempted,
        on,
      );
  }
  return [(args as List | undefined) ?? NO_ARGS, kwargs ?? NO_KWARGS];
}

/**
 * A message with its payload tail: an empty tail is left off, keyword arguments alone keep an empty list before them.
 *
 * @see WAMP spec, Messages / payload transparency of args and kwargs
 */
export function tail(args: List | undefined, kwargs: Dict | undefined): readonly [args?: List, kwargs?: Dict] {
  if (kwargs !== undefined && kwargs !== NO_KWARGS && Object.keys(kwargs).length > 0) return [args ?? NO_ARGS, kwargs];
  return args !== undefined && args.length > 0 ? [args] : [];
}
