import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom, take, toArray } from 'rxjs';
import type { WampMessage } from '../../src/protocol/message.js';
import { cbor } from '../../src/serializers/cbor.js';
import { json } from '../../src/serializers/json.js';
import { msgpack } from '../../src/serializers/msgpack.js';
import type { Serializer } from '../../src/serializers/serializer.js';
import type { Link } from '../../src/transports/link.js';
import type { Transport } from '../../src/transports/transport.js';
import { recording } from './recording.js';
import { dialed, endOf, refusalOf, type Connection } from './sockets.js';

/** What a spec asks of an endpoint. */
export interface EndpointOptions {
  /** The only format of either side. */
  readonly serializer: Serializer;
  /** Largest message that the side that dials accepts. */
  readonly maxMessageBytes?: number;
  /** How long who dialed may be silent, in milliseconds, where only silence tells that it is gone. Default: longer than any spec takes. */
  readonly idleTimeoutMs?: number;
}

/** A place to dial, with somebody there who accepts. */
export interface Endpoint {
  /** Leads there; every subscription is a connection of its own. */
  readonly transport: Transport;
  /** The other end of each connection, in the order they were accepted. */
  readonly accepted: readonly Link[];
  close(): Promise<void> | void;
  /** Breaks what is below the connections, without a word. Absent where nothing can break. */
  cut?(): void;
  /** Has octets that nobody framed arrive at who dialed. Absent where nothing carries octets. */
  inject?(octets: Uint8Array): void;
}

/** What is to be known of a transport before it is tried. */
export interface TransportUnderTest {
  /** `link.info.kind`. */
  readonly kind: string;
  /** `link.info.secure`. */
  readonly secure: boolean;
  open(options: EndpointOptions): Promise<Endpoint> | Endpoint;
  /** Leads where nobody is. Absent where somebody always is. */
  nowhere?(): Promise<Transport> | Transport;
  /** Whether a paused link makes the other end wait. Default: true. */
  readonly canPause?: boolean;
  /** Whether links can ping. Default: true. */
  readonly canPing?: boolean;
  /** Whether a sender is told that the other end takes no message as large as this. Default: false. */
  readonly tellsTheLimit?: boolean;
}

/** For what ends without a word; a spec that waits for it says nothing about when. */
const SOON_SILENT = { idleTimeoutMs: 150 };

const event = (publication: number, ...args: unknown[]): WampMessage => [36, 1, publication, {}, args];
const FORMATS = [json, msgpack, cbor];
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Counts the specs that are over, so that none waits on in vain. */
let over = 0;

/** Waits for what a condition says, which has no event of its own. The spec's own time limit ends it. */
const until = async (holds: () => boolean): Promise<void> => {
  const mine = over;
  while (!holds()) {
    if (over !== mine) throw new Error('the spec is over');
    await tick();
  }
};

const nameOf = (error: unknown): string | undefined => (error instanceof Error ? error.name : undefined);

/**
 * What every transport does, whatever carries it.
 *
 * @example
 * describeTransport('a WebSocket', { kind: 'websocket', secure: false, open: … });
 */
