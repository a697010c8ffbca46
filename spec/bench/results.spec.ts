import { describe, expect, it } from '@jest/globals';
import { isAlike, resultsOf, roundsText } from '../../bench/measure/results.mjs';
import { conditions, dimensionOf } from './results.js';

describe('results of several runs', () => {
  it('say when the first began, under what the last was measured, and how long all took', () => {
    const later = { ...conditions, load: 1 };
    const {
      startedAt,
      seconds,
      conditions: found,
      dimensions,
    } = resultsOf([
      dimensionOf('events', [], { measuredAt: '2026-01-02T00:00:00.000Z', conditions: later, seconds: 5 }),
      dimensionOf('calls', [], { measuredAt: '2026-01-01T00:00:00.000Z', seconds: 7 }),
    ]);
    expect([startedAt, seconds, found]).toStrictEqual(['2026-01-01T00:00:00.000Z', 12, later]);
    expect(dimensions.map(({ id }) => id)).toStrictEqual(['events', 'calls']);
  });

  it('name both versions of who was measured in two, and nobody as missing who was measured once', () => {
    const crossbar = { 'router crossbar': { label: 'Crossbar.io', version: '1' } };
    const { contenders, missing } = resultsOf([
      dimensionOf('a', [], { missing: { crossbar: 'not there', wampcc: 'not there' } }),
      dimensionOf('b', [], { contenders: crossbar, measuredAt: '2026-01-02T00:00:00.000Z' }),
      dimensionOf('c', [], {
        contenders: { 'router crossbar': { label: 'Crossbar.io', version: '2' } },
        measuredAt: '2026-01-03T00:00:00.000Z',
      }),
    ]);
    expect(contenders).toStrictEqual({ 'router crossbar': { label: 'Crossbar.io', version: '1 / 2' } });
    expect(missing).toStrictEqual({ wampcc: 'not there' });
  });

  it('name who was measured in the order of the tables, whoever was done first', () => {
    const entries = ['floor', 'ours', 'peer'].map((contestant) => ({ contestant, serializer: 'json' as const }));
    const contenders = Object.fromEntries(
      ['peer', 'ours', 'floor'].map((name) => [name, { label: name, version: '1' }]),
    );
    const found = resultsOf([dimensionOf('a', [], { entries, contenders })]);
    expect(Object.keys(found.contenders)).toStrictEqual(['floor', 'ours', 'peer']);
  });

  it('are refused when there are none', () => {
    expect(() => resultsOf([])).toThrow('nothing has been measured');
  });

  it('are alike when build, mode and machine are, whatever commit the build is said to be of', () => {
    const { library, machine } = conditions;
    expect(isAlike(conditions, { ...conditions, load: 3, library: { ...library, commit: undefined } })).toBe(true);
    expect(isAlike(conditions, { ...conditions, library: { ...library, fingerprint: 'abd' } })).toBe(false);
    expect(isAlike(conditions, { ...conditions, machine: { ...machine, node: 'v22.0.0' } })).toBe(false);
    expect(isAlike(conditions, { ...conditions, mode: 'quick' })).toBe(false);
  });

  it('say which columns have fewer rounds', () => {
    expect(roundsText(dimensionOf('a', [], { rounds: 1 }))).toBe('1 round');
    expect(roundsText(dimensionOf('a', [], { fewerRounds: { '10,000': 2 } }))).toBe('3 rounds (10,000: 2)');
  });
});
