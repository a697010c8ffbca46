import { describe, expect, it, jest } from '@jest/globals';
import { EMPTY, of } from 'rxjs';
import { wampcra, type WampcraOptions } from '../../src/auth/wampcra.js';
import { answer, atOnce, begin, insecurePage } from './support.js';
import { WAMPCRA_CHALLENGE, WAMPCRA_SALTED, WAMPCRA_SIGNATURES } from './vectors.js';

const answered = async (options: WampcraOptions, extra: Record<string, unknown>) =>
  answer(await begin(wampcra(options)), extra);

describe('C-31: wampcra', () => {
  it.each(WAMPCRA_SIGNATURES)('signs the challenge byte for byte, at once, with $secret', (vector) => {
    const { secret, challenge, signature } = vector;
    const [attempt] = atOnce(wampcra({ authid: 'peter', secret }).begin({ realm: 'realm1' }));
    expect(attempt?.authid).toBe('peter');
    expect(atOnce(attempt?.answer?.({ challenge }) ?? [])).toEqual([{ signature }]);
  });

  it.each([
    ['with WebCrypto', globalThis.crypto],
    ['on an http:// page', insecurePage],
  ])('derives a salted secret %s', async (_, crypto) => {
    const { password, salting, challenge, signature } = WAMPCRA_SALTED;
    const extra = { challenge, ...salting };
    expect(await answered({ authid: 'peter', secret: password, crypto }, extra)).toEqual({ signature });
  });

  it('takes 1000 iterations and 32 bytes where the router does not say', async () => {
    const { password, challenge, signature } = WAMPCRA_SALTED;
    const extra = { challenge, salt: 'salt123', iterations: null };
    expect(await answered({ authid: 'peter', secret: password }, extra)).toEqual({ signature });
  });

  it('takes null for no salt', async () => {
    const { secret, signature } = WAMPCRA_SIGNATURES[0] ?? { secret: '', signature: '' };
    const extra = { challenge: WAMPCRA_CHALLENGE, salt: null, iterations: 1000, keylen: 32 };
    expect(await answered({ authid: 'peter', secret: () => of(secret) }, extra)).toEqual({ signature });
  });

  it('lets somebody else sign, who gets all there is to know', async () => {
    const sign = jest.fn((_challenge: string, _extra: object) => Promise.resolve('c2lnbmF0dXJl'));
    const extra = { challenge: WAMPCRA_CHALLENGE, salt: 'salt123' };
    expect(await answered({ authid: 'peter', sign }, extra)).toEqual({ signature: 'c2lnbmF0dXJl' });
    expect(sign).toHaveBeenCalledWith(WAMPCRA_CHALLENGE, extra);
  });

  it.each([
    ['no challenge', {}],
    ['a challenge that is no text', { challenge: { nonce: 'x' } }],
    ['a salt that is no text', { challenge: '{}', salt: 7 }],
    ['no iterations', { challenge: '{}', salt: 's', iterations: 0 }],
    ['half an iteration', { challenge: '{}', salt: 's', iterations: 0.5 }],
    ['iterations in words', { challenge: '{}', salt: 's', iterations: '1000' }],
    ['iterations to stall on', { challenge: '{}', salt: 's', iterations: 10_000_001 }],
    ['no key', { challenge: '{}', salt: 's', keylen: 0 }],
    ['a key to choke on', { challenge: '{}', salt: 's', keylen: 1_025 }],
  ])('refuses a CHALLENGE with %s', async (_, extra) => {
    await expect(answered({ authid: 'peter', secret: 'secret' }, extra)).rejects.toMatchObject({
      name: 'AuthenticationError',
      method: 'wampcra',
      attempted: 'CHALLENGE',
    });
  });

  it('fails when neither a secret nor a signature is given', async () => {
    const extra = { challenge: '{}' };
    await expect(answered({ authid: 'peter', secret: () => EMPTY }, extra)).rejects.toThrow(/no secret was given/);
    await expect(answered({ authid: 'peter', sign: () => EMPTY }, extra)).rejects.toThrow(/no signature was given/);
  });
});
