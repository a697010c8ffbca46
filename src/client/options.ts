import type { ObservableInput } from 'rxjs';
import type { Authenticator } from '../auth/authenticator.js';
import { checkChoice, checkCount, checkNumber } from '../operators/options.js';
import * as ErrorUri from '../protocol/error-uris.js';
import { UsageError } from '../protocol/errors.js';
import type { Uri } from '../protocol/message.js';
import { isUri } from '../protocol/uri.js';
import { json } from '../serializers/json.js';
import type { Serializer } from '../serializers/serializer.js';
import type { HeartbeatOptions } from '../session/heartbeat.js';
import type { Passthru } from '../session/passthru.js';
import type { Transport } from '../transports/transport.js';
import type { ContractSchemas } from './schema.js';

/** When and how often a lost or refused connection is tried again. */
export interface RetryOptions {
  /** Upper bound of the first delay; each further one doubles it. The delay itself is random below it (full jitter). Default: 500. */
  readonly initialDelayMs?: number;
  /** Upper bound of every delay. Default: 30,000. */
  readonly maxDelayMs?: number;
  /** Attempts in a row that may fail before the client closes with the last error. Default: Infinity. */
  readonly maxAttempts?: number;
  /** How long a connection must stand before a loss counts as the first again. Default: 10,000. */
  readonly stableAfterMs?: number;
}

/** What becomes of messages of one kind while there is no connection. */
export interface WaitingOptions {
  /** How many wait at most. Default: 1,000. */
  readonly capacity?: number;
  /** What goes when one more comes: the oldest, the new one, or the new one with an error. Default: `'drop-oldest'`, of calls `'error'`. */
  readonly overflow?: 'drop-oldest' | 'drop-newest' | 'error';
  /** How long one may wait before it is dropped. Default: Infinity. */
  readonly ttlMs?: number;
}

/** What becomes of publications, and of calls, while there is no connection. */
export interface OutboxOptions extends WaitingOptions {
  /** The same for calls, which error with `OverflowError` or `TimeoutError`. Default: as many, and none is dropped for a new one. */
  readonly calls?: WaitingOptions;
}

/** When a connection takes more. */
export interface WritableOptions {
  /** From this many bytes that wait to leave, it takes no more. Default: 1 MiB. */
  readonly highBytes: number;
  /** Down to this many it takes more again. Default: 256 KiB. */
  readonly lowBytes: number;
}

/** Where the router is: one URL, several that are tried in turn, or a function that is asked at every attempt. */
export type Url = string | readonly string[] | (() => string | ObservableInput<string>);

/** Options of a {@link WampClient}. Either `url` or `transport`. */
export interface WampClientOptions {
  /** WebSocket URL of the router, e.g. `wss://example.com/ws`; several are tried in turn, the next on failure. */
  readonly url?: Url;
  /** Instead of `url`: a transport, or a function that makes one for every attempt. */
  readonly transport?: Transport | (() => Transport);
  /** The realm to join. */
  readonly realm: Uri;
  /** Ways to prove who we are, in order of preference. Default: none, i.e. anonymous. */
  readonly auth?: readonly Authenticator[];
  /** Formats offered, in this order; the router picks. Default: `[json()]`. Only with `url`. */
  readonly serializers?: readonly Serializer[];
  /** `false`: the first failure closes the client. */
  readonly retry?: RetryOptions | false;
  /** Bound of opening the socket and of the handshake, each. Default: 10,000. */
  readonly handshakeTimeoutMs?: number;
  /** How long `close()` waits for the router's GOODBYE. Default: 2,000. */
  readonly closeTimeoutMs?: number;
  /** `false`: silence is not watched for. Default: asks after 30,000 ms of silence and allows 10,000 ms for the answer. */
  readonly heartbeat?: Partial<HeartbeatOptions> | false;
  /** How long a topic that nobody watches stays subscribed. Default: 0. */
  readonly lingerMs?: number;
  readonly outbox?: OutboxOptions;
  /** Largest message accepted, in bytes. Default: 16 MiB. Only with `url`. */
  readonly maxMessageBytes?: number;
  /** When `writable$` says that the connection takes more. Default: until 1 MiB waits to leave, and again from 256 KiB. */
  readonly writable?: Partial<WritableOptions>;
  /** How many invocations may run at a time; whatever comes beyond is answered with `wamp.error.unavailable`. Default: 10,000. */
  readonly maxInvocations?: number;
  /** What packs or encrypts payloads, so that routers pass them on unread: made with `rxwamp/passthru`. Default: nothing is packed. */
  readonly passthru?: Passthru;
  /** Whether the ERROR for an exception in a handler carries its stack trace (`kwargs.traceback`). Default: false. */
  readonly traceback?: boolean;
  /** Standard Schema validators for what comes off the wire, made with `defineContract`. */
  readonly contract?: ContractSchemas;
}

/** The options with every default in place. */
export interface Settings {
  readonly realm: Uri;
  readonly auth: readonly Authenticator[];
  readonly retry: Required<RetryOptions> | false;
  readonly handshakeTimeoutMs: number;
  readonly closeTimeoutMs: number;
  readonly heartbeat: HeartbeatOptions | undefined;
  readonly lingerMs: number;
  readonly outbox: Required<WaitingOptions> & { readonly calls: Required<WaitingOptions> };
  readonly writable: WritableOptions;
  readonly maxInvocations: number;
  readonly passthru: Passthru | undefined;
  readonly traceback: boolean;
  readonly contract: ContractSchemas;
}

