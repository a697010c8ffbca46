import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { FaultProxy } from '../../scripts/soak/proxy.mjs';
import { acceptUpgrade, tcpServer, upgradeRequest, Wire } from '../transports/sockets.js';
import { closeLater, client, losses, nextSession, SOON, status, through } from './support.js';

/** Waited for in vain, and still long enough for a handshake where the machine is busy. */
const SHORT_MS = 1_000;

describe('opening a connection', () => {
  it.each(['reset', 'closed'] as const)('refused (%s): the next URL is tried', async (how) => {
    const { proxy, listener } = await through();
    const other = await FaultProxy.open({ port: listener.port });
    closeLater(() => other.close());
    proxy.start({ kind: 'refuse', how });
    const wamp = client({ url: [proxy.url, other.url], ...SOON });
    wamp.connect();
    await status(wamp, 'connected');
    expect(other.accepted).toBe(1);
  });

  it('lost and then refused: goes to the next URL, and comes back when that one is refused', async () => {
    const { proxy, listener } = await through();
    const other = await FaultProxy.open({ port: listener.port });
    closeLater(() => other.close());
    const wamp = client({ url: [proxy.url, other.url], ...SOON });
    wamp.connect();
    await status(wamp, 'connected');
    const heal = proxy.start({ kind: 'refuse' });
    await nextSession(wamp, { act: () => proxy.start({ kind: 'reset' }) });
    expect(other.connections).toBe(1);
    heal();
    other.start({ kind: 'refuse' });
    await nextSession(wamp, { act: () => other.start({ kind: 'reset' }) });
    expect([proxy.connections, other.connections]).toStrictEqual([1, 0]);
  });

  it('slow handshake: bounded by handshakeTimeoutMs, and tried again', async () => {
    const { proxy, wamp, states } = await through({ handshakeTimeoutMs: SHORT_MS });
    const heal = proxy.start({ kind: 'slow handshake' });
    wamp.connect();
    await status(wamp, 'waiting');
    expect(losses(states)).toMatchObject([{ name: expect.stringMatching(/TimeoutError|ConnectionRefusedError/) }]);
    heal();
    await status(wamp, 'connected');
  });

  it('an open socket in which HELLO is not answered: bounded as well, with TimeoutError', async () => {
    const silent = await tcpServer((wire) => acceptUpgrade(wire, 'wamp.2.json'));
    closeLater(() => silent.close());
    const { listener } = await through();
    const wamp = client({ url: [silent.url, listener.url], ...SOON, handshakeTimeoutMs: SHORT_MS });
    const waiting = status(wamp, 'waiting');
    wamp.connect();
    expect(await waiting).toMatchObject({ cause: { name: 'TimeoutError', attempted: 'HELLO', on: 'realm1' } });
    await status(wamp, 'connected');
  });

  it('a client that says nothing: the listener lets it go', async () => {
    const { proxy, listener } = await through({}, {}, { handshakeTimeoutMs: 50 });
    const socket = connect(proxy.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume();
    await once(socket, 'close');
    expect(listener.connections).toBe(0);
  });

  it('a client that opens a socket and says no HELLO: the router lets it go', async () => {
    const { proxy, router } = await through({}, { limits: { handshakeTimeoutMs: 50, closeTimeoutMs: 50 } });
    const wire = await Wire.to(proxy.port);
    wire.write(upgradeRequest({ 'Sec-WebSocket-Protocol': 'wamp.2.json' }));
    await wire.head();
    expect((await wire.closed).toString()).toContain('"wamp.error.timeout"');
    expect(router.statistics.sessions).toBe(0);
  });
});
