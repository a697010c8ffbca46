import { describe, expect, it } from '@jest/globals';
import { saslprep } from '../../../src/auth/math/saslprep.js';

describe('SASLprep', () => {
  // RFC 4013, section 3
  it.each([
    ['I\u00adX', 'IX'],
    ['user', 'user'],
    ['USER', 'USER'],
    ['\u00aa', 'a'],
    ['\u2168', 'IX'],
    ['\u0007', undefined],
    ['\u0627\u0031', undefined],
  ])('makes of %j what the RFC says', (text, prepared) => {
    expect(saslprep(text)).toBe(prepared);
  });

  it('leaves printable ASCII alone', () => {
    const ascii = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('');
    expect(saslprep(ascii)).toBe(ascii);
    expect(saslprep('')).toBe('');
  });

  it('makes one space of all of them, and nothing of what nobody sees', () => {
    expect(saslprep('a\u00a0b\u3000c\u2003d')).toBe('a b c d');
    expect(saslprep('p\u200c\ufeff\u2060\ufe0fw\u034f')).toBe('pw');
  });

  it('composes, so that the same letter typed on two keyboards is one', () => {
    expect(saslprep('e\u0301')).toBe('\u00e9');
    expect(saslprep('\ufb01')).toBe('fi');
  });

  it.each([
    '\u0000',
    '\u007f',
    '\u0085',
    '\u06dd',
    '\u200e',
    '\u2028',
    '\u202e',
    '\u206a',
    '\u2ff0',
    '\ue000',
    '\ufffd',
    '\ufdd0',
    '\uffff',
    '\ud800',
    '\u{1d173}',
    '\u{e0001}',
    '\u{f0000}',
    '\u{10ffff}',
    '\u0378',
  ])('forbids %j', (character) => {
    expect(saslprep(`a${character}b`)).toBeUndefined();
  });

  it('allows a right-to-left text that begins and ends as one', () => {
    expect(saslprep('\u05d0\u05d1')).toBe('\u05d0\u05d1');
    expect(saslprep('\u0627\u0031\u0628')).toBe('\u0627\u0031\u0628');
    expect(saslprep('\u0031\u0627')).toBeUndefined();
    expect(saslprep('\u0627a\u0628')).toBeUndefined();
  });

  it('allows characters younger than the RFC', () => {
    expect(saslprep('\u{1f600}')).toBe('\u{1f600}');
  });
});