const DEFAULT_RETRY: Required<RetryOptions> = {
  initialDelayMs: 500,
  maxDelayMs: 30_000,
  maxAttempts: Infinity,
  stableAfterMs: 10_000,
};
const DEFAULT_HEARTBEAT: HeartbeatOptions = { intervalMs: 30_000, timeoutMs: 10_000 };
const DEFAULT_WAITING: Required<WaitingOptions> = { capacity: 1_000, overflow: 'drop-oldest', ttlMs: Infinity };

const DEFAULT_WRITABLE: WritableOptions = { highBytes: 1024 * 1024, lowBytes: 256 * 1024 };

/** Default of `handshakeTimeoutMs`. */
export const DEFAULT_HANDSHAKE_TIMEOUT_MS = 10_000;

/** Default offer of formats. */
export const DEFAULT_SERIALIZERS: () => readonly Serializer[] = () => [json()];

const WHERE = 'new WampClient';
const refuse = (what: string): UsageError => new UsageError(ErrorUri.INVALID_ARGUMENT, what, { attempted: WHERE });

/** What was given, with the default of what was not; `undefined` counts as not given. */
const withDefaults = <T extends object>(defaults: T, given: Partial<T>): T => ({
  ...defaults,
  ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
});

function checkWaiting(name: string, { capacity, ttlMs, overflow }: Required<WaitingOptions>): void {
  checkCount(WHERE, `${name}.capacity`, capacity, 0);
  checkNumber(WHERE, `${name}.ttlMs`, ttlMs, 0);
  checkChoice(WHERE, `${name}.overflow`, overflow, ['drop-oldest', 'drop-newest', 'error']);
}

/** Refuses what no timer or counter can make sense of. Infinity is as long as a timer can wait. */
function checkSettings({ retry, heartbeat, outbox, writable, ...settings }: Settings): void {
  checkNumber(WHERE, 'handshakeTimeoutMs', settings.handshakeTimeoutMs, 1);
  checkNumber(WHERE, 'closeTimeoutMs', settings.closeTimeoutMs, 0);
  checkNumber(WHERE, 'lingerMs', settings.lingerMs, 0);
  checkNumber(WHERE, 'heartbeat.intervalMs', heartbeat?.intervalMs ?? 1, 1);
  checkNumber(WHERE, 'heartbeat.timeoutMs', heartbeat?.timeoutMs ?? 1, 1);
  checkWaiting('outbox', outbox);
  checkWaiting('outbox.calls', outbox.calls);
  checkCount(WHERE, 'maxInvocations', settings.maxInvocations, 1);
  checkNumber(WHERE, 'writable.lowBytes', writable.lowBytes, 0);
  checkNumber(WHERE, 'writable.highBytes', writable.highBytes, writable.lowBytes);
  for (const [name, value] of Object.entries(retry === false ? {} : retry))
    checkNumber(WHERE, `retry.${name}`, value, 0);
}

/**
 * The options, checked, with their defaults.
 *
 * @throws {UsageError} that says which option is wrong.
 */
export function toSettings(options: WampClientOptions): Settings {
  const { url, transport, realm, auth = [], retry = {}, heartbeat = {}, outbox = {} } = options;
  if ((url === undefined) === (transport === undefined)) throw refuse('give either url or transport');
  if (Array.isArray(url) && url.length === 0) throw refuse('url must not be an empty list');
  if (options.serializers?.length === 0) throw refuse('serializers must not be an empty list');
  if (transport !== undefined && options.serializers !== undefined)
    throw refuse('serializers belong to url; a transport brings its own');
  if (transport !== undefined && options.maxMessageBytes !== undefined)
    throw refuse('maxMessageBytes belongs to url; a transport brings its own');
  if (typeof realm !== 'string' || !isUri(realm))
    throw new UsageError(ErrorUri.INVALID_URI, 'realm must be a URI', { attempted: WHERE, on: realm });
  const { calls = {}, ...waiting } = outbox;
  const publications = withDefaults(DEFAULT_WAITING, waiting);
  const ofCalls = { ...DEFAULT_WAITING, capacity: publications.capacity, overflow: 'error' as const };
  const settings: Settings = {
    realm,
    auth,
    retry: retry === false ? false : withDefaults(DEFAULT_RETRY, retry),
    handshakeTimeoutMs: options.handshakeTimeoutMs ?? DEFAULT_HANDSHAKE_TIMEOUT_MS,
    closeTimeoutMs: options.closeTimeoutMs ?? 2_000,
    heartbeat: heartbeat === false ? undefined : withDefaults(DEFAULT_HEARTBEAT, heartbeat),
    lingerMs: options.lingerMs ?? 0,
    outbox: { ...publications, calls: withDefaults<Required<WaitingOptions>>(ofCalls, calls) },
    writable: withDefaults(DEFAULT_WRITABLE, options.writable ?? {}),
    maxInvocations: options.maxInvocations ?? 10_000,
    passthru: options.passthru,
    traceback: options.traceback ?? false,
    contract: options.contract ?? {},
  };
  checkSettings(settings);
  return settings;
}
