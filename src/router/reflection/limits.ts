/** What may be defined in a realm, and asked of what is. */
export const REFLECTION_LIMITS = {
  /** Definitions of one session. One more is refused with `wamp.error.not_authorized`. */
  maxDefinitionsPerSession: 1_000,
  /** Definitions of all sessions of a realm. One more is refused with `wamp.error.not_authorized`. */
  maxDefinitionsPerRealm: 10_000,
  /** Bytes of one definition. A larger one is refused with `wamp.error.payload_size_exceeded`. */
  maxDefinitionBytes: 64 * 1024,
  /** Bytes of the definitions of one session. One more is refused with `wamp.error.not_authorized`. */
  maxDefinitionBytesPerSession: 1024 * 1024,
  /** Bytes of the definitions of all sessions of a realm. One more is refused with `wamp.error.not_authorized`. */
  maxDefinitionBytesPerRealm: 16 * 1024 * 1024,
  /** How deep a definition may be nested. A deeper one is refused with `wamp.error.invalid_argument`. */
  maxDefinitionDepth: 32,
  /** URIs that a list looks at. Where there are more it is refused with `wamp.error.payload_size_exceeded`. */
  maxListed: 10_000,
  /** Lists and descriptions of one session that an authorizer is deciding about. One more is refused with `wamp.error.network_failure`. */
  maxUndecidedPerSession: 16,
  /** Questions of one list that an asynchronous authorizer is asked at the same time. */
  maxQuestions: 16,
} as const;
