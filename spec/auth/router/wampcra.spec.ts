import { createHmac, pbkdf2Sync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { of } from 'rxjs';
import { toBase64 } from '../../../src/auth/crypto/bytes.js';
import { mocking } from '../../../src/auth/router/challenge.js';
import { checkWampcra, type CheckWampcraOptions } from '../../../src/auth/router/wampcra.js';
import { atOnce, challengeOf, DENIED, hello, helloOf, judge, SESSION } from '../support.js';
import { WAMPCRA_SALTED } from '../vectors.js';

const principals = { peter: { secret: 'secret1', authrole: 'user' } };
const router = checkWampcra({ principals, authprovider: 'userdb' });
const challenged = (authid: string, options: Partial<CheckWampcraOptions> = {}) =>
  challengeOf(checkWampcra({ principals, ...options }), helloOf({ authid }));

const sign = (secret: string, challenge: unknown) =>
  createHmac('sha256', secret).update(String(challenge)).digest('base64');

describe('checkWampcra', () => {
  beforeEach(() => void jest.useFakeTimers({ now: Date.parse('2014-06-22T16:36:25.448Z') }));
  afterEach(() => void jest.useRealTimers());

  it('challenges with all that the spec demands, and with the id of the session', async () => {
    const { challenge } = await challengeOf(router, helloOf({ authid: 'peter' }));
    expect(Object.keys(challenge)).toEqual(['challenge']);
    const told: unknown = JSON.parse(String(challenge['challenge']));
    expect(told).toEqual({
      authid: 'peter',
      authrole: 'user',
      authmethod: 'wampcra',
      authprovider: 'userdb',
      nonce: expect.stringMatching(/^[A-Za-z\d+/]{32}$/),
      timestamp: '2014-06-22T16:36:25.448Z',
      session: SESSION,
    });
  });

  it('never gives the same challenge twice', async () => {
    const [first, second] = [await challenged('peter'), await challenged('peter')];
    expect(first.challenge['challenge']).not.toBe(second.challenge['challenge']);
    expect(await judge(second, sign('secret1', first.challenge['challenge']))).toEqual(DENIED);
  });

  it('accepts the signature that node:crypto makes, at once', () => {
    const [step] = atOnce(router.hello(helloOf({ authid: 'peter' })));
    const challenge = step && 'challenge' in step ? step : undefined;
    expect(atOnce(challenge?.answer(sign('secret1', challenge.challenge['challenge']), {}) ?? [])).toEqual([
      { accept: { authid: 'peter', authrole: 'user', authmethod: 'wampcra', authprovider: 'userdb' } },
    ]);
  });

  it('is good for one answer in time', async () => {
    const spent = await challenged('peter');
    const signature = sign('secret1', spent.challenge['challenge']);
    expect(await judge(spent, 'guess')).toEqual(DENIED);
    expect(await judge(spent, signature)).toEqual(DENIED);

    const late = await challenged('peter');
    jest.advanceTimersByTime(60_001);
    expect(await judge(late, sign('secret1', late.challenge['challenge']))).toEqual(DENIED);
  });

  it.each([
    ['nothing', () => ''],
    ['no Base64', () => '?'],
    ['the signature by another secret', (challenge: string) => sign('secret2', challenge)],
    ['the signature of another text', (challenge: string) => sign('secret1', challenge.replace('user', 'admin'))],
    ['part of the signature', (challenge: string) => sign('secret1', challenge).slice(0, 40)],
    ['the signature and more', (challenge: string) => `${sign('secret1', challenge)}AAAA`],
  ])('denies %s', async (_, answer) => {
    const challenge = await challenged('peter');
    expect(await judge(challenge, answer(String(challenge.challenge['challenge'])))).toEqual(DENIED);
  });

  it('serves no HELLO without an authid', async () => {
    expect(await hello(router, helloOf({}))).toBeUndefined();
  });

  it('takes a salted secret as it is stored, and tells how it was salted', async () => {
    const { password, salting, derived } = WAMPCRA_SALTED;
    const salted = await challenged('joe', { principals: { joe: { secret: derived, authrole: 'user', salting } } });
    expect(salted.challenge).toMatchObject(salting);
    const key = pbkdf2Sync(password, salting.salt, salting.iterations, salting.keylen, 'sha256').toString('base64');
    expect(await judge(salted, sign(key, salted.challenge['challenge']))).toMatchObject({ accept: { authid: 'joe' } });
  });

  it.each(['', undefined])('lets nobody in by an empty secret (%j in the store)', async (secret) => {
    const careless: CheckWampcraOptions['principals'] = () =>
      of(JSON.parse(JSON.stringify({ secret, authrole: 'user' })));
    const challenge = await challenged('joe', { principals: careless });
    expect(await judge(challenge, sign('', challenge.challenge['challenge']))).toEqual(DENIED);
  });
});

describe('R-43: checkWampcra and somebody unknown', () => {
  const salting = { salt: 'salt123', iterations: 500, keylen: 24 };
  const options = {
    principals: { peter: { secret: 'x', authrole: 'staff', salting } },
    mock: { authrole: 'staff', salting: { iterations: 500, keylen: 24 } },
  };
  const shapeOf = (extra: Record<string, unknown>) => {
    const {
      authid: _,
      nonce: __,
      timestamp: ___,
      ...told
    } = JSON.parse(String(extra['challenge'])) as Record<string, unknown>;
    return { ...extra, challenge: told, salt: typeof extra['salt'] };
  };

  it('challenges them as it does everybody', async () => {
    const [known, unknown] = [await challenged('peter', options), await challenged('nobody', options)];
    expect(shapeOf(unknown.challenge)).toEqual(shapeOf(known.challenge));
    expect(Object.keys((await challenged('nobody')).challenge)).toEqual(['challenge']);
  });

  it('gives one salt to one authid', async () => {
    const mocking = checkWampcra(options);
    const saltOf = async (authid: string, asked = mocking) =>
      (await challengeOf(asked, helloOf({ authid }))).challenge['salt'];
    expect(await saltOf('nobody')).toBe(await saltOf('nobody'));
    expect(await saltOf('nobody')).not.toBe(await saltOf('no one'));
    expect(await saltOf('nobody')).not.toBe(await saltOf('nobody', checkWampcra(options)));
    const [before, after] = [
      checkWampcra({ ...options, mockKey: 'key' }),
      checkWampcra({ ...options, mockKey: 'key' }),
    ];
    expect(await saltOf('nobody', before)).toBe(await saltOf('nobody', after));
  });

  it('denies them even what they are challenged with in place of a secret', async () => {
    const challenge = await challenged('nobody', { ...options, mockKey: 'key' });
    const secret = toBase64(mocking('key', undefined)('secret', 'nobody'));
    expect(await judge(challenge, sign(secret, challenge.challenge['challenge']))).toEqual(DENIED);
  });

  it('denies them as it does everybody', async () => {
    for (const secret of ['', 'x', 'secret1']) {
      const challenge = await challenged('nobody', options);
      expect(await judge(challenge, sign(secret, challenge.challenge['challenge']))).toEqual(DENIED);
    }
  });
});
