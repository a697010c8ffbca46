import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { checkCookie } from '../../../src/auth/router/cookie.js';
import { CookieStore } from '../../../src/auth/router/cookie-store.js';
import { atOnce, helloOf } from '../support.js';

const [c1, c2, c3] = ['1', '2', '3'].map((digit) => digit.repeat(48)) as [string, string, string];
const joe = { authid: 'joe', authrole: 'user' };
const identity = { ...joe, authmethod: 'ticket', authprovider: 'static', authextra: { verifier: 'x' } };
const request = (cookie?: string, claims = {}) => helloOf(claims, cookie === undefined ? {} : { cookie });

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('checkCookie', () => {
  const login = () => {
    const router = checkCookie();
    router.joined?.(request(c1), identity);
    return router;
  };

  it('knows at once who logged in with the cookie by another method', () => {
    expect(atOnce(login().hello(request(c1)))).toEqual([
      { accept: { ...joe, authmethod: 'cookie', authprovider: 'cookie' } },
    ]);
  });

  it.each([
    ['without a cookie', request()],
    ['with an unknown cookie', request(c2)],
    ['for another realm', request(c1, { realm: 'realm2' })],
    ['for another authid', request(c1, { authid: 'jim' })],
  ])('serves no HELLO %s', (_, asked) => {
    expect(atOnce(login().hello(asked))).toEqual([undefined]);
  });

  it('forgets at the logout, and at no other GOODBYE', () => {
    const router = login();
    router.left?.(request(c1), identity, 'wamp.close.close_realm');
    router.left?.(request(c1), identity, undefined);
    expect(atOnce(router.hello(request(c1, { authid: 'joe' })))[0]).toHaveProperty('accept');
    router.left?.(request(c1), identity, 'wamp.close.logout');
    expect(atOnce(router.hello(request(c1)))).toEqual([undefined]);
  });

  it('remembers neither those who proved nothing nor those without a cookie', () => {
    const store = new CookieStore();
    const router = checkCookie({ store });
    router.joined?.(request(c1), { ...identity, authmethod: 'anonymous' });
    router.joined?.(request(), identity);
    expect(store.size).toBe(0);
  });

  it.each(['', 'x', 'A'.repeat(48), '1'.repeat(47), `${c1}1`])(
    'trusts no cookie that it did not make, such as %j',
    (cookie) => {
      const router = checkCookie();
      router.joined?.(request(cookie), identity);
      expect(atOnce(router.hello(request(cookie)))).toEqual([undefined]);
    },
  );

  it('does not live for ever on itself', () => {
    const router = checkCookie({ store: new CookieStore({ maxAgeMs: 100 }) });
    router.joined?.(request(c1), identity);
    jest.advanceTimersByTime(60);
    router.joined?.(request(c1), { ...identity, authmethod: 'cookie' });
    jest.advanceTimersByTime(60);
    expect(atOnce(router.hello(request(c1)))).toEqual([undefined]);
  });
});

describe('CookieStore', () => {
  it('issues cookies nobody can guess', () => {
    const store = new CookieStore();
    const cookies = new Set(Array.from({ length: 100 }, () => store.issue()));
    expect(cookies.size).toBe(100);
    for (const cookie of cookies) expect(cookie).toMatch(/^[\da-f]{48}$/);
    expect(store.size).toBe(0);
  });

  it('forgets a login after 7 days', () => {
    const store = new CookieStore();
    expect(store.maxAgeMs).toBe(604_800_000);
    store.remember(c1, 'realm1', joe);
    jest.advanceTimersByTime(604_799_999);
    expect(store.find(c1, 'realm1')).toMatchObject(joe);
    jest.advanceTimersByTime(1);
    expect(store.find(c1, 'realm1')).toBeUndefined();
    expect(store.size).toBe(0);
  });

  it('counts from the last login', () => {
    const store = new CookieStore({ maxAgeMs: 100 });
    store.remember(c1, 'realm1', joe);
    store.remember(c2, 'realm1', joe);
    jest.advanceTimersByTime(60);
    store.remember(c1, 'realm1', { ...joe, authrole: 'admin' });
    jest.advanceTimersByTime(60);
    expect(store.find(c2, 'realm1')).toBeUndefined();
    expect(store.find(c1, 'realm1')).toMatchObject({ authrole: 'admin' });
  });

  it('holds so many logins and no more; the oldest goes', () => {
    const store = new CookieStore({ capacity: 2 });
    for (const cookie of [c1, c2, c1, c3]) store.remember(cookie, 'realm1', joe);
    expect(store.size).toBe(2);
    expect([c1, c2, c3].map((cookie) => store.find(cookie, 'realm1') !== undefined)).toEqual([true, false, true]);
  });

  it('keeps realms apart', () => {
    const store = new CookieStore();
    store.remember(c1, 'realm1', joe);
    store.remember(c1, 'realm2', { authid: 'jim', authrole: 'user' });
    store.revoke(c1, 'realm1');
    expect(store.find(c1, 'realm1')).toBeUndefined();
    expect(store.find(c1, 'realm2')).toMatchObject({ authid: 'jim' });
  });
});
