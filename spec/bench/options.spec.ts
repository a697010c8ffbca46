import { describe, expect, it } from '@jest/globals';
import { wishOf } from '../../bench/options.mjs';

describe('options of the benchmark', () => {
  it('measure all and write the page when there are none', () => {
    expect(wishOf([])).toMatchObject({ do: 'measure', mode: 'full', isAll: true, minutes: 30, resume: false });
    expect(wishOf([])).toHaveProperty('docs', expect.stringMatching(/docs$/));
  });

  it.each([['--quick'], ['--only=calls'], ['--clients=wampy']])('leave docs/ alone with %s', (option) => {
    expect(wishOf([option])).toHaveProperty('docs', undefined);
    expect(wishOf([option, '--docs=x'])).toHaveProperty('docs', 'x');
  });

  it('take the build from the environment, and rather from the option', () => {
    expect(wishOf([], { RXWAMP_DIST: 'a' })).toHaveProperty('dist', 'a');
    expect(wishOf(['--dist=b'], { RXWAMP_DIST: 'a' })).toHaveProperty('dist', 'b');
  });

  it('leave out no round when somebody says how many', () => {
    expect(wishOf(['--rounds=5'])).toMatchObject({ rounds: 5, minutes: undefined });
  });

  it.each([
    [['--report', '--only=x'], '--only has no meaning beside --report'],
    [['--report', '--resume'], '--resume has no meaning beside --report'],
    [['--report', '--quick'], 'docs/ is for full runs'],
    [['--from=x', '--report'], '--report has no meaning beside --from'],
    [['--clients=x', '--resume'], '--resume has no meaning beside --clients'],
    [['--rounds=2', '--minutes=3'], '--minutes has no meaning beside --rounds'],
    [['--rounds=0'], '--rounds takes a number from 1 to 999, not 0'],
    [['--minutes=soon'], '--minutes takes a number from 1 to 999, not soon'],
    [['--only=['], '--only takes a regular expression, not ['],
    [['--commit=abc'], '--commit says what the build in --dist was made from'],
    [['--nonsense'], "Unknown option '--nonsense'"],
  ])('refuse %j', (args, why) => {
    expect(() => wishOf(args)).toThrow(why);
  });
});
