import { describe, expect, it, jest } from '@jest/globals';
import { Duplex } from 'node:stream';
import { FrameWriter } from '../../src/transports/websocket-frames.node.js';

/** A stream that keeps what it was given, and says how often it had to go to the system for it. */
class Sink extends Duplex {
  writes = 0;
  readonly written: Buffer[] = [];
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes++;
    this.written.push(chunk);
    done();
  }
  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: () => void): void {
    this.writes++;
    this.written.push(...chunks.map(({ chunk }) => chunk));
    done();
  }
}

const tick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

describe('frames of one tick', () => {
  it.each([
    ['small ones', 16, 500],
    ['large ones', 8_192, 50],
  ])('leave in one write: %s', async (_, size, count) => {
    const sink = new Sink();
    const writer = new FrameWriter(sink, true, () => true);
    for (let i = 0; i < count; i++) writer.write('x'.repeat(size));
    await tick();
    expect(sink.writes).toBe(1);
    expect(Buffer.concat(sink.written).length).toBeGreaterThan(size * count);
  });

  // A slow reader is bounded by the bytes that wait for it, not by the memory that they lie in.
  it.each([
    [16, 1_000, 1_000],
    [16, 1_000, 2_500],
    [1_000, 200, 37],
    [1_000, 60, 55],
    [16_384, 20, 20],
    [16_384, 20, 3],
    [70_000, 3, 3],
  ])('keep little more memory than they are long: of %i octets, %i and then %i', async (size, usual, count) => {
    const sinks = [new Sink(), new Sink()];
    const writers = sinks.map((sink) => new FrameWriter(sink, false, () => true));
    for (const frames of [usual, usual, count]) {
      for (const sink of sinks) sink.written.length = 0;
      for (let i = 0; i < frames; i++) {
        const frame = new Uint8Array(size);
        for (const writer of writers) writer.write(frame);
      }
      await tick();
    }
    for (const { written } of sinks) {
      const bytes = written.reduce((sum, { length }) => sum + length, 0);
      const kept = [...new Set(written.map(({ buffer }) => buffer))].reduce(
        (sum, { byteLength }) => sum + byteLength,
        0,
      );
      expect(bytes).toBeGreaterThan(size * count);
      expect(kept).toBeLessThanOrEqual((bytes * 4) / 3 + Buffer.poolSize);
    }
  });

  it('are built once when one message goes to many', async () => {
    const sinks = Array.from({ length: 100 }, () => new Sink());
    const writers = sinks.map((sink) => new FrameWriter(sink, false, () => true));
    const allocate = jest.spyOn(Buffer, 'allocUnsafe');
    const message = '[36,1,2,{},["x"]]';
    for (const writer of writers) writer.write(message);
    const built = allocate.mock.calls.length;
    await tick();
    allocate.mockRestore();
    expect(built).toBe(1);
    const [first] = sinks;
    expect(first?.written).toHaveLength(1);
    for (const { written } of sinks) expect(written[0]).toBe(first?.written[0]);
  });
});
