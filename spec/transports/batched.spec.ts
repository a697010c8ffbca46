import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom, map, NEVER, switchMap, take, toArray } from 'rxjs';
import { WampClient } from 'rxwamp';
import { nodeWebSocketTransport } from 'rxwamp/node';
import { Router } from 'rxwamp/router';
import { listen } from 'rxwamp/router/node';
import { value } from 'rxwamp/operators';
import type { WampMessage } from '../../src/protocol/message.js';
import { cbor } from '../../src/serializers/cbor.js';
import { json } from '../../src/serializers/json.js';
import { msgpack } from '../../src/serializers/msgpack.js';
import { connecting } from '../../src/transports/batched-serializer.js';
import { batched } from '../../src/transports/batched.js';
import { Link, type LinkPort } from '../../src/transports/link.js';
import { webSocketTransport } from '../../src/transports/websocket.js';
import { CapableSocket, FakeSocket } from './fake-socket.js';
import { recording } from './recording.js';
import {
  acceptUpgrade,
  clientFrame,
  dialed,
  endOf,
  refusalOf,
  takeClientFrame,
  tcpServer,
  upgradeRequest,
  Wire,
} from './sockets.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const event = (publication: number, ...args: unknown[]): WampMessage => [36, 1, publication, {}, args];
const turn = (): Promise<void> => Promise.resolve();

/** A link in batches of JSON over a socket that writes down what is asked of it. */
function linked<S extends FakeSocket>(Socket: new (port: LinkPort) => S): { link: Link; socket: S } {
  const sockets: S[] = [];
  const serializer = batched(json());
  const link = Link.over(
    { serializer, info: { kind: 'fake', secure: false } },
    connecting(serializer, (port) => {
      const socket = new Socket(port);
      sockets.push(socket);
      return socket;
    }),
  );
  const [socket] = sockets;
  if (socket === undefined) throw new Error('no socket');
  return { link, socket };
}

