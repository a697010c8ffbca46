import type { Dict } from './message.js';
import { MAX_URI_LENGTH } from './uri.js';

/** `nkey` of SUBSCRIBE.Options names a node, `rkey` of PUBLISH.Options a resource. */
type ShardOption = 'nkey' | 'rkey';

/** What the options say; undefined when they say nothing. Its type has been checked with the message. */
export function shardKey(options: Dict, name: ShardOption): string | undefined {
  const key = options[name];
  return typeof key === 'string' ? key : undefined;
}

/**
 * Why a key cannot be used: it is empty, or longer than a URI may be. Undefined when it can, or there is none. The spec
 * sets no limit.
 */
export function shardKeyFault(options: Dict, name: ShardOption): string | undefined {
  const key = shardKey(options, name);
  if (key === undefined || (key !== '' && key.length <= MAX_URI_LENGTH)) return undefined;
  return `${name} must have 1 to ${MAX_URI_LENGTH} characters`;
}
