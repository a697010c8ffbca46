import { isDict } from '../protocol/dict.js';
import type { Dict, List, Uri } from '../protocol/message.js';
import type { Purpose } from './codec.js';

type Read = (purpose: Purpose, details: Dict, args?: List, kwargs?: Dict) => readonly [List?, Dict?];

/** The names that routers have for the parts of a past event. */
const DETAILS = ['details', 'Details'];
const ARGS = ['args', 'Arguments'];
const KWARGS = ['kwargs', 'ArgumentsKw'];

/**
 * The past events in a result, each unpacked as it would have been when it was one: they are the arguments, or one list that is
 * the argument.
 *
 * @param topicOf the topic of an event with these details; undefined when it is not known, and the event stays as it is.
 * @throws when one of them cannot be read: the rest alone would pass for all there were.
 */
export function readHistory(
  [args = [], ...kwargs]: readonly [List?, Dict?],
  topicOf: (details: Dict) => Uri | undefined,
  read: Read,
): readonly [List?, Dict?] {
  const readable = (stored: unknown): unknown => {
    if (Array.isArray(stored)) return stored.map(readable);
    if (!isDict(stored)) return stored;
    const details = part(stored, DETAILS, isDict) ?? {};
    const uri = topicOf(details);
    if (uri === undefined) return stored;
    const [as, keywords] = read(
      { kind: 'event', uri },
      details,
      part(stored, ARGS, isList),
      part(stored, KWARGS, isDict),
    );
    const rest = Object.entries(stored).filter(([name]) => !ARGS.includes(name) && !KWARGS.includes(name));
    return {
      ...Object.fromEntries(rest),
      ...(as !== undefined && { args: as }),
      ...(keywords !== undefined && { kwargs: keywords }),
    };
  };
  return [args.map(readable), ...kwargs];
}

function part<T>(stored: Dict, names: readonly string[], is: (value: unknown) => value is T): T | undefined {
  return names.map((name) => stored[name]).find(is);
}

const isList = (value: unknown): value is List => Array.isArray(value);
