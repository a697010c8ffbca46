import { operations } from './counting.js';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Code, json, Link, type Frame, type Serializer, type WampMessage } from 'rxwamp';
import { cbor } from 'rxwamp/cbor';
import { msgpack } from 'rxwamp/msgpack';
import { Router } from 'rxwamp/router';

const limits = { maxSubscriptionsPerSession: 100_000, closeTimeoutMs: 1 };

/** A session whose frames go nowhere: how many events it was sent is all there is. */
class Receiver {
  events = 0;
  #port: ((frame: Frame) => void) | undefined;
  #request = 0;
  readonly #serializer: Serializer;

  constructor(router: Router, serializer: Serializer) {
    this.#serializer = serializer;
    const link = Link.over({ serializer, info: { kind: 'spec', secure: true } }, (port) => {
      this.#port = (frame) => port.frame(frame);
      return {
        bufferedBytes: 0,
        send: (frame) => {
          // JSON and the binary formats alike: an EVENT is told by its first bytes.
          if (typeof frame === 'string' ? frame.startsWith('[36,') : frame.includes(Code.EVENT)) this.events++;
        },
        close: () => port.closed(),
        terminate: () => port.closed(),
      };
    });
    router.accept(link);
    this.send([Code.HELLO, 'realm1', { roles: { subscriber: {}, publisher: {} } }]);
    this.events = 0;
  }

  send(message: WampMessage): void {
    this.#port?.(this.#serializer.encode(message));
  }

  subscribe(topic: string, options = {}): void {
    this.send([Code.SUBSCRIBE, ++this.#request, options, topic]);
    this.events = 0;
  }

  publish(topic: string): void {
    this.send([Code.PUBLISH, ++this.#request, {}, topic, ['0123456789abcdef']]);
  }
}

/** A serializer that counts how many EVENTs it encodes. */
function counting(serializer: Serializer): Serializer & { encoded: number } {
  const counted = {
    name: serializer.name,
    binary: serializer.binary,
    encoded: 0,
    decode: (frame: Frame) => serializer.decode(frame),
    encode: (message: WampMessage) => {
      if (message[0] === Code.EVENT) counted.encoded++;
      return serializer.encode(message);
    },
  };
  return counted;
}

const routers: Router[] = [];
afterEach(async () => {
  await Promise.all(routers.splice(0).map((router) => router.close()));
});

function newRouter(): Router {
  const router = new Router({ realms: { realm1: {} }, limits });
  routers.push(router);
  return router;
}

describe('a publication', () => {
  it('is encoded once for each format among its receivers, however many they are', () => {
    const router = newRouter();
    const serializers = [counting(json()), counting(msgpack()), counting(cbor())];
    const receivers = serializers.flatMap((serializer) =>
      Array.from({ length: 100 }, () => new Receiver(router, serializer)),
    );
    for (const receiver of receivers) receiver.subscribe('com.app.topic');
    new Receiver(router, json()).publish('com.app.topic');
    expect(receivers.map(({ events }) => events)).toStrictEqual(receivers.map(() => 1));
    expect(serializers.map(({ encoded }) => encoded)).toStrictEqual([1, 1, 1]);
  });

  it('runs at most 25 functions and branches for each receiver, however many they are', () => {
    const cost = (count: number): number => {
      const router = newRouter();
      for (let i = 0; i < count; i++) new Receiver(router, json()).subscribe('com.app.topic');
      const publisher = new Receiver(router, json());
      return operations(() => publisher.publish('com.app.topic')) / count;
    };
    cost(10);
    const few = cost(100);
    expect(few).toBeLessThan(25);
    expect(cost(1_000) / few).toBeLessThan(1.1);
  });

  it.each(['exact', 'prefix', 'wildcard'])(
    'costs the same with ten times as many %s subscriptions that it does not match',
    (match) => {
      const uris = { exact: 'com.app%.tick', prefix: 'com.app%.', wildcard: 'com.app%..tick' };
      const uriOf = (i: number): string => uris[match as keyof typeof uris].replace('%', String(i));
      const cost = (count: number): number => {
        const router = newRouter();
        const receiver = new Receiver(router, json());
        for (let i = 0; i < count; i++) receiver.subscribe(uriOf(i), { match });
        const publisher = new Receiver(router, json());
        const topic = match === 'wildcard' ? 'com.app7.here.tick' : 'com.app7.tick';
        const operated = operations(() => publisher.publish(topic));
        expect(receiver.events).toBe(1);
        return operated;
      };
      cost(10);
      const few = cost(500);
      expect(cost(5_000) / few).toBeLessThan(1.5);
    },
  );
});
