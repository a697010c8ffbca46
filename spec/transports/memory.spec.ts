import { describe, expect, it } from '@jest/globals';
import { queueScheduler } from 'rxjs';
import { ConnectionLostError, ProtocolViolationError } from '../../src/protocol/errors.js';
import type { WampMessage } from '../../src/protocol/message.js';
import { json } from '../../src/serializers/json.js';
import type { Link } from '../../src/transports/link.js';
import { linkPair, memoryTransport } from '../../src/transports/memory.js';
import { recording } from './recording.js';

const event = (publication: number): WampMessage => [36, 1, publication, {}];

/** Connects, and hands out both ends. */
function connected(...options: Parameters<typeof linkPair>) {
  const ends: Link[] = [];
  const transport = memoryTransport((far) => ends.push(far), ...options);
  const subscription = transport.subscribe({ next: (near) => ends.push(near), error: () => undefined });
  const [far, near] = ends;
  if (far === undefined || near === undefined) throw new Error('not connected');
  return { far, near, subscription };
}

describe('linkPair', () => {
  it('delivers in order, both ways, what was really encoded', () => {
    const [client, router] = linkPair();
    const atRouter = recording(router);
    const atClient = recording(client);
    client.next([48, 1, {}, 'com.example.p', [undefined]]);
    client.next(event(2));
    router.next(event(3));
    expect(atRouter.seen).toEqual([[48, 1, {}, 'com.example.p', [null]], event(2)]);
    expect(atClient.seen).toEqual([event(3)]);
  });

  it('tells the format and what the router may know of the client', () => {
    const [client, router] = linkPair({ info: { cookie: 'a=b', peer: 'me' } });
    expect(client.protocol).toBe('wamp.2.json');
    expect(router.info).toEqual({ kind: 'memory', secure: true, cookie: 'a=b', peer: 'me' });
  });

  it('never delivers from within another delivery', () => {
    const [client, router] = linkPair();
    const log: string[] = [];
    router.subscribe(([, , id]) => {
      log.push(`router begins ${JSON.stringify(id)}`);
      if (id === 1) router.next(event(10));
      log.push(`router ends ${JSON.stringify(id)}`);
    });
    client.subscribe(([, , id]) => {
      log.push(`client begins ${JSON.stringify(id)}`);
      client.next(event(2));
      log.push(`client ends ${JSON.stringify(id)}`);
    });
    client.next(event(1));
    expect(log).toEqual([
      'router begins 1',
      'router ends 1',
      'client begins 10',
      'client ends 10',
      'router begins 2',
      'router ends 2',
    ]);
  });

  it('holds back what comes while paused, counts it as not having left, and keeps the order', () => {
    const [client, router] = linkPair();
    const { seen } = recording(client);
    expect(client.pause()).toBe(true);
    router.next(event(1));
    router.next(event(2));
    expect(seen).toEqual([]);
    expect(router.bufferedBytes).toBe(2 * '[36,1,1,{}]'.length);
    client.resume();
    router.next(event(3));
    expect(seen).toEqual([event(1), event(2), event(3)]);
    expect(router.bufferedBytes).toBe(0);
  });

  it('keeps the order when it is resumed while more is on its way', () => {
    const [client, router] = linkPair();
    const { seen } = recording(client);
    client.pause();
    router.next(event(1));
    queueScheduler.schedule(() => {
      router.next(event(2));
      client.resume();
      router.next(event(3));
    });
    expect(seen).toEqual([event(1), event(2), event(3)]);
  });

  it('can be paused again from within a delivery', () => {
    const [client, router] = linkPair();
    const seen: unknown[] = [];
    client.subscribe((message) => {
      seen.push(message);
      client.pause();
    });
    client.pause();
    router.next(event(1));
    router.next(event(2));
    client.resume();
    expect(seen).toEqual([event(1)]);
    client.resume();
    expect(seen).toEqual([event(1), event(2)]);
  });

  it('delivers what is held back before it says that the other end has closed', () => {
    const [client, router] = linkPair();
    const { seen } = recording(client);
    client.pause();
    router.next(event(1));
    router.complete();
    expect(seen).toEqual([]);
    client.resume();
    expect(seen).toEqual([event(1), 'complete']);
  });

  it('completes both ends when one closes, after what was sent before', () => {
    const [client, router] = linkPair();
    const atRouter = recording(router);
    const atClient = recording(client);
    client.next(event(1));
    for (const end of [client, client, router]) end.complete();
    for (const end of [client, router]) end.next(event(2));
    expect(atRouter.seen).toEqual([event(1), 'complete']);
    expect(atClient.seen).toEqual(['complete']);
    expect([client.isOpen, router.isOpen]).toEqual([false, false]);
  });

  it('is lost for the other end when one end cuts it', () => {
    const [client, router] = linkPair();
    const atRouter = recording(router);
    const atClient = recording(client);
    client.terminate();
    expect(atRouter.seen).toEqual([expect.any(ConnectionLostError)]);
    expect(atClient.seen).toEqual(['complete']);
  });

  it('fails for a bad frame while the socket still stands, so that ABORT gets through', () => {
    const [client, router] = linkPair();
    const atRouter = recording(router);
    const abort: WampMessage = [3, {}, 'wamp.error.protocol_violation'];
    client.subscribe({
      error: (error: unknown) => {
        expect(error).toBeInstanceOf(ProtocolViolationError);
        client.next(abort);
        client.error(error);
      },
    });
    router.sendFrame('nonsense');
    expect(atRouter.seen).toEqual([abort, 'complete']);
  });
});

describe('memoryTransport', () => {
  it('is cold, and connects afresh for every subscription', () => {
    const accepted: Link[] = [];
    const transport = memoryTransport((link) => accepted.push(link), { serializer: json() });
    expect(accepted).toHaveLength(0);
    transport.subscribe();
    transport.subscribe();
    expect(accepted).toHaveLength(2);
    expect(accepted[0]).not.toBe(accepted[1]);
  });

  it('emits the link and completes when the router closes in order', () => {
    const accepted: Link[] = [];
    const { seen } = recording(memoryTransport((link) => accepted.push(link)));
    accepted[0]?.complete();
    expect(seen).toEqual([expect.objectContaining({ protocol: 'wamp.2.json' }), 'complete']);
  });

  it('errors when the router cuts the connection', () => {
    const accepted: Link[] = [];
    const { seen } = recording(memoryTransport((link) => accepted.push(link)));
    accepted[0]?.terminate();
    expect(seen[1]).toBeInstanceOf(ConnectionLostError);
  });

  it('hangs up in order when unsubscribed', () => {
    const { far, near, subscription } = connected();
    const atRouter = recording(far);
    near.next(event(1));
    subscription.unsubscribe();
    expect(atRouter.seen).toEqual([event(1), 'complete']);
    expect(near.isOpen).toBe(false);
  });

  it('leaves it to the reader of the link to answer a bad frame', () => {
    const { far, near } = connected();
    const atRouter = recording(far);
    const abort: WampMessage = [3, {}, 'wamp.error.protocol_violation'];
    near.subscribe({
      error: (error: unknown) => {
        near.next(abort);
        near.error(error);
      },
    });
    far.sendFrame('nonsense');
    expect(atRouter.seen).toEqual([abort, 'complete']);
  });
});
