import { Code } from '../protocol/code.js';
import type { MessageOf, WampMessage } from '../protocol/message.js';

/** What the spec calls the elements after the type code, in order. */
const NAMES = {
  [Code.HELLO]: ['realm', 'details'],
  [Code.WELCOME]: ['session', 'details'],
  [Code.ABORT]: ['details', 'reason', 'args', 'kwargs'],
  [Code.CHALLENGE]: ['authmethod', 'extra'],
  [Code.AUTHENTICATE]: ['signature', 'extra'],
  [Code.GOODBYE]: ['details', 'reason'],
  [Code.ERROR]: ['requestType', 'request', 'details', 'error', 'args', 'kwargs'],
  [Code.PUBLISH]: ['request', 'options', 'topic', 'args', 'kwargs'],
  [Code.PUBLISHED]: ['request', 'publication'],
  [Code.SUBSCRIBE]: ['request', 'options', 'topic'],
  [Code.SUBSCRIBED]: ['request', 'subscription'],
  [Code.UNSUBSCRIBE]: ['request', 'subscription'],
  [Code.UNSUBSCRIBED]: ['request', 'details'],
  [Code.EVENT]: ['subscription', 'publication', 'details', 'args', 'kwargs'],
  [Code.CALL]: ['request', 'options', 'procedure', 'args', 'kwargs'],
  [Code.CANCEL]: ['request', 'options'],
  [Code.RESULT]: ['request', 'details', 'args', 'kwargs'],
  [Code.REGISTER]: ['request', 'options', 'procedure'],
  [Code.REGISTERED]: ['request', 'registration'],
  [Code.UNREGISTER]: ['request', 'registration'],
  [Code.UNREGISTERED]: ['request', 'details'],
  [Code.INVOCATION]: ['request', 'registration', 'details', 'args', 'kwargs'],
  [Code.INTERRUPT]: ['request', 'options'],
  [Code.YIELD]: ['request', 'options', 'args', 'kwargs'],
} as const satisfies Readonly<Record<Code, readonly string[]>>;

type Pairs<Names extends readonly string[], Values extends readonly unknown[]> = Names extends readonly [
  infer Name extends string,
  ...infer Rest extends readonly string[],
]
  ? { readonly [N in Name]: Values[0] } & Pairs<Rest, Values extends readonly [unknown?, ...infer Tail] ? Tail : []>
  : unknown;

type Elements<M extends WampMessage> = M extends readonly [unknown, ...infer Tail] ? Tail : never;
type Named<K extends Code> = Pairs<(typeof NAMES)[K], Elements<MessageOf<K>>>;

/**
 * A message's elements by the names the spec gives them, beside the message itself: `Fields<typeof Code.CALL>` is
 * `{ request, options, procedure, args, kwargs, message }`. What was left off the wire is undefined.
 */
export type Fields<K extends Code> = K extends Code
  ? { readonly [N in keyof Named<K>]: Named<K>[N] } & {
      /** The tuple as it lay on the wire. */
      readonly message: MessageOf<K>;
    }
  : never;

/**
 * What a message is compared with: any of its fields. Dictionaries are compared by the keys that are named, lists
 * element by element and in full length, `undefined` means absent, and a function is asked whether the value will do.
 *
 * @example
 * router.expect(Code.SUBSCRIBE, { topic: 'com.app.tick', options: { match: 'prefix' } });
 * router.expect(Code.CALL, { args: [2, 3], kwargs: undefined });
 * router.expect(Code.HELLO, { details: { authid: (authid) => authid !== 'root' } });
 */
export type Expected<K extends Code> = K extends Code
  ? { readonly [N in keyof Named<K>]?: Named<K>[N] | ((value: Named<K>[N]) => boolean) | undefined }
  : never;

/**
 * A message's elements by name.
 *
 * @example
 * const { subscription, args } = fields(event);   // event: EventMessage
 */
export function fields<M extends WampMessage>(message: M): Fields<M[0]> {
  const names: readonly string[] = NAMES[message[0]];
  const named = Object.fromEntries(names.map((name, at) => [name, message[at + 1]]));
  // NAMES gives each element its name, and the type above is made of NAMES.
  return { ...named, message } as unknown as Fields<M[0]>;
}
