import { isDict } from '../protocol/dict.js';
import type { Dict, List } from '../protocol/message.js';
import { NO_ARGS, NO_KWARGS } from '../protocol/payload.js';

/** The map that is packed, with the members that are there. */
export const toMap = (args: List, kwargs: Dict): Dict => ({
  ...(args.length > 0 && { args }),
  ...(Object.keys(kwargs).length > 0 && { kwargs }),
});

/** What a map holds; a member may be missing or null, and others are ignored. Undefined when it is no such map. */
export function fromMap(map: unknown): readonly [args: List, kwargs: Dict] | undefined {
  if (!isDict(map)) return undefined;
  const args = map['args'] ?? NO_ARGS;
  const kwargs = map['kwargs'] ?? NO_KWARGS;
  return Array.isArray(args) && isDict(kwargs) ? [args, kwargs] : undefined;
}
