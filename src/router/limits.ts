/** What a router lets its clients use up. Whatever they send, it does not grow beyond these. */
export interface RouterLimits {
  /** Joined sessions, over all realms. Default: 10,000. One more is refused with `wamp.error.network_failure`. */
  readonly maxSessions: number;
  /** Subscriptions of one session. Default: 10,000. One more is refused with `wamp.error.not_authorized`. */
  readonly maxSubscriptionsPerSession: number;
  /** Registrations of one session. Default: 10,000. One more is refused with `wamp.error.not_authorized`. */
  readonly maxRegistrationsPerSession: number;
  /** Calls of one session that have no final answer yet. Default: 10,000. One more is refused with `wamp.error.network_failure`. */
  readonly maxPendingCallsPerSession: number;
  /** Testaments of one session. Default: 100. One more is refused with `wamp.error.not_authorized`. */
  readonly maxTestamentsPerSession: number;
  /**
   * Bytes of the testaments of one session, payload and lists. Default: 1 MiB. One more is refused with
   * `wamp.error.not_authorized`.
   */
  readonly maxTestamentBytesPerSession: number;
  /**
   * Bytes of payload that are kept of the calls of one session, so that another callee can be given them when the first is
   * unavailable. Default: 1 MiB. A call that does not fit is not kept, and its callee's `wamp.error.unavailable` is the
   * caller's answer.
   */
  readonly maxReroutableBytesPerSession: number;
  /** Topics of one realm that hold a retained event. Default: 1,000. An event on one more is delivered but not retained. */
  readonly maxRetainedTopics: number;
  /**
   * Bytes of all retained events of one realm, payload and lists. Default: 16 MiB. An event that does not fit is delivered
   * but not retained, and its topic then has none: rather nothing than what is no longer the latest.
   */
  readonly maxRetainedBytes: number;
  /** Messages of one session that wait while an asynchronous authorizer decides. Default: 1,000. One more ends the session. */
  readonly maxWaitingMessages: number;
  /** Bytes that those messages may take before one more ends the session. Default: 16 MiB. */
  readonly maxWaitingBytes: number;
  /** Bytes that may wait for a client that reads slowly. Default: 16 MiB. When more wait, its session is ended: see `slowConsumer`. */
  readonly maxBufferedBytes: number;
  /** How long each step of the opening handshake may take. Default: 5 s. */
  readonly handshakeTimeoutMs: number;
  /** How long the answer to our GOODBYE, and the end of a connection we closed, are waited for. Default: 2 s. */
  readonly closeTimeoutMs: number;
  /** How long an asynchronous authorizer may take. Default: 10 s. After that the answer is `wamp.error.authorization_failed`. */
  readonly authorizationTimeoutMs: number;
  /** How long a callee may take to answer an INTERRUPT of mode `kill`. Default: 30 s. After that the caller is told `wamp.error.canceled`. */
  readonly killWaitMs: number;
}

/** The defaults of {@link RouterLimits}. */
export const ROUTER_LIMITS: RouterLimits = {
  maxSessions: 10_000,
  maxSubscriptionsPerSession: 10_000,
  maxRegistrationsPerSession: 10_000,
  maxPendingCallsPerSession: 10_000,
  maxTestamentsPerSession: 100,
  maxTestamentBytesPerSession: 1024 * 1024,
  maxReroutableBytesPerSession: 1024 * 1024,
  maxRetainedTopics: 1_000,
  maxRetainedBytes: 16 * 1024 * 1024,
  maxWaitingMessages: 1_000,
  maxWaitingBytes: 16 * 1024 * 1024,
  maxBufferedBytes: 16 * 1024 * 1024,
  handshakeTimeoutMs: 5_000,
  closeTimeoutMs: 2_000,
  authorizationTimeoutMs: 10_000,
  killWaitMs: 30_000,
};

/** The limits that were given, and the defaults for those that were not. */
export const limitsWith = (given: Partial<RouterLimits> = {}): RouterLimits => ({
  ...ROUTER_LIMITS,
  ...Object.fromEntries(Object.entries(given).filter(([, limit]: [string, unknown]) => limit !== undefined)),
});
