import type { Uri } from '../protocol/message.js';

/** What has happened until now. */
export interface Counts {
  /** Messages that clients sent. HELLO belongs to no realm yet. */
  readonly messagesIn: number;
  /** Messages that clients were sent: an event for a thousand subscribers is a thousand. */
  readonly messagesOut: number;
  /** Events that were not sent to one subscriber because its serializer or transport cannot carry them. */
  readonly eventsSkipped: number;
  /** Events that were not sent to one subscriber because it does not read fast enough: see `slowConsumer`. */
  readonly eventsDropped: number;
  /** Sessions ended because their client did not read fast enough. */
  readonly slowConsumersDropped: number;
  /** Sessions and connections ended because their client broke the protocol. */
  readonly violations: number;
}

/** What a realm holds now, and what has happened in it. */
export interface RealmStatistics extends Counts {
  /** Sessions that are joined. */
  readonly sessions: number;
  /** Subscriptions, those that only keep a history among them; one however many sessions share it. */
  readonly subscriptions: number;
  /** Registrations; one however many sessions share it. */
  readonly registrations: number;
  /** Calls that have a callee and no final answer. */
  readonly calls: number;
}

/** What a router holds now, and what has happened in it: all of its realms, those that are no more, and the connections in none. */
export interface RouterStatistics extends RealmStatistics {
  /** Connections, those that have not joined or are about to end among them. */
  readonly connections: number;
  /** The realms that there are now. */
  readonly realms: Readonly<Record<Uri, RealmStatistics>>;
}

/** Running counters. */
export type Counters = { -readonly [Name in keyof Counts]: Counts[Name] };

export const newCounters = (): Counters => ({
  messagesIn: 0,
  messagesOut: 0,
  eventsSkipped: 0,
  eventsDropped: 0,
  slowConsumersDropped: 0,
  violations: 0,
});

const COUNTS = [
  'messagesIn',
  'messagesOut',
  'eventsSkipped',
  'eventsDropped',
  'slowConsumersDropped',
  'violations',
] as const satisfies readonly (keyof Counts)[];
const STATISTICS = [...COUNTS, 'sessions', 'subscriptions', 'registrations', 'calls'] as const;

/** Adds counts to counters. */
export function addCounts(to: Counters, counts: Counts): void {
  for (const name of COUNTS) to[name] += counts[name];
}

/** All realms together with what happened outside of them. */
export function totalOf(outside: Counts, realms: RouterStatistics['realms'], connections: number): RouterStatistics {
  const total = { ...outside, sessions: 0, subscriptions: 0, registrations: 0, calls: 0, connections, realms };
  for (const realm of Object.values(realms)) {
    for (const name of STATISTICS) total[name] += realm[name];
  }
  return total;
}

const sameNumbers = (a: RealmStatistics, b: RealmStatistics): boolean =>
  STATISTICS.every((name) => a[name] === b[name]);

/** Whether nothing has happened between two looks. */
export function sameStatistics(a: RouterStatistics, b: RouterStatistics): boolean {
  const names = Object.keys(a.realms);
  return (
    a.connections === b.connections &&
    sameNumbers(a, b) &&
    names.length === Object.keys(b.realms).length &&
    names.every((name) => {
      const [one, other] = [a.realms[name], b.realms[name]];
      return one !== undefined && other !== undefined && sameNumbers(one, other);
    })
  );
}
