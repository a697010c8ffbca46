import { describe, expect, it } from '@jest/globals';
import { Duplex } from 'node:stream';
import { FrameWriter } from '../../src/transports/websocket-frames.node.js';

/** Ends when everything of this tick, `process.nextTick` included, has been done. */
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A stream that writes down what reaches the operating system, one entry per system call; `stalled` takes nothing. */
function sink(stalled: boolean) {
  const writes: Buffer[] = [];
  const stream = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _, done) {
      writes.push(chunk);
      if (!stalled) done();
    },
    writev(chunks: { chunk: Buffer }[], done) {
      writes.push(Buffer.concat(chunks.map(({ chunk }) => chunk)));
      if (!stalled) done();
    },
  });
  return { stream, writes };
}

function writer({ masked = false, isOpen = (): boolean => true, stalled = false } = {}) {
  const { stream, writes } = sink(stalled);
  return { frames: new FrameWriter(stream, masked, isOpen), stream, writes };
}

/** How long the header of an unmasked frame is. */
const headerOf = (length: number): number => (length < 126 ? 2 : length < 65_536 ? 4 : 10);

/** Reads one masked frame as RFC 6455, 5.3 says: octet i of the payload is XORed with octet i mod 4 of the key. */
function unmask(frame: Buffer): { first: number; payload: Buffer; key: string; rest: Buffer } {
  const second = frame[1] ?? 0;
  if (second < 128) throw new Error('not masked');
  const short = second - 128;
  const length = short < 126 ? short : short === 126 ? frame.readUInt16BE(2) : Number(frame.readBigUInt64BE(2));
  const at = short < 126 ? 2 : short === 126 ? 4 : 10;
  const key = frame.subarray(at, at + 4);
  const payload = Buffer.from(frame.subarray(at + 4, at + 4 + length).map((octet, i) => octet ^ (key[i % 4] ?? 0)));
  return { first: frame[0] ?? 0, payload, key: key.toString('hex'), rest: frame.subarray(at + 4 + length) };
}

