import type { Id } from '../../protocol/message.js';

/** The last step of MurmurHash3: each bit of the input changes half of the output's. */
function spread(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A resource key as a 32-bit number (FNV-1a). */
export function hashKey(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return spread(hash);
}

/**
 * How much a key belongs to a session. Each key goes to the session with the highest weight: the keys spread evenly, and
 * when a session comes or goes only its own keys move (rendezvous hashing).
 */
export const weightOf = (key: number, session: Id): number =>
  spread(key ^ spread((session % 2 ** 32) ^ Math.floor(session / 2 ** 32)));
