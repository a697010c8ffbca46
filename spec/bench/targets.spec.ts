import { describe, expect, it } from '@jest/globals';
import { allVerdicts, limitText, outcomeText, targets, verdictsOf } from '../../bench/report/targets.mjs';
import type { Cell } from '../../bench/measure/results.mjs';
import { dimensionOf } from './results.js';

const ours = (samples: Record<string, number[]>): Cell => ({
  contestant: 'rxwamp',
  serializer: 'json',
  column: '1',
  samples,
});

describe('what is said of the targets', () => {
  it('is by the median of the rounds’ ratios, not the ratio of the medians', () => {
    // 1.0, 1.5 and 1.2 times the floor of the round.
    const [cpu, p99] = verdictsOf(dimensionOf('calls', [ours({ cpu: [10, 30, 12], p99: [1.2, 1.2, 1.2] })]));
    expect([cpu?.value, cpu?.limit, cpu?.isMet]).toStrictEqual([1.2, 1.1, false]);
    expect(cpu && [limitText(cpu), outcomeText(cpu)]).toStrictEqual(['≤ 1.1 × floor', '1.2, missed by 9 %']);
    expect(p99 && outcomeText(p99)).toBe('1.2, met');
  });

  it('is a difference where the limit is nothing, and the other way round where more is better', () => {
    const column = '160 MB';
    const cell: Cell = { ...ours({ lost: [3], kept: [0.6], grownMb: [10] }), column };
    const said = verdictsOf(dimensionOf('stalled', [cell])).map((one) => [limitText(one), outcomeText(one)]);
    expect(said).toStrictEqual([
      ['≤ 48 MB', '10, met'],
      ['≤ 0', '3, missed by 3'],
      ['≥ 0.9', '0.6, missed by 50 %'],
    ]);
  });

  it('names every target, those without a figure as well', () => {
    const all = allVerdicts([dimensionOf('calls', [ours({ cpu: [10, 20, 10] })])]);
    expect(all.map(({ target }) => target)).toStrictEqual([...targets]);
    expect(all.filter(({ verdicts }) => verdicts.length > 0)).toHaveLength(1);
  });
});
