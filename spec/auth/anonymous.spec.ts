import { describe, expect, it } from '@jest/globals';
import { anonymous } from '../../src/auth/anonymous.js';
import { cookie } from '../../src/auth/cookie.js';
import { tlsCertificate } from '../../src/auth/tls.js';
import { atOnce } from './support.js';

describe.each([
  ['anonymous', anonymous],
  ['cookie', cookie],
  ['tls', tlsCertificate],
])('%s', (method, factory) => {
  const context = { realm: 'realm1' };

  it('claims nothing by itself, at once', () => {
    const authenticator = factory();
    expect(authenticator.method).toBe(method);
    expect(atOnce(authenticator.begin(context))).toEqual([{}]);
  });

  it('claims what it is told', () => {
    const claims = { authid: 'joe', authrole: 'guest', authextra: { locale: 'de' } };
    expect(atOnce(factory(claims).begin(context))).toEqual([claims]);
  });

  it('expects no challenge', () => {
    expect(atOnce(factory().begin(context))[0]).not.toHaveProperty('answer');
  });
});
