import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, map, NEVER } from 'rxjs';
import {
  ConnectionLostError,
  OverflowError,
  ProtocolViolationError,
  SerializationError,
} from '../../src/protocol/errors.js';
import type { WampMessage } from '../../src/protocol/message.js';
import { json } from '../../src/serializers/json.js';
import { msgpack } from '../../src/serializers/msgpack.js';
import type { Serializer } from '../../src/serializers/serializer.js';
import { connectionLost, Link, type LinkOptions } from '../../src/transports/link.js';
import { CapableSocket, CopyingSocket, FakeSocket } from './fake-socket.js';
import { recording } from './recording.js';

const subscribe: WampMessage = [32, 713845233, {}, 'com.myapp.mytopic1'];
const subscribeText = '[32,713845233,{},"com.myapp.mytopic1"]';

function linkOver<S extends FakeSocket>(
  Kind: new (...args: ConstructorParameters<typeof FakeSocket>) => S,
  options: Partial<LinkOptions> = {},
) {
  const sockets: S[] = [];
  const link = Link.over({ serializer: json(), info: { kind: 'fake', secure: false }, ...options }, (port) => {
    const socket = new Kind(port);
    sockets.push(socket);
    return socket;
  });
  const [socket] = sockets;
  if (socket === undefined) throw new Error('the link asked for no socket');
  return { link, socket, port: socket.port };
}