describe('C-39: a link in batches', () => {
  it('sends what is sent in one turn together, and one message alone as a batch', async () => {
    const { link, socket } = linked(FakeSocket);
    link.next(event(1));
    link.next(event(2));
    expect([socket.log, link.bufferedBytes]).toStrictEqual([[], 28]);
    await turn();
    link.next(event(3));
    await turn();
    expect(socket.log).toStrictEqual([
      ['send', '[36,1,1,{},[]]\u001e[36,1,2,{},[]]\u001e'],
      ['send', '[36,1,3,{},[]]\u001e'],
    ]);
    expect(link.bufferedBytes).toBe(0);
    expect(link.protocol).toBe('wamp.2.json.batched');
  });

  it('makes no batch larger than 64 KiB, unless one message is', async () => {
    const { link, socket } = linked(FakeSocket);
    for (const size of [40_000, 20_000, 10_000, 100_000, 1]) link.sendFrame('x'.repeat(size));
    await turn();
    expect(socket.log.map((entry) => (entry as [string, string])[1].length)).toStrictEqual([
      60_002, 10_001, 100_001, 2,
    ]);
  });

  it('sends what it holds before it closes or pings, and nothing when it is cut off', async () => {
    const closing = linked(FakeSocket);
    closing.link.next(event(1));
    closing.link.complete();
    expect(closing.socket.log).toStrictEqual([
      ['send', '[36,1,1,{},[]]\u001e'],
      ['close', 'normal'],
    ]);
    const asking = linked(CapableSocket);
    asking.link.next(event(1));
    const { stop } = recording(asking.link.ping?.() ?? NEVER);
    expect(asking.socket.log).toStrictEqual([['send', '[36,1,1,{},[]]\u001e'], ['ping']]);
    stop();
    const cut = linked(FakeSocket);
    cut.link.next(event(1));
    cut.link.terminate();
    const gone = linked(FakeSocket);
    gone.link.next(event(1));
    gone.socket.port.closed();
    await turn();
    expect([cut.socket.log, gone.socket.log]).toStrictEqual([[['terminate']], []]);
  });

  it('delivers each message of a batch, and none between a pause and its resume', async () => {
    const { link, socket } = linked(CapableSocket);
    const seen: unknown[] = [];
    link.subscribe((message) => {
      seen.push(message[2]);
      if (message[2] === 1) link.pause();
    });
    socket.port.frame('[36,1,1,{}]\u001e[36,1,2,{}]\u001e');
    socket.port.frame('[36,1,3,{}]\u001e');
    expect(seen).toStrictEqual([1]);
    link.resume();
    expect(seen).toStrictEqual([1]);
    await turn();
    expect(seen).toStrictEqual([1, 2, 3]);
    expect(socket.log).toStrictEqual([['pause'], ['resume']]);
    expect(link.received).toBe(3);
  });

  it('can do what its socket can', () => {
    const plain = linked(FakeSocket);
    expect([plain.link.ping, plain.link.pause()]).toStrictEqual([undefined, false]);
    const capable = linked(CapableSocket);
    expect([typeof capable.link.ping, capable.link.pause()]).toStrictEqual(['function', true]);
  });

  it('throws away the events that nobody reads, and no other of the same batch', () => {
    const { link, socket } = linked(FakeSocket);
    const { seen } = recording(link);
    link.skipEvents((subscription) => subscription === 7);
    expect(socket.port.skipsText).toBeUndefined();
    socket.port.frame('[36,8,1,{}]\u001e[36,7,2,{}]\u001e');
    expect(seen).toStrictEqual([[36, 7, 2, {}]]);
    expect(link.received).toBe(2);
  });

  it('delivers what it holds before it ends', () => {
    const { link, socket } = linked(CapableSocket);
    const { seen } = recording(link);
    link.pause();
    socket.port.frame('[36,1,1,{}]\u001e[36,1,2,{}]\u001e');
    socket.port.closed();
    expect(seen).toStrictEqual([[36, 1, 1, {}], [36, 1, 2, {}], 'complete']);
  });

  it.each([
    ['an empty batch', ''],
    ['a truncated tail', '[36,1,1,{}]\u001e[36,1,2'],
    ['a message that is not framed', '[36,1,1,{}]'],
  ])('ends with a violation after %s, of which nothing is delivered', (_, batch) => {
    const { link, socket } = linked(FakeSocket);
    const { seen } = recording(link);
    socket.port.frame(batch);
    socket.port.frame('[36,1,3,{}]\u001e');
    expect(seen).toStrictEqual([
      expect.objectContaining({ name: 'ProtocolViolationError', message: expect.stringContaining('batch') }),
    ]);
  });
});

