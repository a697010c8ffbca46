/** Every peer, as `--only` may name it. */
const NAMES = ['fox-wamp', 'nexus', 'Crossbar.io', 'Autobahn|JS', 'wampy', 'Autobahn|Python', 'nexus client'];

/**
 * Whether a filter may ask for checks of a peer: one that names peers asks for those alone.
 *
 * @param {RegExp | undefined} only
 * @param {string} name
 */
export function mayConcern(only, name) {
  if (only === undefined) return true;
  const named = NAMES.filter((one) => only.test(one));
  return named.length === 0 || named.includes(name);
}
