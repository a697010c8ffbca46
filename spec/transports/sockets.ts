import { jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Link } from '../../src/transports/link.js';
import type { Transport } from '../../src/transports/transport.js';

// For whoever uses a socket: megabytes through the loopback, compressed or encrypted, take seconds where the machine is busy.
jest.setTimeout(60_000);

/** A transport that has connected. */
export interface Connection {
  readonly link: Link;
  /** How the transport ended: undefined when it completed. */
  readonly ended: Promise<unknown>;
  hangUp(): void;
}

/** Dials; rejects with what the dial failed with. */
export const dialed = (transport: Transport): Promise<Connection> =>
  new Promise((resolve, reject) => {
    let end: (error?: unknown) => void = () => undefined;
    const ended = new Promise((settle) => (end = settle));
    const subscription = transport.subscribe({
      next: (link) => resolve({ link, ended, hangUp: () => subscription.unsubscribe() }),
      error: (error: unknown) => {
        // eslint wants an Error here; it is one whenever the transport keeps its word, and the specs look.
        reject(error instanceof Error ? error : new Error(String(error)));
        end(error);
      },
      complete: () => end(),
    });
  });

/** The error a dial failed with. */
export const refusalOf = async (transport: Transport): Promise<unknown> =>
  dialed(transport).then(
    () => undefined,
    (error: unknown) => error,
  );

/** How what a link receives ends: undefined when it completes. */
export const endOf = (link: Link): Promise<unknown> =>
  new Promise((resolve) => link.subscribe({ error: resolve, complete: () => resolve(undefined) }));

/** A TCP connection whose octets can be waited for. */
export class Wire {
  #received = Buffer.alloc(0);
  /** Settles when the other end is gone, with all it said. */
  readonly closed: Promise<Buffer>;

  constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => (this.#received = Buffer.concat([this.#received, chunk])));
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.once('close', () => resolve(this.#received)));
  }

  static async to(port: number): Promise<Wire> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Wire(socket);
  }

  write(data: string | Buffer): void {
    this.socket.write(data);
  }

  /** Waits until something has come that `find` finds the end of, and takes it out. */
  async take(find: (received: Buffer) => number | undefined): Promise<Buffer> {
    for (;;) {
      const end = find(this.#received);
      if (end !== undefined) {
        const taken = this.#received.subarray(0, end);
        this.#received = this.#received.subarray(end);
        return taken;
      }
      if (this.socket.destroyed)
        throw new Error(`the connection ended after ${JSON.stringify(this.#received.toString())}`);
      await Promise.race([once(this.socket, 'data'), this.closed]);
    }
  }

  /** The head of an HTTP message. */
  async head(): Promise<string> {
    const head = await this.take((received) => {
      const at = received.indexOf('\r\n\r\n');
      return at === -1 ? undefined : at + 4;
    });
    return head.toString();
  }

  octets(count: number): Promise<Buffer> {
    return this.take((received) => (received.length < count ? undefined : count));
  }
}

/** A TCP server that does with each connection what a spec says, and ends them all with itself. */
export async function tcpServer(
  serve: (wire: Wire) => unknown,
): Promise<{ port: number; url: string; close(): Promise<void> }> {
  const wires = new Set<Wire>();
  const server = createServer((socket) => {
    const wire = new Wire(socket);
    wires.add(wire);
    serve(wire);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `ws://127.0.0.1:${port}/ws`,
    close: async () => {
      for (const { socket } of wires) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Accepts an upgrade, as RFC 6455, 4.2.2 has it; returns the request. */
export async function acceptUpgrade(wire: Wire, subprotocol?: string): Promise<string> {
  const request = await wire.head();
  const key = /^sec-websocket-key: (.*)\r$/im.exec(request)?.[1] ?? '';
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const chosen = subprotocol === undefined ? '' : `Sec-WebSocket-Protocol: ${subprotocol}\r\n`;
  wire.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${chosen}\r\n`,
  );
  return request;
}

/** An upgrade request, with the key of RFC 6455, 1.3. */
export const upgradeRequest = (headers: Readonly<Record<string, string>> = {}, path = '/ws'): string =>
  [
    `GET ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '\r\n',
  ].join('\r\n');

/** A short text as a server frames it. RFC 6455, 5.2. */
export const textFrame = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0x81, Buffer.byteLength(text)]), Buffer.from(text)]);

/** A short payload as a client frames it, under the key of zeros, which leaves it as it is. RFC 6455, 5.3. */
export const clientFrame = (first: number, payload: string | Buffer): Buffer =>
  Buffer.concat([Buffer.from([first, 0x80 | Buffer.byteLength(payload), 0, 0, 0, 0]), Buffer.from(payload)]);

/** Takes one short masked frame from a client: its first octet and its payload. */
export async function takeClientFrame(wire: Wire): Promise<{ first: number; payload: Buffer }> {
  const [first = 0, second = 0] = await wire.octets(2);
  const key = await wire.octets(4);
  const masked = await wire.octets(second & 0x7f);
  return { first, payload: Buffer.from(masked.map((octet, i) => octet ^ (key[i % 4] ?? 0))) };
}
