import { describe, expect, it } from '@jest/globals';
import { admitAnonymous } from '../../../src/auth/router/anonymous.js';
import { atOnce, helloOf, randomly } from '../support.js';

describe('admitAnonymous', () => {
  it('admits everybody at once, under a random authid', () => {
    const crypto = randomly(Uint8Array.from({ length: 16 }, (_, i) => i));
    const authid = '000102030405060708090a0b0c0d0e0f';
    expect(atOnce(admitAnonymous({ crypto }).hello(helloOf({})))).toEqual([
      { accept: { authid, authrole: 'anonymous', authmethod: 'anonymous', authprovider: 'static' } },
    ]);
  });

  it('gives nobody the authid or role they ask for', () => {
    const router = admitAnonymous({ authrole: 'guest' });
    const [first, second] = [1, 2].map(() => atOnce(router.hello(helloOf({ authid: 'admin', authrole: 'admin' })))[0]);
    expect(first).toMatchObject({ accept: { authid: expect.stringMatching(/^[\da-f]{32}$/), authrole: 'guest' } });
    expect(first).not.toEqual(second);
  });
});
