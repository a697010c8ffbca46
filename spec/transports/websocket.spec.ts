import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { WebSocket as NodeWebSocket } from 'ws';
import {
  ConnectionLostError,
  type ConnectionRefusedError,
  isConnectionRefusedError,
  TimeoutError,
  UsageError,
} from '../../src/protocol/errors.js';
import { json } from '../../src/serializers/json.js';
import type { Serializer } from '../../src/serializers/serializer.js';
import { Link } from '../../src/transports/link.js';
import { dial } from '../../src/transports/websocket.browser.js';
import { webSocketOver, webSocketTransport, type WebSocketTransportOptions } from '../../src/transports/websocket.js';
import { dialStandard, type WebSocketConstructor } from '../../src/transports/websocket-standard.js';
import { fakeWebSockets } from './fake-web-socket.js';
import { recording } from './recording.js';

/** Carries `[33, 1, 2]` as one byte. */
const bytes: Serializer = {
  name: 'bytes',
  binary: true,
  encode: () => new Uint8Array([7]),
  decode: (frame) => [33, 1, frame[0]],
};

const url = 'ws://localhost:8080/ws';

/** Dials a fake. */
function dialing(options: Partial<WebSocketTransportOptions> = {}) {
  const sockets = fakeWebSockets();
  const transport = webSocketTransport({ url, WebSocket: sockets.WebSocket, ...options });
  const { seen, stop } = recording(transport);
  return { sockets, socket: sockets.last, seen, stop };
}

/** Dials a fake whose server accepts. */
function connected(options: Partial<WebSocketTransportOptions> = {}, protocol = 'wamp.2.json') {
  const dialed = dialing(options);
  dialed.socket.accept(protocol);
  const [link] = dialed.seen;
  if (!(link instanceof Link)) throw new Error(`not connected: ${String(link)}`);
  const hangUp = (): void => {
    dialed.stop();
    dialed.socket.emit({ type: 'close', code: 1000, reason: '' });
  };
  return { ...dialed, link, received: recording(link), hangUp };
}

