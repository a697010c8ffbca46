/** What a router counts. */
export interface RouterStatistics {
  /** Sessions that are joined now. */
  readonly sessions: number;
  /** Events that were not sent to one subscriber because its serializer or transport cannot carry them. */
  readonly eventsSkipped: number;
  /** Connections dropped because their client did not read fast enough. */
  readonly slowConsumersDropped: number;
  /** Sessions and connections ended because their client broke the protocol. */
  readonly violations: number;
}

/** The running counters. */
export type Statistics = { -readonly [Name in keyof RouterStatistics]: RouterStatistics[Name] };

export const newStatistics = (): Statistics => ({
  sessions: 0,
  eventsSkipped: 0,
  slowConsumersDropped: 0,
  violations: 0,
});
