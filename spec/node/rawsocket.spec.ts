import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filter, firstValueFrom, lastValueFrom, take, toArray } from 'rxjs';
import { WampClient } from 'rxwamp';
import { rawSocketTransport, type RawSocketTransportOptions } from 'rxwamp/node';
import { value } from 'rxwamp/operators';
import { Router } from 'rxwamp/router';
import { listen, type Listener, type ListenOptions } from 'rxwamp/router/node';
import { cbor } from '../../src/serializers/cbor.js';
import { json } from '../../src/serializers/json.js';
import { msgpack } from '../../src/serializers/msgpack.js';
import type { Serializer } from '../../src/serializers/serializer.js';
import { serverTls } from '../transports/certificates.js';
import { tcpServer, type Wire } from '../transports/sockets.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A router with a realm, reached as the options say; asked again, on the same port with no state of the last. */
async function routing(options: ListenOptions): Promise<Listener> {
  const router = new Router({ realms: { realm1: {} } });
  const listener = await listen(router, { closeTimeoutMs: 200, ...options });
  cleanups.push(() => Promise.all([router.close(), listener.close()]));
  return listener;
}

function client(
  options: RawSocketTransportOptions,
  more: { ping?: boolean; serializers: readonly Serializer[] },
): WampClient {
  const wamp = new WampClient({
    transport: rawSocketTransport({ ...options, ...more }),
    realm: 'realm1',
    retry: { initialDelayMs: 1, maxDelayMs: 5 },
    heartbeat: { intervalMs: 20, timeoutMs: 5_000 },
  });
  cleanups.push(() => wamp.close());
  return wamp;
}

const folder = (): string => {
  const at = mkdtempSync(join(tmpdir(), 'rxwamp-'));
  cleanups.push(() => rmSync(at, { recursive: true, force: true }));
  return at;
};

/** How to listen, and how to dial it. */
type Place = () => { listening: ListenOptions; dialing: (listener: Listener) => RawSocketTransportOptions };

const PLACES: readonly [string, Place][] = [
  ['TCP', () => ({ listening: {}, dialing: ({ port }) => ({ host: '127.0.0.1', port }) })],
  [
    'TLS',
    () => ({
      listening: { tls: serverTls },
      dialing: ({ port }) => ({ port, tls: { ca: serverTls.cert } }),
    }),
  ],
  [
    'a Unix socket',
    () => {
      const path = join(folder(), 'wamp.sock');
      return { listening: { socketPath: path }, dialing: () => ({ path }) };
    },
  ],
];

describe.each(PLACES)('C-38: a client over RawSocket, on %s', (_, place) => {
  it.each([json(), msgpack(), cbor()])('calls, publishes and is heard in $name', async (serializer) => {
    const { listening, dialing } = place();
    const listener = await routing(listening);
    const [one, two] = [1, 2].map(() => client(dialing(listener), { serializers: [serializer] }));
    if (one === undefined || two === undefined) throw new Error('no clients');
    const registered = new Promise<void>((resolve) => {
      const registration = one.register('com.example.echo', ({ args }) => args[0]).subscribe(() => resolve());
      cleanups.push(() => registration.unsubscribe());
    });
    await registered;
    const payload = ['ä', 2 ** 53, new Uint8Array([0, 255]), { deep: [null, true] }];
    expect(await firstValueFrom(two.call('com.example.echo', [payload]).pipe(value()))).toStrictEqual(payload);

    const heard = firstValueFrom(two.topic('com.example.topic').pipe(take(100), toArray()));
    // What is asked later is answered later: the subscription stands.
    await firstValueFrom(two.call('com.example.echo', [1]));
    for (let n = 0; n < 100; n++) await firstValueFrom(one.publish('com.example.topic', [n], { acknowledge: true }));
    expect((await heard).map(({ args: [n] }) => n)).toStrictEqual(Array.from({ length: 100 }, (__, n) => n));
  });

  it('reconnects when the listener comes back, with its subscriptions', async () => {
    const { listening, dialing } = place();
    const listener = await routing(listening);
    const wamp = client(dialing(listener), { serializers: [json()] });
    const topic = wamp.topic('com.example.topic');
    const heard: unknown[] = [];
    const subscription = topic.subscribe(({ args: [text] }) => heard.push(text));
    cleanups.push(() => subscription.unsubscribe());
    await firstValueFrom(wamp.session$);
    const lost = firstValueFrom(wamp.state$.pipe(filter(({ status }) => status === 'waiting')));
    await listener.close();
    await lost;
    const again = await routing(listening.socketPath === undefined ? { ...listening, port: listener.port } : listening);
    await firstValueFrom(wamp.state$.pipe(filter(({ status }) => status === 'connected')));
    const publisher = client(dialing(again), { serializers: [cbor()] });
    // As often as it takes until the subscription stands again.
    while (heard.length === 0)
      await lastValueFrom(publisher.publish('com.example.topic', ['hello'], { acknowledge: true }), {
        defaultValue: 0,
      });
    expect(heard[0]).toBe('hello');
  });
});

describe('C-38: the heartbeat of a client over RawSocket', () => {
  it.each([
    ['a CALL, as not every router knows PING', false, '[48,1,{},"rxwamp.heartbeat.probe"]'],
    ['a PING when that is asked for', true, '\x00\x00\x00\x01'],
  ])('is %s', async (_, ping, expected) => {
    let heard: (octets: Buffer) => void = () => undefined;
    const asked = new Promise<Buffer>((resolve) => (heard = resolve));
    const frame = async (wire: Wire): Promise<Buffer> => {
      const prefix = await wire.octets(4);
      return Buffer.concat([prefix, await wire.octets(prefix.readUInt32BE() & 0xffffff)]);
    };
    const { port, close } = await tcpServer(async (wire) => {
      await wire.octets(4);
      wire.write(Buffer.from([0x7f, 0xf1, 0, 0]));
      await frame(wire);
      const welcome = '[2,1,{"roles":{"broker":{},"dealer":{}}}]';
      wire.write(Buffer.concat([Buffer.from([0, 0, 0, welcome.length]), Buffer.from(welcome)]));
      heard(await frame(wire));
    });
    cleanups.push(close);
    client({ host: '127.0.0.1', port }, { serializers: [json()], ping }).connect();
    const octets = await asked;
    expect([octets[0], octets.subarray(4).toString()]).toStrictEqual([ping ? 1 : 0, expected]);
  });
});

describe('C-38: a message that the router does not accept', () => {
  it('fails by itself, and the session goes on', async () => {
    const listener = await routing({ maxMessageBytes: 4_096 });
    const wamp = client({ host: '127.0.0.1', port: listener.port }, { serializers: [json()] });
    wamp.connect();
    const session = await firstValueFrom(wamp.session$);
    const large = 'x'.repeat(5_000);
    await expect(firstValueFrom(wamp.publish('com.example.topic', [large]), { defaultValue: 0 })).rejects.toMatchObject(
      {
        name: 'OverflowError',
        limit: 4_096,
      },
    );
    await expect(firstValueFrom(wamp.call('com.example.echo', [large]))).rejects.toMatchObject({
      name: 'OverflowError',
    });
    await firstValueFrom(wamp.publish('com.example.topic', ['small'], { acknowledge: true }));
    expect(await firstValueFrom(wamp.session$)).toBe(session);
  });
});
