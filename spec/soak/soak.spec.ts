import { describe, expect, it } from '@jest/globals';
import { roundFaults, scheduleDigest, scheduleLines } from '../../scripts/soak/schedule.mjs';
import { LANES } from '../../scripts/soak/lanes.mjs';
import { soak, type SoakReport } from '../../scripts/soak/run.mjs';

const PLAN = { seed: 7, rounds: 3, steps: 800, lanes: LANES };

describe('the schedule of faults', () => {
  it('is the same for the same seed, and another for another', () => {
    const digest = (seed: number): string => scheduleDigest(scheduleLines({ ...PLAN, seed }));
    expect(digest(7)).toBe(digest(7));
    expect(digest(8)).not.toBe(digest(7));
  });

  it('does not depend on how many rounds there are', () => {
    const lines = scheduleLines(PLAN);
    expect(scheduleLines({ ...PLAN, rounds: 2 })).toStrictEqual(
      lines.slice(0, scheduleLines({ ...PLAN, rounds: 2 }).length),
    );
  });

  it('has every kind of fault, in front of every client', () => {
    const faults = [0, 1, 2].flatMap((round) => roundFaults({ ...PLAN, round }));
    expect(new Set(faults.map(({ lane }) => lane))).toStrictEqual(new Set(LANES));
    expect([...new Set(faults.map(({ fault }) => fault.kind))].sort()).toStrictEqual([
      'cut',
      'duplicate',
      'garbage',
      'join',
      'refuse',
      'reset',
      'slow handshake',
      'split',
      'stall',
      'throttle',
      'vanish',
    ]);
  });
});

describe('a short soak', () => {
  it('finds a fate that was told for every message, and nothing left behind', async () => {
    const report = await soak({ seed: 7, rounds: 20, steps: 100, messages: 2_000 });
    expect(report.violations).toStrictEqual([]);
    expect(report.ok).toBe(true);
    const { counts } = report;
    expect(counts.published + counts.called).toBeGreaterThanOrEqual(2_000);
    expect(fates(report)).toBe(counts.published);
    expect(counts.delivered + counts['lost in a reported gap'] + counts['dropped by the router and counted']).toBe(
      counts['due to subscribers'],
    );
  }, 300_000);

  it('ends early when it is told to, with the ledger so far', async () => {
    const stopping = new AbortController();
    const report = await soak({
      seed: 8,
      rounds: 10,
      steps: 100,
      signal: stopping.signal,
      onProgress: ({ step }) => {
        if (step === 5) stopping.abort();
      },
    });
    expect([report.stopped, report.rounds, report.violations]).toStrictEqual([true, 1, []]);
    expect(fates(report)).toBe(report.counts.published);
  }, 300_000);
});

/** Publications that have one. */
const fates = ({ counts }: SoakReport): number =>
  counts.acknowledged +
  counts['handed to the connection'] +
  counts.refused +
  counts['dropped and counted'] +
  counts['acknowledgement lost, as told'];