export function describeTransport(name: string, tested: TransportUnderTest): void {
  const { kind, secure, canPause = true, canPing = true, tellsTheLimit = false } = tested;

  describe(`${name}, as a transport`, () => {
    const cleanups: (() => Promise<void> | void)[] = [];
    afterEach(async () => {
      over++;
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
    });

    const opened = async (options: Partial<EndpointOptions> = {}): Promise<Endpoint> => {
      const endpoint = await tested.open({ serializer: json(), ...options });
      cleanups.push(() => endpoint.close());
      return endpoint;
    };

    /** Both ends of a connection. */
    const connected = async (
      options?: Partial<EndpointOptions>,
    ): Promise<Connection & { far: Link; endpoint: Endpoint }> => {
      const endpoint = await opened(options);
      const connection = await dialed(endpoint.transport);
      await until(() => endpoint.accepted.length > 0);
      const [far] = endpoint.accepted;
      if (far === undefined) throw new Error('nobody accepted');
      return { ...connection, far, endpoint };
    };

    describe('opening', () => {
      it('dials when it is subscribed to, and each time anew', async () => {
        const endpoint = await opened();
        await tick();
        expect(endpoint.accepted).toHaveLength(0);
        const [one, two] = await Promise.all([dialed(endpoint.transport), dialed(endpoint.transport)]);
        await until(() => endpoint.accepted.length === 2);
        expect(one.link).not.toBe(two.link);
        const end = endOf(one.link);
        one.hangUp();
        expect(await end).toBeUndefined();
        expect([one.link.isOpen, two.link.isOpen]).toStrictEqual([false, true]);
      });

      it('emits one link, which says what it is', async () => {
        const endpoint = await opened({ serializer: msgpack() });
        const links: Link[] = [];
        const connection = new Promise<void>((resolve) => {
          const subscription = endpoint.transport.subscribe((link) => {
            links.push(link);
            resolve();
          });
          cleanups.push(() => subscription.unsubscribe());
        });
        await connection;
        await until(() => endpoint.accepted.length > 0);
        const [far] = endpoint.accepted;
        expect(
          links.map(({ info, isOpen, serializer }) => [info.kind, info.secure, isOpen, serializer.binary]),
        ).toStrictEqual([[kind, secure, true, true]]);
        expect([far?.info.kind, far?.info.secure, far?.protocol]).toStrictEqual([kind, secure, links[0]?.protocol]);
      });

      it('can be given up, and then emits nothing', async () => {
        const endpoint = await opened(SOON_SILENT);
        const { seen, stop } = recording(endpoint.transport);
        const before = seen.length;
        stop();
        await tick();
        expect(seen).toHaveLength(before);
        await until(() => endpoint.accepted.every(({ isOpen }) => !isOpen));
      });

      const { nowhere } = tested;
      if (nowhere !== undefined)
        it('is refused where nobody is, which may pass', async () => {
          expect(await refusalOf(await nowhere())).toMatchObject({
            name: 'ConnectionRefusedError',
            attempted: 'connect',
            fatal: false,
          });
        });
    });

    describe('carrying messages', () => {
      it.each(FORMATS.map((format) => [format().name, format] as const))(
        'does so both ways in %s',
        async (_, format) => {
          const { link, far } = await connected({ serializer: format() });
          const message = event(2 ** 53, 'Grüße 🚀', -1.5, null, { nested: [true] }, new Uint8Array([0, 255]));
          const there = firstValueFrom(far);
          link.next(message);
          expect(await there).toStrictEqual(message);
          const back = firstValueFrom(link);
          far.next(message);
          expect(await back).toStrictEqual(message);
        },
      );

      it('keeps their order, in one tick and over many', async () => {
        const { link, far } = await connected();
        const received = firstValueFrom(far.pipe(take(1_000), toArray()));
        for (let i = 1; i <= 1_000; i++) {
          link.next(event(i));
          if (i % 300 === 0) await tick();
        }
        expect((await received).map(([, , publication]) => publication)).toStrictEqual(
          Array.from({ length: 1_000 }, (_, i) => i + 1),
        );
      });

      it.each([
        ['json', json()],
        ['cbor', cbor()],
      ])('takes those of a megabyte, between small ones, in %s', async (_, serializer) => {
        const { link, far } = await connected({ serializer });
        const messages = [event(1), event(2, 'é'.repeat(500_000)), event(3)];
        const there = firstValueFrom(far.pipe(take(3), toArray()));
        for (const message of messages) link.next(message);
        expect(await there).toStrictEqual(messages);
        const back = firstValueFrom(link.pipe(take(3), toArray()));
        for (const message of messages) far.next(message);
        expect(await back).toStrictEqual(messages);
      });

      it('takes those that were encoded once for many', async () => {
        const { link, far } = await connected();
        const there = firstValueFrom(far);
        link.sendFrame('[36,1,7,{},["ä"]]');
        expect(await there).toStrictEqual(event(7, 'ä'));
      });

      it('refuses what the format cannot carry, and goes on', async () => {
        const { link, far } = await connected();
        const there = firstValueFrom(far);
        expect(() => link.next(event(1, () => undefined))).toThrow(
          expect.objectContaining({ name: 'SerializationError' }),
        );
        link.next(event(2));
        expect(await there).toStrictEqual(event(2));
      });

      it('counts what came, and what has not left', async () => {
        const { link, far } = await connected();
        const received = firstValueFrom(far.pipe(take(2), toArray()));
        expect([link.bufferedBytes, far.received]).toStrictEqual([0, 0]);
        link.next(event(1));
        link.next(event(2));
        await received;
        expect(far.received).toBe(2);
        await until(() => link.bufferedBytes === 0);
      });
    });

    describe('ending', () => {
      it('completes for both when who dialed unsubscribes, after what was sent', async () => {
        const { link, far, hangUp } = await connected();
        const { seen } = recording(far);
        const ends = Promise.all([endOf(link), endOf(far)]);
        link.next(event(1));
        hangUp();
        expect(await ends).toStrictEqual([undefined, undefined]);
        expect(seen).toStrictEqual([event(1), 'complete']);
      });

      it('completes for both when the other end closes, after what was sent', async () => {
        const { link, far, ended } = await connected();
        const { seen } = recording(link);
        const farEnd = endOf(far);
        far.next(event(1));
        far.complete();
        expect(await Promise.all([ended, farEnd])).toStrictEqual([undefined, undefined]);
        expect(seen).toStrictEqual([event(1), 'complete']);
      });

      it('completes when the link is completed here, and takes nothing more', async () => {
        const { link, far, ended } = await connected();
        const { seen } = recording(far);
        link.next(event(1));
        link.complete();
        expect(link.isOpen).toBe(false);
        link.next(event(2));
        link.sendFrame('[36,1,3,{}]');
        link.complete();
        expect(await ended).toBeUndefined();
        await until(() => seen.includes('complete'));
        expect(seen).toStrictEqual([event(1), 'complete']);
      });

      it('tells whoever subscribes later how it ended', async () => {
        const { link, far, ended, hangUp } = await connected();
        hangUp();
        far.complete();
        await endOf(far);
        await until(() => !link.isOpen);
        expect(await endOf(link)).toBeUndefined();
        expect(await Promise.race([ended, tick().then(() => undefined)])).toBeUndefined();
      });

      it('ends for the other end when it is terminated here, and at once', async () => {
        const { link, far, ended } = await connected(SOON_SILENT);
        const farEnd = endOf(far);
        link.terminate();
        expect(link.isOpen).toBe(false);
        link.next(event(1));
        // Not all that carries messages can tell a cut from a close.
        expect([undefined, 'ConnectionLostError']).toContain(nameOf(await farEnd));
        expect(await ended).toBeUndefined();
      });

      it('is no error to be ended twice, in whatever way', async () => {
        const { link, far, hangUp } = await connected(SOON_SILENT);
        const ends = [() => link.complete(), () => link.error(new Error('again')), () => link.terminate(), hangUp];
        for (const end of ends) end();
        await endOf(far);
        expect(await endOf(link)).toBeUndefined();
      });

      it('errors with what happened when the connection breaks, in the link and in the transport', async () => {
        const { link, ended, endpoint } = await connected();
        if (endpoint.cut === undefined) return;
        const end = endOf(link);
        endpoint.cut();
        const error = await end;
        expect(error).toMatchObject({ name: 'ConnectionLostError', attempted: 'connection' });
        expect(await ended).toBe(error);
        expect(link.isOpen).toBe(false);
        link.next(event(1));
      });
    });

    describe('against a hostile peer', () => {
      it.each([
        ['nonsense', 'nonsense'],
        ['no message', '{"a":1}'],
        ['a message of no kind', '[999,1]'],
        ['a message of the wrong shape', '[36,"1",2,{}]'],
        ['a frame of the other kind', new Uint8Array([0x80])],
      ])('ends with a violation after %s, delivers nothing more, and can still say why', async (_, frame) => {
        const { link, far } = await connected();
        const { seen } = recording(far);
        const back = recording(link);
        link.sendFrame(frame);
        link.next(event(1));
        await until(() => seen.length > 0);
        expect(seen).toStrictEqual([expect.objectContaining({ name: 'ProtocolViolationError' })]);
        far.next([3, {}, 'wamp.error.protocol_violation']);
        far.error(seen[0]);
        await until(() => back.seen.length > 1);
        expect(back.seen[0]).toStrictEqual([3, expect.any(Object), 'wamp.error.protocol_violation']);
        expect(seen).toHaveLength(1);
      });

      it('takes no message beyond the limit, and the sender is told or the connection ends', async () => {
        const { link, far } = await connected({ maxMessageBytes: 2_048 });
        const { seen } = recording(link);
        far.next(event(1, 'x'.repeat(1_900)));
        await until(() => seen.length > 0);
        expect(seen).toStrictEqual([event(1, 'x'.repeat(1_900))]);
        const send = (): void => far.next(event(2, 'x'.repeat(5_000)));
        if (tellsTheLimit) {
          expect(send).toThrow(expect.objectContaining({ name: 'OverflowError', limit: 2_048 }));
          far.next(event(3));
          await until(() => seen.length > 1);
          expect(seen[1]).toStrictEqual(event(3));
        } else {
          send();
          await until(() => seen.length > 1);
          expect(seen[1]).toMatchObject({ name: 'OverflowError', limit: 2_048 });
        }
      });

      it('ends, and neither hangs nor throws, when octets arrive that nobody framed', async () => {
        const { link, endpoint } = await connected();
        if (endpoint.inject === undefined) return;
        const end = endOf(link);
        endpoint.inject(new Uint8Array(64).fill(0xff));
        expect(await end).toMatchObject({
          name: expect.stringMatching(/^(ProtocolViolation|Overflow|ConnectionLost)Error$/),
        });
      });
    });

    describe('under pressure', () => {
      it(
        canPause ? 'lets the sender feel that the receiver pauses, and loses nothing' : 'says that it cannot pause',
        async () => {
          const { link, far } = await connected();
          expect(far.pause()).toBe(canPause);
          if (!canPause) return;
          const chunk = 'x'.repeat(256 * 1024);
          const { seen } = recording(far);
          for (let i = 1; i <= 128; i++) link.next(event(i, chunk));
          expect(link.bufferedBytes).toBeGreaterThan(chunk.length);
          for (let i = 0; i < 20; i++) await tick();
          expect(link.bufferedBytes).toBeGreaterThan(chunk.length);
          expect(seen).toStrictEqual([]);
          far.resume();
          await until(() => seen.length === 128);
          // RxJS hands over what was sent: a message is a tuple.
          expect(seen.map((message) => (message as WampMessage)[2])).toStrictEqual(
            Array.from({ length: 128 }, (_, i) => i + 1),
          );
          await until(() => link.bufferedBytes === 0);
        },
      );

      it('delivers nothing between a pause and its resume, not even what had come already', async () => {
        const { link, far } = await connected();
        if (!canPause) return;
        const seen: unknown[] = [];
        far.subscribe((message) => {
          seen.push(message[2]);
          if (message[2] === 1) far.pause();
        });
        for (let i = 1; i <= 3; i++) link.next(event(i));
        await until(() => seen.length > 0);
        for (let i = 0; i < 5; i++) await tick();
        expect(seen).toStrictEqual([1]);
        far.resume();
        await until(() => seen.length === 3);
        expect(seen).toStrictEqual([1, 2, 3]);
      });
    });

    describe('asking for a sign of life', () => {
      it(canPing ? 'is answered, as something that came in' : 'is not what it can', async () => {
        const { link, far } = await connected();
        expect(link.ping !== undefined).toBe(canPing);
        if (link.ping === undefined) return;
        const { received } = link;
        await firstValueFrom(link.ping(), { defaultValue: 'nothing' }).then((answer) => expect(answer).toBeUndefined());
        expect(link.received).toBe(received + 1);
        expect(far.isOpen).toBe(true);
      });

      it('completes without an answer when the link ends before', async () => {
        const { link, far, endpoint } = await connected();
        if (link.ping === undefined || !canPause) return;
        far.pause();
        const { seen } = recording(link.ping());
        link.terminate();
        await until(() => seen.length > 0);
        expect(seen).toStrictEqual(['complete']);
        far.resume();
        await endpoint.close();
      });
    });
  });
}