describe('FrameWriter', () => {
  // The unmasked frames of RFC 6455, 5.7, and the lengths on both sides of each step of 5.2.
  it.each([
    ['"Hello"', 'Hello', '810548656c6c6f'],
    ['nothing', '', '8100'],
    ['two octets of UTF-8 for one character', 'é', '8102c3a9'],
    ['125 octets', new Uint8Array(125), '827d'],
    ['126 octets', new Uint8Array(126), '827e007e'],
    ['256 octets', new Uint8Array(256), '827e0100'],
    ['65,535 octets', new Uint8Array(65_535), '827effff'],
    ['64 KiB', new Uint8Array(65_536), '827f0000000000010000'],
  ])('writes %s as RFC 6455 has it', async (_, frame, beginning) => {
    const { frames, writes } = writer();
    frames.write(frame);
    await tick();
    const [bytes = Buffer.alloc(0)] = writes;
    const header = Buffer.from(beginning, 'hex');
    expect(bytes.subarray(0, header.length)).toEqual(header);
    if (typeof frame !== 'string') expect(bytes.length).toBe(header.length + frame.length);
  });

  it.each([0, 1, 2, 3, 4, 5, 125, 126, 65_535, 65_536])('masks %i octets for a server', async (length) => {
    const { frames, writes } = writer({ masked: true });
    const payload = Uint8Array.from({ length }, (_, i) => i % 251);
    frames.write(payload);
    await tick();
    const read = unmask(writes[0] ?? Buffer.alloc(2));
    expect(read.first).toBe(0x82);
    expect(read.payload.equals(payload)).toBe(true);
    expect(read.rest).toHaveLength(0);
  });

  it('masks every frame with another key', async () => {
    const { frames, writes } = writer({ masked: true });
    const keys = new Set<string>();
    for (let i = 0; i < 1_000; i++) frames.write('x');
    await tick();
    for (let rest: Buffer = Buffer.concat(writes); rest.length > 0;) {
      const read = unmask(rest);
      expect(read.payload.toString()).toBe('x');
      keys.add(read.key);
      rest = read.rest;
    }
    // 1,000 random keys of 32 bits collide once in 10,000 runs; three of them never do.
    expect(keys.size).toBeGreaterThan(997);
  });

  it('writes the frames of a tick at once, in order', async () => {
    const { frames, writes } = writer();
    frames.write('a');
    frames.write(new Uint8Array([1]));
    frames.write('a');
    expect(writes).toEqual([]);
    await tick();
    expect(writes.map((bytes) => bytes.toString('hex'))).toEqual(['810161' + '820101' + '810161']);
    frames.write('b');
    await tick();
    expect(writes).toHaveLength(2);
  });

  it('also when they are large', async () => {
    const { frames, writes } = writer();
    for (let i = 0; i < 3; i++) frames.write(new Uint8Array(50_000).fill(i));
    await tick();
    expect(writes).toHaveLength(1);
    expect(writes[0]).toHaveLength(3 * 50_004);
    expect([writes[0]?.[4], writes[0]?.[50_008], writes[0]?.at(-1)]).toEqual([0, 1, 2]);
  });

  it('copies what it is given', async () => {
    const { frames, writes } = writer();
    const payload = new Uint8Array([1]);
    frames.write(payload);
    payload[0] = 2;
    await tick();
    expect(writes[0]?.toString('hex')).toBe('820101');
  });

  it('does not take what is sent in another tick for the same', async () => {
    const { frames, writes } = writer();
    const payload = new Uint8Array([1]);
    frames.write(payload);
    await tick();
    payload[0] = 2;
    frames.write(payload);
    await tick();
    expect(writes.map((bytes) => bytes.toString('hex'))).toEqual(['820101', '820102']);
  });

  it('writes a frame to many, each its own', async () => {
    const many = Array.from({ length: 3 }, () => writer());
    for (const { frames } of many) frames.write('Hello');
    const client = writer({ masked: true });
    client.frames.write('Hello');
    await tick();
    for (const { writes } of many) expect(writes.map((bytes) => bytes.toString('hex'))).toEqual(['810548656c6c6f']);
    expect(unmask(client.writes[0] ?? Buffer.alloc(2)).payload.toString()).toBe('Hello');
  });

  it('counts what is held, and what the stream has not got rid of', async () => {
    const { frames } = writer({ stalled: true });
    frames.write('Hello');
    expect(frames.bufferedBytes).toBe(7);
    await tick();
    expect(frames.bufferedBytes).toBe(7);
    frames.write('Hello');
    expect(frames.bufferedBytes).toBe(14);
    const flowing = writer();
    flowing.frames.write('Hello');
    await tick();
    expect(flowing.frames.bufferedBytes).toBe(0);
  });

  it('writes frames of any size behind one another, after ticks of any size', async () => {
    const { frames, writes } = writer();
    const sizes = [[3], [1, 1, 1], [200, 1], [1], Array.from({ length: 300 }, (_, i) => i), [5], [70_000, 2], [1]];
    for (const [at, tickSizes] of sizes.entries()) {
      const payloads = tickSizes.map((size, i) => Buffer.alloc(size, i % 251));
      for (const payload of payloads) frames.write(payload);
      expect(frames.bufferedBytes).toBe(payloads.reduce((sum, { length }) => sum + headerOf(length) + length, 0));
      await tick();
      let rest = writes[at] ?? Buffer.alloc(0);
      for (const payload of payloads) {
        const start = headerOf(payload.length);
        expect(rest.subarray(start, start + payload.length).equals(payload)).toBe(true);
        rest = rest.subarray(start + payload.length);
      }
      expect(rest).toHaveLength(0);
    }
    expect(writes).toHaveLength(sizes.length);
  });

  it('does not keep the memory of a busy tick for what little comes after it', async () => {
    const { frames, writes } = writer();
    for (let i = 0; i < 100; i++) frames.write(new Uint8Array(500));
    await tick();
    frames.write('Hello');
    await tick();
    expect(writes.map(({ length }) => length)).toEqual([100 * 504, 7]);
    // Small buffers of Node share memory of their own.
    expect(writes[1]?.buffer.byteLength).toBeLessThanOrEqual(Buffer.poolSize);
  });

  it('can be made to write at once', async () => {
    const { frames, writes } = writer();
    frames.write('a');
    frames.flush();
    expect(writes).toHaveLength(1);
    await tick();
    expect(writes).toHaveLength(1);
  });

  it('drops what it holds when no more may be sent', async () => {
    let open = true;
    const { frames, writes } = writer({ isOpen: () => open });
    frames.write('a');
    open = false;
    await tick();
    expect(writes).toEqual([]);
    expect(frames.bufferedBytes).toBe(0);
  });
});
