import { describe, expect, it } from '@jest/globals';
import { of } from 'rxjs';
import { checkTls } from '../../../src/auth/router/tls.js';
import { atOnce, helloOf } from '../support.js';

const fingerprint256 = Array.from({ length: 32 }, (_, i) => (200 + i).toString(16).toUpperCase()).join(':');
const gateway = { authid: 'gateway', authrole: 'device' };
const identity = { ...gateway, authmethod: 'tls', authprovider: 'static' };
const request = (claims = {}, fingerprint = fingerprint256) =>
  helloOf(claims, { clientCertificate: { fingerprint256: fingerprint, subject: 'CN=gateway' } });

describe('checkTls', () => {
  it.each([
    ['as node:tls writes it', fingerprint256],
    ['in lower case', fingerprint256.toLowerCase()],
    ['without colons', fingerprint256.replaceAll(':', '').toLowerCase()],
  ])('knows a certificate by its fingerprint, %s', (_, fingerprint) => {
    const router = checkTls({ principals: { [fingerprint]: gateway } });
    expect(atOnce(router.hello(request()))).toEqual([{ accept: identity }]);
    expect(atOnce(router.hello(request({ authid: 'gateway' })))).toEqual([{ accept: identity }]);
  });

  it('looks certificates up', () => {
    const router = checkTls({
      principals: ({ subject }, realm) => of(subject === 'CN=gateway' && realm === 'realm1' ? gateway : undefined),
    });
    expect(atOnce(router.hello(request()))).toEqual([{ accept: { ...identity, authprovider: 'dynamic' } }]);
    expect(atOnce(router.hello(request({ realm: 'realm2' })))).toEqual([undefined]);
  });

  it.each([
    ['without a certificate', helloOf({})],
    ['with an unknown one', request({}, fingerprint256.replace('C8', 'C9'))],
    ['with the name of a prototype', request({}, '__proto__')],
    ['for another authid', request({ authid: 'admin' })],
  ])('serves no HELLO %s', (_, asked) => {
    expect(atOnce(checkTls({ principals: { [fingerprint256]: gateway } }).hello(asked))).toEqual([undefined]);
  });
});