describe('Link', () => {
  it('says what was agreed and who is there', () => {
    const info = { kind: 'websocket', secure: true, peer: 'example.com' };
    const { link, socket } = linkOver(FakeSocket, { info });
    socket.bufferedBytes = 17;
    expect(link.protocol).toBe('wamp.2.json');
    expect(link.info).toBe(info);
    expect(link.isOpen).toBe(true);
    expect(link.bufferedBytes).toBe(17);
  });

  describe('sending', () => {
    it('encodes messages and passes prepared frames on, in order', () => {
      const { link, socket } = linkOver(FakeSocket);
      link.next(subscribe);
      link.sendFrame('[33,1,2]');
      expect(socket.log).toEqual([
        ['send', subscribeText],
        ['send', '[33,1,2]'],
      ]);
    });

    it('lends frames only to a socket that copies them', () => {
      const serializer: Serializer = { ...json(), encode: () => 'to keep', encodeToCopy: () => 'to copy' };
      const keeping = linkOver(FakeSocket, { serializer });
      keeping.link.next(subscribe);
      const copying = linkOver(CopyingSocket, { serializer });
      copying.link.next(subscribe);
      const plain = linkOver(CopyingSocket);
      plain.link.next(subscribe);
      expect([keeping, copying, plain].map(({ socket }) => socket.log)).toEqual([
        [['send', 'to keep']],
        [['send', 'to copy']],
        [['send', subscribeText]],
      ]);
    });

    it('throws what cannot be encoded, and sends nothing', () => {
      const { link, socket } = linkOver(FakeSocket);
      expect(() => link.next([48, 1, {}, 'com.example.p', [Symbol('no')]])).toThrow(SerializationError);
      expect(socket.log).toEqual([]);
    });

    it.each([
      ['complete()', (link: Link) => link.complete()],
      ['error()', (link: Link) => link.error(new Error('no'))],
      ['terminate()', (link: Link) => link.terminate()],
    ])('is ignored after %s', (_, end) => {
      const { link, socket } = linkOver(FakeSocket);
      end(link);
      const before = [...socket.log];
      link.next(subscribe);
      link.sendFrame(subscribeText);
      expect(socket.log).toEqual(before);
      expect(link.isOpen).toBe(false);
    });

    it('is ignored after the peer has closed', () => {
      const { link, socket, port } = linkOver(FakeSocket);
      port.closed();
      link.next(subscribe);
      link.complete();
      expect(socket.log).toEqual([]);
      expect(link.isOpen).toBe(false);
    });
  });

  describe('ending', () => {
    it('closes once, for the first reason given', () => {
      const { link, socket } = linkOver(FakeSocket);
      for (const end of [() => link.complete(), () => link.error(new Error('late')), () => link.complete()]) end();
      expect(socket.log).toEqual([['close', 'normal']]);
    });

    it('tells a violation from a message that is too large', () => {
      const violated = linkOver(FakeSocket);
      violated.link.error(new ProtocolViolationError('no', { attempted: 'receive' }));
      expect(violated.socket.log).toEqual([['close', 'violation']]);
      const large = linkOver(FakeSocket);
      large.link.error(new OverflowError('no', { attempted: 'receive', limit: 1 }));
      expect(large.socket.log).toEqual([['close', 'too large']]);
    });

    it('can still be cut off while it closes', () => {
      const { link, socket } = linkOver(FakeSocket);
      link.complete();
      link.terminate();
      expect(socket.log).toEqual([['close', 'normal'], ['terminate']]);
    });
  });

  describe('receiving', () => {
    it('decodes and validates, in order', () => {
      const { link, port } = linkOver(FakeSocket);
      const { seen } = recording(link);
      port.frame(subscribeText);
      port.frame('[33,713845233,5512315355]');
      expect(seen).toEqual([subscribe, [33, 713845233, 5512315355]]);
      expect(link.received).toBe(2);
    });

    it('can be piped like every Observable', async () => {
      const { link, port } = linkOver(FakeSocket);
      const code = firstValueFrom(link.pipe(map(([type]) => type)));
      port.frame(subscribeText);
      await expect(code).resolves.toBe(32);
    });

    it('completes when the socket was closed in order', () => {
      const { link, port } = linkOver(FakeSocket);
      const { seen } = recording(link);
      port.closed();
      expect(seen).toEqual(['complete']);
    });

    it('fails when the socket broke, also for who comes later', () => {
      const { link, port } = linkOver(FakeSocket);
      const early = recording(link);
      const cause = new Error('ECONNRESET');
      port.closed(connectionLost('the socket broke', cause));
      const late = recording(link);
      expect(early.seen).toEqual([expect.any(ConnectionLostError)]);
      expect(early.seen[0]).toHaveProperty('cause', cause);
      expect(late.seen).toEqual(early.seen);
    });

    const binary: Serializer = {
      name: 'bytes',
      binary: true,
      encode: () => new Uint8Array(),
      decode: () => [33, 1, 2],
    };

    it.each([
      ['is not JSON', '{', json(), ProtocolViolationError],
      ['is no message', '[33,"x",1]', json(), ProtocolViolationError],
      ['is no list', '{}', json(), ProtocolViolationError],
      ['is of the wrong kind for a textual format', new Uint8Array([0x5b, 0x5d]), json(), ProtocolViolationError],
      ['is of the wrong kind for a binary format', '[33,1,2]', binary, ProtocolViolationError],
      ['is too large', `[33,1,2${' '.repeat(100)}]`, json(), OverflowError],
    ])('fails for a frame that %s, while the socket still stands', (_, frame, serializer, error) => {
      const { link, socket, port } = linkOver(FakeSocket, { serializer, maxMessageBytes: 100 });
      const abort: WampMessage = [3, {}, 'wamp.error.protocol_violation'];
      link.subscribe({
        error: (reason: unknown) => {
          expect(reason).toBeInstanceOf(error);
          expect(link.isOpen).toBe(true);
          if (!serializer.binary) link.next(abort);
          link.error(reason);
        },
      });
      port.frame(frame);
      expect(socket.log.at(-1)).toEqual(['close', error === OverflowError ? 'too large' : 'violation']);
      expect(socket.log).toHaveLength(serializer.binary ? 1 : 2);
    });

    it('delivers nothing after a bad frame', () => {
      const { link, port } = linkOver(FakeSocket);
      const { seen } = recording(link);
      port.frame('[]');
      port.frame(subscribeText);
      port.closed();
      expect(seen).toEqual([expect.any(ProtocolViolationError)]);
    });

    it('takes a frame of exactly the limit', () => {
      const { link, port } = linkOver(FakeSocket, { maxMessageBytes: subscribeText.length });
      const { seen } = recording(link);
      port.frame(subscribeText);
      expect(seen).toEqual([subscribe]);
    });
  });

  describe('ping', () => {
    it('is not there where the platform has none', () => {
      expect(linkOver(FakeSocket).link.ping).toBeUndefined();
    });

    it('emits once for the next sign of life, and counts it as received', () => {
      const { link, socket, port } = linkOver(CapableSocket);
      const { seen } = recording(link.ping?.() ?? NEVER);
      expect(socket.log).toEqual([['ping']]);
      expect(seen).toEqual([]);
      port.pong();
      port.pong();
      expect(seen).toEqual([undefined, 'complete']);
      expect(link.received).toBe(2);
    });

    it('asks again at every subscription', () => {
      const { link, socket } = linkOver(CapableSocket);
      const ping = link.ping?.();
      ping?.subscribe();
      ping?.subscribe();
      expect(socket.log).toEqual([['ping'], ['ping']]);
    });

    it('ends without an answer when the link ends, and asks nobody then', () => {
      const { link, socket, port } = linkOver(CapableSocket);
      const pending = recording(link.ping?.() ?? NEVER);
      port.closed();
      const late = recording(link.ping?.() ?? NEVER);
      expect(pending.seen).toEqual(['complete']);
      expect(late.seen).toEqual(['complete']);
      expect(socket.log).toEqual([['ping']]);
    });
  });

  describe('skipEvents', () => {
    const event = (subscription: number): string => `[36,${subscription},1,{}]`;
    /** To decode it is an error. */
    const broken = (subscription: number): string => `[36,${subscription},1,{},[broken`;
    const holdsFive = (subscription: number): boolean => subscription === 5;

    it('throws away what nobody holds before it is decoded, and counts it as received', () => {
      const { link, port } = linkOver(FakeSocket);
      const { seen } = recording(link);
      link.skipEvents(holdsFive);
      port.frame(broken(7));
      port.frame(event(5));
      port.frame(broken(7));
      port.frame('[33,5,7]');
      expect(seen).toEqual([
        [36, 5, 1, {}],
        [33, 5, 7],
      ]);
      expect(link.received).toBe(4);
      port.frame(broken(5));
      expect(seen[2]).toBeInstanceOf(ProtocolViolationError);
    });

    it('looks at nothing unless it was told that there is something to throw away', () => {
      const { link, port } = linkOver(FakeSocket);
      const { seen } = recording(link);
      port.frame(event(7));
      expect(port.skipsText?.(new TextEncoder().encode(event(7)))).toBe(false);
      port.frame(broken(7));
      expect(seen).toEqual([[36, 7, 1, {}], expect.any(ProtocolViolationError)]);
    });

    it('goes on for as long as there is something to throw away, and stops when there is not', () => {
      const { link, port } = linkOver(FakeSocket);
      const { seen } = recording(link.pipe(map(([code]) => code)));
      link.skipEvents(holdsFive);
      for (let n = 0; n < 3; n++) {
        for (let held = 0; held < 99; held++) port.frame(event(5));
        port.frame(broken(7));
      }
      expect(seen).toEqual(new Array(297).fill(36));
      for (let held = 0; held < 100; held++) port.frame(event(5));
      port.frame(broken(7));
      expect(seen[397]).toBeInstanceOf(ProtocolViolationError);
    });

    it('answers a transport that still has the bytes of a text', () => {
      const { link, port } = linkOver(FakeSocket);
      const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
      link.skipEvents(holdsFive);
      expect(port.skipsText?.(bytes(broken(7)))).toBe(true);
      expect(port.skipsText?.(bytes(event(5)))).toBe(false);
      expect(link.received).toBe(1);
      const binary = linkOver(FakeSocket, { serializer: msgpack() });
      binary.link.skipEvents(() => false);
      expect(binary.port.skipsText?.(bytes(event(7)))).toBe(false);
    });

    it('still refuses a frame that is too large or of the wrong kind', () => {
      for (const frame of [event(7777777), new TextEncoder().encode(event(7))]) {
        const { link, port } = linkOver(FakeSocket, { maxMessageBytes: 15 });
        const { seen } = recording(link);
        link.skipEvents(() => false);
        port.frame(frame);
        expect(seen).toEqual([expect.any(typeof frame === 'string' ? OverflowError : ProtocolViolationError)]);
      }
    });

    it('skips nothing in a format that cannot be looked into', () => {
      const { encode, decode } = json();
      const plain: Serializer = { name: 'plain', binary: false, encode, decode };
      const { link, port } = linkOver(FakeSocket, { serializer: plain });
      const { seen } = recording(link);
      link.skipEvents(() => false);
      port.frame(event(7));
      expect(seen).toEqual([[36, 7, 1, {}]]);
    });
  });

  describe('pause', () => {
    it('says whether the platform can', () => {
      const { link, socket } = linkOver(CapableSocket);
      expect(link.pause()).toBe(true);
      link.resume();
      expect(socket.log).toEqual([['pause'], ['resume']]);
      const plain = linkOver(FakeSocket);
      expect(plain.link.pause()).toBe(false);
      expect(() => plain.link.resume()).not.toThrow();
    });
  });
});
