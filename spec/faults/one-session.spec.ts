import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, from, NEVER, take, toArray } from 'rxjs';
import { value, type Registration } from 'rxwamp';
import { cbor } from 'rxwamp/cbor';
import { msgpack } from 'rxwamp/msgpack';
import type { Fault } from '../../scripts/soak/faults.mjs';
import { FaultProxy } from '../../scripts/soak/proxy.mjs';
import {
  client,
  closeLater,
  HEARTBEAT,
  nextSession,
  PROCEDURE,
  sessions,
  SOON,
  status,
  through,
  TOPIC,
} from './support.js';

/** What neither end may notice: TCP keeps octets in order, and nothing else. */
const HARMLESS: readonly (readonly [name: string, fault: Fault])[] = [
  ['split', { kind: 'split', maxBytes: 3 }],
  ['join', { kind: 'join', bytes: 10_000, maxDelayMs: 2 }],
  ['throttle', { kind: 'throttle', bytesPerSecond: 100_000 }],
];

describe('a connection that is only odd', () => {
  it.each(HARMLESS)('%s: every message arrives, in order', async (_, fault) => {
    for (const serializers of [undefined, [msgpack()], [cbor()]]) {
      const { proxy, wamp, neighbor, states } = await through({
        ...(serializers && { serializers }),
      });
      proxy.start(fault);
      const seen = firstValueFrom(wamp.topic(TOPIC).pipe(value(), take(20), toArray()));
      wamp.register(PROCEDURE, ({ args: [n] }) => from([1, 2, Number(n)])).subscribe();
      await status(wamp, 'connected');
      for (let i = 0; i < 20; i++) neighbor.publish(TOPIC, [`${i} `.repeat(i * 10)]);
      const results$ = neighbor.call(PROCEDURE, [3], { progress: true }).pipe(value(), toArray());
      expect(await firstValueFrom(results$)).toStrictEqual([1, 2, 3]);
      expect(await seen).toStrictEqual(Array.from({ length: 20 }, (__, i) => `${i} `.repeat(i * 10)));
      expect(states.map(({ status: now }) => now)).toStrictEqual(['idle', 'connecting', 'connected']);
    }
  });

  it('duplicate: what a stranger repeats of the handshake makes no difference to the session', async () => {
    const { proxy, wamp, router, neighbor, states } = await through();
    const heal = proxy.start({ kind: 'duplicate', maxBytes: 400 });
    const seen = firstValueFrom(wamp.topic(TOPIC).pipe(value(), take(1)));
    await status(wamp, 'connected');
    heal();
    await sessions(router, 1);
    neighbor.publish(TOPIC, ['for one']);
    expect(await seen).toBe('for one');
    expect(states.map(({ status: now }) => now)).toStrictEqual(['idle', 'connecting', 'connected']);
  });
});

describe('what ends one session', () => {
  it('garbage from a client: that session ends, the others and the router go on', async () => {
    const { proxy, wamp, router, neighbor } = await through();
    wamp.connect();
    neighbor.connect();
    await Promise.all([status(wamp, 'connected'), status(neighbor, 'connected')]);
    const answer = firstValueFrom(neighbor.topic(TOPIC).pipe(value()));
    const before = neighbor.state;
    await nextSession(wamp, { act: () => proxy.start({ kind: 'garbage', bytes: 32, seed: 3, direction: 'up' }) });
    await sessions(router, 2);
    expect(router.statistics.violations).toBe(1);
    wamp.publish(TOPIC, ['still here']);
    expect(await answer).toBe('still here');
    expect(neighbor.state).toBe(before);
  });

  it('garbage from the router: that session ends with ProtocolViolationError, and the client comes back', async () => {
    const { proxy, wamp, states } = await through();
    wamp.connect();
    await nextSession(wamp, { act: () => proxy.start({ kind: 'garbage', bytes: 32, seed: 3, direction: 'down' }) });
    expect(states.flatMap((state) => (state.status === 'waiting' ? [state.cause.name] : []))).toContain(
      'ProtocolViolationError',
    );
  });

  it.each(['cut', 'reset'] as const)('%s: the router releases what the client had', async (kind) => {
    const { proxy, wamp, router, neighbor } = await through({ retry: false });
    neighbor.connect();
    wamp.topic(TOPIC).subscribe({ error: () => undefined });
    wamp.register(PROCEDURE, () => NEVER).subscribe({ error: () => undefined });
    await Promise.all([status(wamp, 'connected'), status(neighbor, 'connected')]);
    const answer = firstValueFrom(neighbor.call(PROCEDURE)).catch((error: unknown) => error);
    await firstValueFrom(neighbor.call('wamp.session.count'));
    expect(router.statistics).toMatchObject({ sessions: 2, subscriptions: 1, registrations: 1, calls: 1 });
    proxy.start({ kind });
    expect(await answer).toMatchObject({ uri: 'wamp.error.canceled' });
    await sessions(router, 1);
    expect(router.statistics).toMatchObject({ sessions: 1, subscriptions: 0, registrations: 0, calls: 0 });
  });

  it('vanish: a procedure that the router still holds for the dead session is offered again when that one is gone', async () => {
    const { proxy, listener, router, neighbor } = await through();
    const other = await FaultProxy.open({ port: listener.port });
    closeLater(() => other.close());
    const wamp = client({ url: [proxy.url, other.url], ...SOON, ...HEARTBEAT });
    const registrations: Registration[] = [];
    const again = new Promise<void>((resolve) => {
      wamp
        .register(PROCEDURE, ({ args: [one] }) => one)
        .subscribe((registration) => {
          if (registrations.push(registration) === 2) resolve();
        });
    });
    await status(wamp, 'connected');
    const heal = await new Promise<() => void>((resolve) => {
      const begun = proxy.start({ kind: 'vanish' });
      void nextSession(wamp, { act: () => undefined }).then(() => resolve(begun));
    });
    // The new session is there, and the procedure is the old one's, of which the router does not know that it is dead.
    expect([router.statistics.sessions, registrations.length]).toStrictEqual([2, 1]);
    heal();
    await again;
    await sessions(router, 1);
    expect(await firstValueFrom(neighbor.call(PROCEDURE, [7]).pipe(value()))).toBe(7);
  });
});
