/**
 * Which way bytes go: `up` from the client to the router, `down` back.
 *
 * @typedef {'up' | 'down'} Way
 */

/**
 * Which ways a fault concerns.
 *
 * @typedef {Way | 'both'} Direction
 */

/**
 * What can go wrong between a client and a router. `cut`, `reset` and `garbage` happen once, to the connections that there
 * are; the others last until they are healed, and concern the connections made meanwhile, too.
 *
 * - `cut`: FIN, after what is on its way. `up` is said to the router, `down` to the client.
 * - `reset`: RST, whatever is on its way.
 * - `vanish`: half-open. Bytes, and the end of the connection, go nowhere and nobody is told. When healed, connections in which
 *   something has vanished are reset: TCP does not lose what is in between.
 * - `stall`: nothing more is read, so that the sender's buffers fill up.
 * - `throttle`: so many bytes per second in each connection.
 * - `split`: pieces of `maxBytes` at most, random ones, each written by itself.
 * - `join`: bytes wait until `bytes` have gathered, `maxDelayMs` at most.
 * - `garbage`: `bytes` octets that are neither a frame nor UTF-8, in the middle of it all, drawn from `seed`; only in connections
 *   in which clients have said `afterBytes` already, e.g. those that are past the HTTP request. Default: 0.
 * - `duplicate`: all a new client says, up to `maxBytes`, is said a second time, over a connection of its own.
 * - `refuse`: new connections are reset at once; `closed`: nobody listens at all.
 * - `slow handshake`: nothing passes in a new connection for `delayMs`, or until healed.
 *
 * @typedef {{ readonly kind: 'cut' | 'reset' | 'vanish' | 'stall', readonly direction?: Direction }
 *   | { readonly kind: 'throttle', readonly bytesPerSecond: number, readonly direction?: Direction }
 *   | { readonly kind: 'split', readonly maxBytes: number, readonly direction?: Direction }
 *   | { readonly kind: 'join', readonly bytes: number, readonly maxDelayMs: number, readonly direction?: Direction }
 *   | { readonly kind: 'garbage', readonly bytes: number, readonly seed: number, readonly afterBytes?: number, readonly direction?: Direction }
 *   | { readonly kind: 'duplicate', readonly maxBytes?: number }
 *   | { readonly kind: 'refuse', readonly how?: 'reset' | 'closed' }
 *   | { readonly kind: 'slow handshake', readonly delayMs?: number }} Fault
 */

/** @typedef {Fault['kind']} FaultKind */

/**
 * @param {Fault} fault
 * @param {Way} way
 * @returns {boolean} whether the fault concerns bytes that go this way
 */
export const concerns = (fault, way) =>
  !('direction' in fault) || fault.direction === undefined || fault.direction === 'both' || fault.direction === way;

/**
 * The faults of one kind that are active for one way.
 *
 * @template {FaultKind} K
 * @param {Iterable<Fault>} faults
 * @param {K} kind
 * @param {Way} way
 * @returns {Extract<Fault, { readonly kind: K }>[]}
 */
export const ofKind = (faults, kind, way) =>
  [...faults].filter(
    /** @returns {fault is Extract<Fault, { readonly kind: K }>} */
    (fault) => fault.kind === kind && concerns(fault, way),
  );

/**
 * A fault in one line, for people.
 *
 * @param {Fault} fault
 * @returns {string}
 */
export const describeFault = ({ kind, ...rest }) =>
  [
    kind,
    ...Object.entries(rest).map(([name, value]) => (name === 'direction' ? String(value) : `${name}=${value}`)),
  ].join(' ');
