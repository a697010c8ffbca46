import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../../src/protocol/errors.js';
import { originPolicy } from '../../../src/router/node/origins.js';

describe('originPolicy', () => {
  describe('by default', () => {
    const mayConnect = originPolicy([], '127.0.0.1');

    it('lets programs connect that are no browser', () => {
      expect(mayConnect(undefined, '127.0.0.1')).toBe(true);
    });

    it.each([
      'http://localhost:4200',
      'https://localhost',
      'http://app.localhost:3000',
      'http://127.0.0.1:8080',
      'http://127.8.9.10',
      'http://[::1]:8080',
    ])('lets the loopback page %s connect', (origin) => {
      expect(mayConnect(origin, '127.0.0.1')).toBe(true);
    });

    it.each([
      'https://example.com',
      'http://localhost.example.com',
      'http://notlocalhost',
      'http://127.0.0.1.example.com',
      'http://192.168.1.5',
      'chrome-extension://localhost',
      'file://localhost',
      'file://',
      'null',
      '',
      'nonsense',
    ])('does not let %j connect', (origin) => {
      expect(mayConnect(origin, '127.0.0.1')).toBe(false);
    });

    it.each([
      ['http://192.168.1.5:3000', '192.168.1.5', true],
      ['http://192.168.1.5:3000', '::ffff:192.168.1.5', true],
      ['http://[fd00::5]:3000', 'fd00::5', true],
      ['http://192.168.1.6:3000', '192.168.1.5', false],
      ['http://192.168.1.6:3000', undefined, false],
    ])('lets a page of the address connected to: %s at %s: %s', (origin, address, allowed) => {
      expect(mayConnect(origin, address)).toBe(allowed);
    });
  });

  it('lets pages of the host connect that it listens on', () => {
    expect(originPolicy([], 'router.lan')('http://router.lan:3000', '10.0.0.1')).toBe(true);
  });

  it('lets listed pages connect, and exactly these', () => {
    const mayConnect = originPolicy(['https://EXAMPLE.com:443/', 'null'], '127.0.0.1');
    expect(mayConnect('https://example.com', '10.0.0.1')).toBe(true);
    expect(mayConnect('null', '10.0.0.1')).toBe(true);
    expect(mayConnect('http://example.com', '10.0.0.1')).toBe(false);
    expect(mayConnect('https://example.com:8443', '10.0.0.1')).toBe(false);
    expect(mayConnect('https://www.example.com', '10.0.0.1')).toBe(false);
    expect(mayConnect('http://localhost', '10.0.0.1')).toBe(true);
  });

  it('lets every page connect when told so', () => {
    expect(originPolicy('*', '127.0.0.1')('https://example.com', '10.0.0.1')).toBe(true);
  });

  it.each(['example.com', '*', '', 'https://'])('refuses a list with %j', (entry) => {
    expect(() => originPolicy([entry], '127.0.0.1')).toThrow(UsageError);
  });
});
