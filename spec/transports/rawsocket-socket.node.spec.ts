import { describe, expect, it } from '@jest/globals';
import { Duplex } from 'node:stream';
import { ConnectionLostError } from '../../src/protocol/errors.js';
import { json } from '../../src/serializers/json.js';
import { Link } from '../../src/transports/link.js';
import { RawSocket } from '../../src/transports/rawsocket-socket.node.js';
import { recording } from './recording.js';

/** A stream that, as one of TLS, tells an error and lives on. */
function linked() {
  const written: string[] = [];
  const stream = new Duplex({
    read: () => undefined,
    write: (octets: Buffer, _, done) => {
      written.push(octets.toString('latin1'));
      done();
    },
    autoDestroy: false,
  });
  const serializer = json();
  const options = { stream, serializer, maxReceived: 1_024, maxSent: 1_024, ping: false, closeTimeoutMs: 1_000 };
  const link = Link.over(
    { serializer, info: { kind: 'rawsocket', secure: true } },
    (port) => new RawSocket(options, port),
  );
  return { stream, link, written };
}

describe('C-38: a RawSocket', () => {
  it('is lost with the error its stream tells, and destroys it', () => {
    const { stream, link } = linked();
    const { seen } = recording(link);
    stream.emit('error', new Error('wrong version number'));
    expect(seen).toStrictEqual([expect.any(ConnectionLostError)]);
    expect(seen[0]).toMatchObject({ message: expect.stringContaining('wrong version number') });
    expect(stream.destroyed).toBe(true);
  });

  it('writes nothing to a stream that is gone', async () => {
    const { stream, link, written } = linked();
    link.next([36, 1, 1, {}]);
    stream.destroy();
    await new Promise((resolve) => process.nextTick(resolve));
    link.next([36, 1, 2, {}]);
    await new Promise((resolve) => process.nextTick(resolve));
    expect(written).toStrictEqual([]);
  });

  it('writes the messages of one tick at once, and large ones without copying them together', async () => {
    const { link, written } = linked();
    link.next([36, 1, 1, {}]);
    link.next([36, 1, 2, {}]);
    expect([written, link.bufferedBytes]).toStrictEqual([[], 30]);
    await new Promise((resolve) => process.nextTick(resolve));
    expect(written).toStrictEqual(['\0\0\0\x0b[36,1,1,{}]\0\0\0\x0b[36,1,2,{}]']);
    expect(link.bufferedBytes).toBe(0);
  });
});

describe('events that nobody reads', () => {
  it('are thrown away before they are made a text, and counted', () => {
    const { stream, link } = linked();
    const { seen } = recording(link);
    link.skipEvents((subscription) => subscription === 7);
    // Octets that are no UTF-8 behind a beginning that says whose event it is.
    stream.emit('data', Buffer.from('\0\0\0\x0c[36,8,1,{},\xff', 'latin1'));
    stream.emit('data', Buffer.from('\0\0\0\x0b[36,7,2,{}]', 'latin1'));
    expect(seen).toStrictEqual([[36, 7, 2, {}]]);
    expect(link.received).toBe(2);
  });
});