describe('C-39: the batched subprotocols', () => {
  it('are offered by name, and the serializers stay apart', async () => {
    let heard: (request: string) => void = () => undefined;
    const request = new Promise<string>((resolve) => (heard = resolve));
    const server = await tcpServer(async (wire) => {
      heard(await acceptUpgrade(wire, 'wamp.2.json.batched'));
      // As Crossbar.io separates them.
      wire.write(Buffer.concat([Buffer.from([0x81, 24]), Buffer.from('[36,1,1,{}]\u0018[36,1,2,{}]\u0018')]));
    });
    cleanups.push(server.close);
    const serializers = [batched(json()), json(), batched(msgpack())];
    const transport = webSocketTransport({ url: server.url, serializers });
    const received = firstValueFrom(
      transport.pipe(
        switchMap((link) => link),
        map(([, , publication]) => publication),
        take(2),
        toArray(),
      ),
    );
    expect(await request).toContain(
      'Sec-WebSocket-Protocol: wamp.2.json.batched,wamp.2.json,wamp.2.msgpack.batched\r\n',
    );
    expect(await received).toStrictEqual([1, 2]);
  });

  it('go out with the separator of the spec', async () => {
    let sent: (frame: { first: number; payload: Buffer }) => void = () => undefined;
    const frame = new Promise<{ first: number; payload: Buffer }>((resolve) => (sent = resolve));
    const server = await tcpServer(async (wire) => {
      await acceptUpgrade(wire, 'wamp.2.json.batched');
      sent(await takeClientFrame(wire));
    });
    cleanups.push(server.close);
    const { link } = await dialed(webSocketTransport({ url: server.url, serializers: [batched(json())] }));
    link.next(event(1));
    expect(await frame).toStrictEqual({ first: 0x81, payload: Buffer.from('[36,1,1,{},[]]\u001e') });
    link.terminate();
  });

  it('are served by a router: those of MessagePack and CBOR by default, that of JSON when told so', async () => {
    const router = new Router({ realms: { realm1: {} } });
    const byDefault = await listen(router);
    const told = await listen(router, { serializers: [batched(json())] });
    cleanups.push(() => Promise.all([router.close(), byDefault.close(), told.close()]));
    const only = (serializer: ReturnType<typeof batched>, url = byDefault.url) =>
      nodeWebSocketTransport({ url, serializers: [serializer] });
    expect(await refusalOf(only(batched(json())))).toMatchObject({ name: 'ConnectionRefusedError', fatal: true });
    const clients = [only(batched(msgpack())), only(batched(cbor())), only(batched(json()), told.url)].map(
      (transport) => new WampClient({ transport, realm: 'realm1' }),
    );
    const [callee, ...callers] = clients;
    await new Promise<void>((resolve) => {
      callee?.register('com.example.add', ({ args: [a, b] }) => Number(a) + Number(b)).subscribe(() => resolve());
    });
    for (const caller of callers) {
      const sums = await Promise.all(
        [1, 2, 3].map((n) => firstValueFrom(caller.call('com.example.add', [n, n]).pipe(value()))),
      );
      expect(sums).toStrictEqual([2, 4, 6]);
    }
    await Promise.all(clients.map((client) => client.close()));
  });

  it.each([
    ['an empty batch', Buffer.alloc(0)],
    ['a truncated tail', Buffer.from('00000003930102' + '00000009', 'hex')],
    ['a message that is not framed', Buffer.from('93010203', 'hex')],
  ])('R-47: end at the router with ABORT and 1002 after %s', async (_, batch) => {
    const router = new Router({ realms: { realm1: {} } });
    const listener = await listen(router);
    cleanups.push(() => Promise.all([router.close(), listener.close()]));
    const wire = await Wire.to(listener.port);
    cleanups.push(() => wire.socket.destroy());
    wire.write(upgradeRequest({ 'Sec-WebSocket-Protocol': 'wamp.2.msgpack.batched' }));
    await wire.head();
    wire.write(clientFrame(0x82, batch));
    // Longer than 125 octets, so the length is in the two that follow.
    expect(await wire.octets(2)).toStrictEqual(Buffer.from([0x82, 126]));
    const length = (await wire.octets(2)).readUInt16BE();
    const abort = await wire.octets(length);
    expect(abort.readUInt32BE()).toBe(length - 4);
    expect(abort.toString()).toContain('wamp.error.protocol_violation');
    expect(await wire.octets(4)).toStrictEqual(Buffer.from([0x88, 2, 0x03, 0xea]));
    expect(router.statistics).toMatchObject({ violations: 1 });
  });

  it('lose nothing when the connection ends with a batch', async () => {
    const listener = await listen({
      accept: (link) => {
        for (let i = 1; i <= 3; i++) link.next(event(i));
        link.complete();
      },
    });
    cleanups.push(() => listener.close());
    const { link } = await new Promise<{ link: Link }>((resolve) => {
      const subscription = nodeWebSocketTransport({ url: listener.url, serializers: [batched(cbor())] }).subscribe(
        (one) => resolve({ link: one }),
      );
      cleanups.push(() => subscription.unsubscribe());
    });
    expect(await endOf(link)).toBeUndefined();
    expect(link.received).toBe(3);
  });
});
