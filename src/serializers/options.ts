/** What the three serializers have in common. */
export interface SerializerOptions {
  /**
   * What becomes of integers beyond ±2^53, which a JavaScript number cannot hold exactly. They are never rounded.
   *
   * - `'bigint'`: they are BigInts in both directions. A BigInt leaves as an integer; MessagePack and CBOR have them up
   *   to 64 bits (−2^63 to 2^64 − 1), and a larger one is a `SerializationError`.
   * - `'error'`: they are a `SerializationError` in both directions. One that is received ends the session, so this is
   *   for closed systems whose publishers are all known.
   *
   * Integers up to ±2^53, and so every WAMP id, are numbers in either case. A *number* beyond ±2^53 is a float, and
   * leaves as one.
   *
   * @defaultValue `'bigint'`
   */
  readonly int64?: 'bigint' | 'error' | undefined;
  /**
   * How deep lists and dictionaries may be nested, in both directions; the message itself is the first level.
   *
   * @defaultValue 64
   */
  readonly maxDepth?: number | undefined;
  /**
   * How many lists, dictionaries and byte strings a received message may hold. One of them takes up to a hundred times
   * the memory of its one or two bytes on the wire.
   *
   * @defaultValue 1_000_000
   */
  readonly maxContainers?: number | undefined;
}

/** {@link SerializerOptions} with nothing left open. */
export interface SerializerLimits {
  readonly int64: 'bigint' | 'error';
  readonly maxDepth: number;
  readonly maxContainers: number;
}

/** Fills in the defaults. */
export const withDefaults = ({
  int64 = 'bigint',
  maxDepth = 64,
  maxContainers = 1_000_000,
}: SerializerOptions): SerializerLimits => ({ int64, maxDepth, maxContainers });

/** From here on, in either direction, numbers are too coarse to tell integers apart. */
export const EXACT = 2 ** 53;
