import { describe, expect, it } from '@jest/globals';
import { CIPHERS, open, seal } from '../../src/passthru/ciphers.js';
import { hex, keyOf } from './support.js';

const NOTHING = new Uint8Array(0);

/** The test of crypto_secretbox that NaCl is published with (tests/secretbox.c). */
const SECRETBOX = {
  key: hex('1b27556473e985d462cd51197a9a46c7 6009549eac6474f206c4ee0844f68389'),
  nonce: hex('69696ee955b62b73cd62bda875fc73d6 8219e0036b7a0b37'),
  text: hex(`
    be075fc53c81f2d5cf141316ebeb0c7b 5228c52a4c62cbd44b66849b64244ffc e5ecbaaf33bd751a1ac728d45e6c6129
    6cdc3c01233561f41db66cce314adb31 0e3be8250c46f06dceea3a7fa1348057 e2f6556ad6b1318a024a838f21af1fde
    048977eb48f59ffd4924ca1c60902e52 f0a089bc76897040e082f93776384864 5e0705`),
  sealed: hex(`
    f3ffc7703f9400e52a7dfb4b3d3305d9 8e993b9f48681273c29650ba32fc76ce 48332ea7164d96a4476fb8c531a1186a
    c0dfc17c98dce87b4da7f011ec48c972 71d2c20f9b928fe2270d6fb863d51738 b48eeee314a7cc8ab932164548e526ae
    90224368517acfeabd6bb3732bc0e9da 99832b61ca01b6de56244a9e88d5f9b3 7973f622a43d14a6599b1f654cb45a74
    e355a5`),
};

/** Test case 16 of the specification of GCM that was submitted to NIST (McGrew and Viega, appendix B). */
const GCM = {
  key: hex('feffe9928665731c6d6a8f9467308308 feffe9928665731c6d6a8f9467308308'),
  nonce: hex('cafebabefacedbaddecaf888'),
  more: hex('feedfacedeadbeeffeedfacedeadbeef abaddad2'),
  text: hex(`
    d9313225f88406e5a55909c5aff5269a 86a7a9531534f7da2e4c303d8a318a72
    1c3c0c95956809532fcf0e2449a6b525 b16aedf5aa0de657ba637b39`),
  sealed: hex(`
    522dc1f099567d07f47f37a32a84427d 643a8cdcbfe5c0c97598a2bd2555d1aa
    8cb08e48590dbb3da7b08b1056828838 c5f61e6393ba7a0abcc9f662
    76fc6ece0f4e1768cddf8853bb2d551b`),
};

describe('ciphers', () => {
  it('xsalsa20poly1305 is that of NaCl', () => {
    const { key, nonce, text, sealed } = SECRETBOX;
    expect(CIPHERS.xsalsa20poly1305.encrypt(key, nonce, text, NOTHING)).toStrictEqual(sealed);
    expect(CIPHERS.xsalsa20poly1305.decrypt(key, nonce, sealed, NOTHING)).toStrictEqual(text);
  });

  it('aes256gcm is that of NIST', () => {
    const { key, nonce, text, more, sealed } = GCM;
    expect(CIPHERS.aes256gcm.encrypt(key, nonce, text, more)).toStrictEqual(sealed);
    expect(CIPHERS.aes256gcm.decrypt(key, nonce, sealed, more)).toStrictEqual(text);
  });

  it('open what is nonce and cipher text in one', () => {
    const boxes = [
      [CIPHERS.xsalsa20poly1305, SECRETBOX, NOTHING],
      [CIPHERS.aes256gcm, GCM, GCM.more],
    ] as const;
    for (const [cipher, { key, nonce, text, sealed }, more] of boxes)
      expect(open(cipher, key, Uint8Array.from([...nonce, ...sealed]), more)).toStrictEqual(text);
  });

  it.each(Object.entries(CIPHERS))('%s takes a fresh nonce each time', (_, cipher) => {
    const [key, text] = [keyOf(1), hex('00010203')];
    const boxes = Array.from({ length: 100 }, () => seal(cipher, key, text, NOTHING));
    const nonces = new Set(boxes.map((box) => Buffer.from(box.subarray(0, cipher.nonceBytes)).toString('hex')));
    expect(nonces.size).toBe(100);
    for (const box of boxes) {
      expect(box.length).toBe(cipher.nonceBytes + 4 + 16);
      expect(open(cipher, key, box, NOTHING)).toStrictEqual(text);
    }
  });

  it.each(Object.entries(CIPHERS))('%s notices each changed bit, and each byte that is missing', (_, cipher) => {
    const key = keyOf(1);
    const box = seal(cipher, key, hex('000102'), NOTHING);
    for (let bit = 0; bit < 8 * box.length; bit++) {
      const changed = box.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      expect(open(cipher, key, changed, NOTHING)).toBeUndefined();
    }
    for (let length = 0; length < box.length; length++)
      expect(open(cipher, key, box.subarray(0, length), NOTHING)).toBeUndefined();
    expect(open(cipher, key, Uint8Array.from([...box, 0]), NOTHING)).toBeUndefined();
    expect(open(cipher, keyOf(2), box, NOTHING)).toBeUndefined();
  });
});