/** What a dial came to. */
function refusal({ seen }: { readonly seen: readonly unknown[] }): ConnectionRefusedError {
  const [error] = seen;
  if (!isConnectionRefusedError(error)) throw new Error(`not refused: ${String(error)}`);
  return error;
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

describe('webSocketTransport', () => {
  describe('options', () => {
    it.each([
      ['http://example.com/ws', 'ws://example.com/ws'],
      ['https://example.com/ws?a=b', 'wss://example.com/ws?a=b'],
      ['wss://user:secret@example.com', 'wss://user:secret@example.com/'],
      ['ws://[::1]:8080/ws#there', 'ws://[::1]:8080/ws'],
    ])('dials %s as %s', (given, dialed) => {
      const { socket, stop } = dialing({ url: given });
      expect(socket.url).toBe(dialed);
      stop();
    });

    it('completes a URL by that of the page', () => {
      const page = globalThis as { location?: { href: string } };
      page.location = { href: 'https://example.com/app/index.html' };
      try {
        const { socket, stop } = dialing({ url: '/ws' });
        expect(socket.url).toBe('wss://example.com/ws');
        stop();
      } finally {
        delete page.location;
      }
    });

    it.each([
      ['malformed', { url: 'secret' }],
      ['of another kind', { url: 'ftp://secret@example.com/?secret' }],
    ])('refuses a URL that is %s, and does not repeat it', (_, options) => {
      expect(() => dialing(options)).toThrow(UsageError);
      expect(() => dialing(options)).not.toThrow(/secret/);
    });

    it.each([
      ['no format', { serializers: [] }],
      ['a format twice', { serializers: [json(), json()] }],
      ['no room for a message', { maxMessageBytes: 0 }],
    ])('refuses %s', (_, options) => {
      expect(() => dialing(options)).toThrow(UsageError);
    });

    it('takes the standard class and the one of ws', () => {
      const classes: WebSocketConstructor[] = [NodeWebSocket, fakeWebSockets().WebSocket];
      type Standard = typeof globalThis.WebSocket extends WebSocketConstructor ? true : false;
      const standard: Standard = true;
      expect([...classes, standard]).toHaveLength(3);
    });
  });

  describe('opening', () => {
    it('is cold and dials for every subscription', () => {
      const sockets = fakeWebSockets();
      const transport = webSocketTransport({ url, WebSocket: sockets.WebSocket });
      expect(sockets.made).toHaveLength(0);
      const dials = [recording(transport), recording(transport)];
      expect(sockets.made).toHaveLength(2);
      for (const { stop } of dials) stop();
    });

    it('C-35: offers the subprotocols in order, and speaks the one that the server picks', () => {
      const { socket, link, hangUp } = connected({ serializers: [json(), bytes] }, 'wamp.2.bytes');
      expect(socket.protocols).toEqual(['wamp.2.json', 'wamp.2.bytes']);
      expect(socket.binaryType).toBe('arraybuffer');
      expect(link.serializer).toBe(bytes);
      hangUp();
    });

    it('says what it is connected to', () => {
      const { link, hangUp } = connected({ url: 'wss://user:secret@example.com:8443/ws' });
      expect(link.info).toEqual({ kind: 'websocket', secure: true, peer: 'example.com:8443' });
      hangUp();
    });

    it.each([
      ['none', ''],
      ['"wamp.2.msgpack"', 'wamp.2.msgpack'],
    ])('is refused for good when the server picks %s', (shown, picked) => {
      const { socket, ...dialed } = dialing({ serializers: [json(), bytes] });
      socket.accept(picked);
      const error = refusal(dialed);
      expect(error.fatal).toBe(true);
      expect(error.message).toContain(`was offered wamp.2.json, wamp.2.bytes and picked ${shown}`);
      expect(socket.log).toEqual([['close']]);
    });

    it('is refused when the connection does not come about, which may pass', () => {
      const { socket, ...dialed } = dialing({ url: 'ws://user:secret@localhost:8080/ws?token=secret' });
      socket.emit({ type: 'error' });
      socket.emit({ type: 'close', code: 1006, reason: '' });
      const error = refusal(dialed);
      expect(error.fatal).toBe(false);
      expect(error.message).toContain('ws://localhost:8080/ws ');
      expect(error.message).not.toContain('secret');
      expect(dialed.seen).toHaveLength(1);
    });

    it('is refused for good when the platform does not let it dial', () => {
      const cause = new Error('An insecure WebSocket connection may not be initiated');
      class Forbidden extends fakeWebSockets().WebSocket {
        constructor() {
          super('', []);
          throw cause;
        }
      }
      const error = refusal(recording(webSocketTransport({ url, WebSocket: Forbidden })));
      expect(error.fatal).toBe(true);
      expect(error.cause).toBe(cause);
    });

    it('is given up after openTimeoutMs', () => {
      const { socket, ...dialed } = dialing({ openTimeoutMs: 3_000 });
      jest.advanceTimersByTime(2_999);
      expect(dialed.seen).toEqual([]);
      jest.advanceTimersByTime(1);
      const error = refusal(dialed);
      expect(error.fatal).toBe(false);
      expect(error.cause).toBeInstanceOf(TimeoutError);
      expect(socket.log).toEqual([['close']]);
      socket.accept('wamp.2.json');
      expect(dialed.seen).toHaveLength(1);
    });

    it('takes any time when openTimeoutMs is Infinity', () => {
      const { seen, stop } = dialing({ openTimeoutMs: Infinity });
      jest.advanceTimersByTime(1_000_000);
      expect(seen).toEqual([]);
      stop();
    });

    it('is given up when unsubscribed, and says no more', () => {
      const { socket, seen, stop } = dialing();
      stop();
      expect(socket.log).toEqual([['close']]);
      socket.accept('wamp.2.json');
      socket.emit({ type: 'close', code: 1006, reason: '' });
      expect(seen).toEqual([]);
    });
  });

  describe('an open link', () => {
    it('C-35: sends text as text and bytes as bytes', () => {
      const text = connected();
      text.link.next([33, 1, 2]);
      expect(text.socket.log).toEqual([['send', '[33,1,2]']]);
      text.hangUp();
      const binary = connected({ serializers: [bytes] }, 'wamp.2.bytes');
      binary.link.next([33, 1, 2]);
      expect(binary.socket.log).toEqual([['send', new Uint8Array([7])]]);
      binary.hangUp();
    });

    it('receives text, and bytes as a plain Uint8Array', () => {
      const text = connected();
      text.socket.emit({ type: 'message', data: '[33,1,2]' });
      expect(text.received.seen).toEqual([[33, 1, 2]]);
      text.hangUp();
      const binary = connected({ serializers: [bytes] }, 'wamp.2.bytes');
      binary.socket.emit({ type: 'message', data: new Uint8Array([9]).buffer });
      expect(binary.received.seen).toEqual([[33, 1, 9]]);
      binary.hangUp();
    });

    it('tells what is buffered, and that it can neither ping nor pause', () => {
      const { socket, link, hangUp } = connected();
      socket.bufferedAmount = 42;
      expect(link.bufferedBytes).toBe(42);
      expect(link.ping).toBeUndefined();
      expect(link.pause()).toBe(false);
      hangUp();
    });

    it('is not given up when the time for opening has passed', () => {
      const { link, hangUp } = connected({ openTimeoutMs: 100 });
      jest.advanceTimersByTime(100_000);
      expect(link.isOpen).toBe(true);
      hangUp();
    });

    it.each([
      ['1000', 1000],
      ['1001, going away,', 1001],
      ['no code', 1005],
    ])('completes when the peer closes with %s', (_, code) => {
      const { socket, seen, received } = connected();
      socket.emit({ type: 'close', code, reason: '' });
      expect(received.seen).toEqual(['complete']);
      expect(seen.slice(1)).toEqual(['complete']);
    });

    it.each([
      [1002, 'bad\nframe', 'the peer closed the WebSocket with 1002 "bad\\nframe"'],
      [1011, '', 'the peer closed the WebSocket with 1011'],
      [3002, '', 'the peer closed the WebSocket with 3002'],
      [1006, '', 'the WebSocket broke without a closing handshake (1006)'],
    ])('is lost when the peer closes with %i', (code, reason, message) => {
      const { socket, seen, received } = connected();
      socket.emit({ type: 'close', code, reason });
      const [error] = received.seen;
      expect(error).toBeInstanceOf(ConnectionLostError);
      expect(error).toHaveProperty('message', `connection: ${message}`);
      expect(seen.slice(1)).toEqual([error]);
    });

    it('is reported to its reader before the transport ends, so that a reconnect comes last', () => {
      const { socket, link, seen } = connected();
      const ended: boolean[] = [];
      link.subscribe({ error: () => ended.push(seen.length > 1) });
      socket.emit({ type: 'close', code: 1006, reason: '' });
      expect(ended).toEqual([false]);
      expect(seen).toHaveLength(2);
    });

    it('leaves it to its reader to answer a bad frame', () => {
      const { socket, link, seen } = connected();
      link.subscribe({
        error: (error: unknown) => {
          link.next([3, {}, 'wamp.error.protocol_violation']);
          link.error(error);
        },
      });
      socket.emit({ type: 'message', data: new ArrayBuffer(1) });
      expect(socket.log).toEqual([
        ['send', '[3,{},"wamp.error.protocol_violation"]'],
        ['close', 3002],
      ]);
      expect(seen).toHaveLength(1);
      socket.emit({ type: 'close', code: 3002, reason: '' });
      expect(seen.slice(1)).toEqual(['complete']);
    });

    it('says with 3009 that a message was too large', () => {
      const { socket, link } = connected({ maxMessageBytes: 10 });
      link.subscribe({ error: (error: unknown) => link.error(error) });
      socket.emit({ type: 'message', data: '[33,1,22222]' });
      expect(socket.log).toEqual([['close', 3009]]);
      socket.emit({ type: 'close', code: 3009, reason: '' });
    });
  });

  describe('hanging up', () => {
    it('closes with 1000 when unsubscribed, and the link completes when the peer has answered', () => {
      const { socket, link, received, seen, stop } = connected();
      stop();
      expect(socket.log).toEqual([['close', 1000]]);
      expect(link.isOpen).toBe(false);
      expect(received.seen).toEqual([]);
      socket.emit({ type: 'close', code: 1000, reason: '' });
      expect(received.seen).toEqual(['complete']);
      expect(seen).toHaveLength(1);
    });

    it('completes when the link is closed by its owner, whatever code comes back', () => {
      const { socket, link, seen } = connected();
      link.complete();
      socket.emit({ type: 'close', code: 1006, reason: '' });
      expect(seen.slice(1)).toEqual(['complete']);
    });

    it('does not wait for the answer longer than closeTimeoutMs', () => {
      const { socket, link, seen } = connected({ closeTimeoutMs: 500 });
      link.complete();
      jest.advanceTimersByTime(499);
      expect(seen).toHaveLength(1);
      jest.advanceTimersByTime(1);
      expect(seen.slice(1)).toEqual(['complete']);
      socket.emit({ type: 'message', data: '[33,1,2]' });
      socket.emit({ type: 'close', code: 1006, reason: '' });
      expect(seen).toHaveLength(2);
    });

    it('ends at once when terminated', () => {
      const { socket, link, received, seen } = connected();
      link.terminate();
      expect(received.seen).toEqual(['complete']);
      expect(seen.slice(1)).toEqual(['complete']);
      socket.emit({ type: 'message', data: '[33,1,2]' });
      socket.emit({ type: 'close', code: 1006, reason: '' });
      expect(received.seen).toHaveLength(1);
    });

    it('can be terminated while it waits for the answer', () => {
      const { link, seen } = connected();
      link.complete();
      link.terminate();
      expect(seen.slice(1)).toEqual(['complete']);
    });
  });
});

describe('dialStandard', () => {
  it('reports the end once, and nothing after it', () => {
    const sockets = fakeWebSockets();
    const log: unknown[] = [];
    const request = { url: new URL(url), protocols: ['wamp.2.json'], maxMessageBytes: 100, closeTimeoutMs: 2_000 };
    dialStandard(sockets.WebSocket)(request, {
      refused: (error) => log.push(error),
      opened: (protocol, connect) => {
        log.push(protocol);
        const socket = connect({
          frame: (frame) => log.push(frame),
          pong: () => log.push('pong'),
          closed: (error) => log.push(['closed', error]),
        });
        socket.terminate();
      },
    });
    sockets.last.accept('wamp.2.json');
    sockets.last.emit({ type: 'message', data: 'late' });
    sockets.last.emit({ type: 'close', code: 1006, reason: '' });
    expect(log).toEqual(['wamp.2.json', ['closed', undefined]]);
  });
});

describe('the WebSocket of the browser', () => {
  const platform = globalThis as { WebSocket?: unknown };
  const own = platform.WebSocket;
  afterEach(() => {
    platform.WebSocket = own;
  });

  it('is looked up when it is dialed', () => {
    const sockets = fakeWebSockets();
    const transport = webSocketOver(dial, { url });
    platform.WebSocket = sockets.WebSocket;
    const { seen, stop } = recording(transport);
    sockets.last.accept('wamp.2.json');
    expect(seen).toEqual([expect.any(Link)]);
    stop();
    sockets.last.emit({ type: 'close', code: 1000, reason: '' });
  });

  it('is missed where there is none', () => {
    delete platform.WebSocket;
    expect(refusal(recording(webSocketOver(dial, { url }))).fatal).toBe(true);
  });
});
