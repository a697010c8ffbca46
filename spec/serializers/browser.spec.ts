import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const hidden = { Buffer: globalThis.Buffer, process: globalThis.process };

describe('without Buffer and process, as in a browser', () => {
  beforeAll(() => {
    Reflect.deleteProperty(globalThis, 'Buffer');
    Reflect.deleteProperty(globalThis, 'process');
  });
  afterAll(() => {
    Object.assign(globalThis, hidden);
  });

  it.each(['json', 'msgpack', 'cbor'])('%s carries bytes, text and integers', async (name) => {
    expect('Buffer' in globalThis).toBe(false);
    // Imported here, so that nothing of it has seen a Buffer.
    const { formats, publishing } = await import('./formats.js');
    const serializer = formats.find(([format]) => format === name)?.[1]();
    const value = { bytes: Uint8Array.from({ length: 1000 }, (_, at) => at), text: 'é🎉'.repeat(100), n: 2n ** 60n };
    const frame = serializer?.encode(publishing(value)) ?? '';
    expect(serializer?.decode(frame)).toEqual(publishing(value));
  });
});
