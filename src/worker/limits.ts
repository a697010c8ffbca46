import { checkCount, checkNumber } from '../operators/options.js';

/** What the tabs of a shared connection may use up, and how long things may take. */
export interface ShareLimits {
  /** Tabs at a time, those that wait to join among them. Default: 100. One more is refused with `wamp.error.network_failure`. */
  readonly maxTabs: number;
  /** Subscriptions of one tab. Default: 1,000. One more is refused with `wamp.error.not_authorized`. */
  readonly maxSubscriptionsPerTab: number;
  /** Registrations of one tab. Default: 1,000. One more is refused with `wamp.error.not_authorized`. */
  readonly maxRegistrationsPerTab: number;
  /** Calls and acknowledgements that one tab waits for. Default: 1,000. One more is refused with `wamp.error.network_failure`. */
  readonly maxPendingPerTab: number;
  /** Bytes that may wait for a tab that does not keep up. Default: 16 MiB. When more wait, it is dropped, and joins again. */
  readonly maxBufferedBytesPerTab: number;
  /** Bytes that may wait for the router before nothing more is read from the tabs. Default: 1 MiB. */
  readonly maxBufferedBytes: number;
  /**
   * How long a tab waits for the router before it is told that there is none yet, with the reason, in milliseconds. It
   * comes again by itself. Default: 8,000.
   */
  readonly joinTimeoutMs: number;
  /** How long the connection stays when the last tab has left, in milliseconds. Default: 5,000. */
  readonly lingerMs: number;
  /** After how long a silence a tab is asked for a sign of life, where no Web Lock tells of its end. Default: 30,000. */
  readonly tabSilenceMs: number;
  /** How long it may take to give one. A page at a breakpoint, or frozen, gives none; it joins again. Default: 60,000. */
  readonly tabAnswerMs: number;
}

/** The defaults of {@link ShareLimits}. */
export const SHARE_LIMITS: ShareLimits = {
  maxTabs: 100,
  maxSubscriptionsPerTab: 1_000,
  maxRegistrationsPerTab: 1_000,
  maxPendingPerTab: 1_000,
  maxBufferedBytesPerTab: 16 * 1024 * 1024,
  maxBufferedBytes: 1024 * 1024,
  joinTimeoutMs: 8_000,
  lingerMs: 5_000,
  tabSilenceMs: 30_000,
  tabAnswerMs: 60_000,
};

const WHERE = 'shareConnection';
const COUNTS = [
  'maxTabs',
  'maxSubscriptionsPerTab',
  'maxRegistrationsPerTab',
  'maxPendingPerTab',
  'maxBufferedBytesPerTab',
  'maxBufferedBytes',
] as const;
const TIMES = ['joinTimeoutMs', 'lingerMs', 'tabSilenceMs', 'tabAnswerMs'] as const;

/**
 * The limits, checked, with the default of what was not given.
 *
 * @throws {UsageError} that says which one makes no sense.
 */
export function limitsWith(given: Partial<ShareLimits> = {}): ShareLimits {
  // `undefined` counts as not given.
  const chosen = Object.entries<unknown>(given).filter(([, value]) => value !== undefined);
  const limits: ShareLimits = { ...SHARE_LIMITS, ...Object.fromEntries(chosen) };
  for (const name of COUNTS) checkCount(WHERE, `limits.${name}`, limits[name], 1);
  for (const name of TIMES) checkNumber(WHERE, `limits.${name}`, limits[name], 0);
  return limits;
}
