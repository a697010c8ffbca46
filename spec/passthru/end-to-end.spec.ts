import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom, lastValueFrom, map, of, ReplaySubject, take, toArray, type Observable } from 'rxjs';
import { Code, history, json, WampClient, WampError, type RxWampError, type Serializer } from 'rxwamp';
import { cbor } from 'rxwamp/cbor';
import { meta } from 'rxwamp/meta';
import { msgpack } from 'rxwamp/msgpack';
import { encryption, packing, passthru, type CipherName, type DecryptionReason, type Passthru } from 'rxwamp/passthru';
import { Router } from 'rxwamp/router';
import { memoryTransport } from '../../src/transports/memory.js';
import type { WampMessage } from '../../src/protocol/message.js';
import { allOf, keyOf, PROCEDURE, TOPIC } from './support.js';

const SECRET = 'nobody but us';
const KEYS = new Map([
  ['a', keyOf(1)],
  ['b', keyOf(2)],
]);
const secret = (cipher: CipherName, keyId = 'a', keys: ReadonlyMap<string, Uint8Array> = KEYS): Passthru =>
  passthru(encryption({ cipher, keyId, key: (id) => keys.get(id) }));

const clients: WampClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((wamp) => wamp.close()));
});

/** A router, and everything that it sees. */
function start() {
  const router = new Router({ realms: { realm1: { history: [{ topic: 'com.app.kept', maxEvents: 10 }] } } });
  const seen: unknown[] = [];
  /** What the router does to a message before it passes it on. */
  const meddling: { with: (message: WampMessage) => WampMessage } = { with: (message) => message };
  const client = (serializer: Serializer, through: Passthru | undefined) => {
    const tapped: Serializer = {
      name: serializer.name,
      binary: serializer.binary,
      encode(message) {
        seen.push(message);
        return serializer.encode(meddling.with(message));
      },
      decode: (frame) => serializer.decode(frame),
    };
    const wamp = new WampClient({
      transport: memoryTransport((link) => router.accept(link), { serializer: tapped }),
      realm: 'realm1',
      ...(through && { passthru: through }),
    });
    clients.push(wamp);
    const faults: RxWampError[] = [];
    wamp.faults$.subscribe((fault) => faults.push(fault));
    return { wamp, faults };
  };
  return { router, seen, meddling, client };
}

/** Whether a text is anywhere in what was seen, in bytes too. */
function holds(seen: unknown, text: string): boolean {
  if (typeof seen === 'string') return seen.includes(text);
  if (seen instanceof Uint8Array) return Buffer.from(seen).includes(text);
  return (
    typeof seen === 'object' &&
    seen !== null &&
    Object.entries(seen)
      .flat()
      .some((one) => holds(one, text))
  );
}

/** Everything that a stream emits from now on, for as long as the spec lasts. */
function keep<T>(stream: Observable<T>): ReplaySubject<T> {
  const kept = new ReplaySubject<T>(100);
  stream.subscribe(kept);
  return kept;
}

/** Subscribes, and waits until it is. */
async function follow<T>(wamp: WampClient, topic$: Observable<T>): Promise<ReplaySubject<T>> {
  const events = keep(topic$);
  wamp.connect();
  await firstValueFrom(wamp.session$);
  return events;
}
const offer = (...[procedure, handler, wamp]: [string, Parameters<WampClient['register']>[1], WampClient]) =>
  firstValueFrom(keep(wamp.register(procedure, handler)));

const FORMATS: readonly (() => Serializer)[] = [json, msgpack, cbor];
const CIPHERS: readonly CipherName[] = ['aes256gcm', 'xsalsa20poly1305'];
const COMBINATIONS = CIPHERS.flatMap((cipher) =>
  FORMATS.flatMap((one) =>
    FORMATS.map((other) => [`${cipher}, ${one().name} to ${other().name}`, cipher, one, other] as const),
  ),
);

describe.each(COMBINATIONS)('end to end: %s', (_, cipher, one, other) => {
  it('a router between the two sees nothing but cipher text', async () => {
    const { seen, client } = start();
    const { wamp: ann, faults } = client(one(), secret(cipher));
    const { wamp: bob } = client(other(), secret(cipher, 'b'));

    const exact = await follow(bob, bob.topic(TOPIC));
    const pattern = await follow(bob, bob.topic('com.', { match: 'prefix' }));
    const bytes = new Uint8Array([0, 1, 255]);
    await lastValueFrom(ann.publish(TOPIC, { args: [SECRET, bytes], kwargs: { [SECRET]: 1 } }, { acknowledge: true }));
    for (const events of [exact, pattern])
      expect(await firstValueFrom(events)).toMatchObject({
        topic: TOPIC,
        args: [SECRET, bytes],
        kwargs: { [SECRET]: 1 },
        details: { ppt_cipher: cipher, ppt_keyid: 'a' },
      });

    await offer(PROCEDURE, ({ args, wantsProgress }) => (wantsProgress ? of(SECRET, args[0]) : args[0]), bob);
    expect(await firstValueFrom(ann.call(PROCEDURE, [`${SECRET}!`]))).toMatchObject({
      args: [`${SECRET}!`],
      details: { ppt_keyid: 'b' },
    });
    const progressive$ = ann.call(PROCEDURE, [2], { progress: true }).pipe(
      map(({ value }) => value),
      toArray(),
    );
    expect(await lastValueFrom(progressive$)).toStrictEqual([SECRET, 2]);

    await offer(
      'com.app.fails',
      () => {
        throw new WampError('com.app.error', { args: [SECRET] });
      },
      bob,
    );
    await offer(
      'com.app.breaks',
      () => {
        throw new Error(SECRET);
      },
      bob,
    );
    const failed = (procedure: string) => lastValueFrom(ann.call(procedure)).catch((error: unknown) => error);
    expect(await failed('com.app.fails')).toMatchObject({ uri: 'com.app.error', args: [SECRET] });
    expect(await failed('com.app.breaks')).toMatchObject({ uri: 'wamp.error.runtime_error', args: [SECRET] });
    expect(await failed('com.app.none')).toMatchObject({ uri: 'wamp.error.no_such_procedure' });

    await offer(
      'com.app.sums',
      async ({ input$ }) =>
        lastValueFrom(
          input$.pipe(
            map(({ value }) => value),
            toArray(),
          ),
        ),
      bob,
    );
    expect(await lastValueFrom(ann.call('com.app.sums', of([SECRET], [2])))).toMatchObject({ args: [[SECRET, 2]] });

    expect(faults).toStrictEqual([]);
    const kinds = new Set((seen as readonly WampMessage[]).map(([code]) => code));
    for (const code of [Code.PUBLISH, Code.EVENT, Code.CALL, Code.INVOCATION, Code.YIELD, Code.RESULT, Code.ERROR])
      expect(kinds).toContain(code);
    expect(holds(seen, SECRET)).toBe(false);
    expect(holds(seen, 'args')).toBe(false);
    expect(holds(seen, TOPIC)).toBe(true);
  });
});

describe('end to end', () => {
  it('packing leaves it to the router to read, or not', async () => {
    const { seen, client } = start();
    const { wamp: ann } = client(json(), passthru(packing({ scheme: 'mqtt', serializer: msgpack() })));
    const { wamp: bob } = client(
      cbor(),
      passthru(packing({ scheme: 'mqtt' }), packing({ scheme: 'mqtt', serializer: msgpack() })),
    );
    const [toBob, toAnn] = [await follow(bob, bob.topic(TOPIC)), await follow(ann, ann.topic(PROCEDURE))];
    ann.publish(TOPIC, { args: [SECRET], kwargs: { n: 2n ** 60n } });
    expect(await firstValueFrom(toBob)).toMatchObject({ args: [SECRET], kwargs: { n: 2n ** 60n } });
    expect(holds(seen, SECRET)).toBe(true);
    const faults = firstValueFrom(ann.faults$);
    bob.publish(PROCEDURE, [1]);
    // What is native is nothing that she reads.
    expect(await faults).toMatchObject({ name: 'SerializationError', on: PROCEDURE });
    toAnn.complete();
  });

  it('retained events, event history, and testaments', async () => {
    const { seen, client } = start();
    const { wamp: ann } = client(json(), secret('aes256gcm'));
    const { wamp: bob } = client(cbor(), secret('xsalsa20poly1305'));
    // One reads what the other encrypts, each with its own cipher.
    const both = passthru(...CIPHERS.map((cipher) => encryption({ cipher, keyId: 'a', key: (id) => KEYS.get(id) })));
    const { wamp: eve } = client(msgpack(), both);

    await lastValueFrom(ann.publish('com.app.held', [SECRET], { retain: true, acknowledge: true }), {
      defaultValue: 0,
    });
    expect(await firstValueFrom(await follow(eve, eve.topic('com.app.held', { get_retained: true })))).toMatchObject({
      args: [SECRET],
      details: { retained: true },
    });

    for (const text of [SECRET, `${SECRET} 2`])
      await lastValueFrom(bob.publish('com.app.kept', { args: [text], kwargs: { text } }, { acknowledge: true }));
    const past = await follow(eve, eve.topic('com.app.kept', { gaps: history({ first: 2 }) }));
    expect(await lastValueFrom(past.pipe(take(2), toArray()))).toMatchObject([
      { args: [SECRET], kwargs: { text: SECRET } },
      { args: [`${SECRET} 2`] },
    ]);

    const wills = await follow(eve, eve.topic('com.app.will'));
    await lastValueFrom(meta(ann).session.addTestament('com.app.will', [SECRET]), { defaultValue: undefined });
    await ann.close();
    expect(await firstValueFrom(wills)).toMatchObject({ args: [SECRET], topic: 'com.app.will' });
    expect(holds(seen, SECRET)).toBe(false);
  });

  it('the meta API stays what it is', async () => {
    const { client } = start();
    const { wamp } = client(json(), secret('aes256gcm'));
    wamp.connect();
    const { id } = await firstValueFrom(wamp.session$);
    expect(await firstValueFrom(meta(wamp).session.list())).toStrictEqual([id]);
    const joins = keep(meta(wamp).session.onJoin$);
    const { wamp: other } = client(cbor(), secret('aes256gcm'));
    other.connect();
    const { id: joined } = await firstValueFrom(other.session$);
    expect(await firstValueFrom(joins)).toMatchObject({ session: joined });
  });

  it.each<[string, DecryptionReason, Passthru]>([
    ['a wrong key', 'authenticity', secret('aes256gcm', 'a', new Map([['a', keyOf(3)]]))],
    ['an unknown key', 'key', secret('aes256gcm', 'a', new Map())],
  ])('%s is an error of what came, and of nothing else', async (_, reason, through) => {
    const { client } = start();
    const { wamp: ann } = client(json(), secret('aes256gcm'));
    const { wamp: bob, faults } = client(json(), through);
    const events = await follow(bob, bob.topic(TOPIC));
    const fault = firstValueFrom(bob.faults$);
    ann.publish(TOPIC, [SECRET]);
    expect(await fault).toMatchObject({ name: 'DecryptionError', reason, keyid: 'a', attempted: 'EVENT', on: TOPIC });
    expect(bob.state.status).toBe('connected');
    events.complete();
    expect(await lastValueFrom(events, { defaultValue: 'none, and no error' })).toBe('none, and no error');
    expect(allOf(faults[0])).not.toContain(SECRET);
  });

  it.each<[string, DecryptionReason, (message: WampMessage) => WampMessage]>([
    ['changes a byte', 'authenticity', changed],
    ['puts its own words in the place of all', 'plain', forged],
  ])('a router that %s is found out, and what is right goes on', async (_, reason, meddle) => {
    const { client, meddling } = start();
    const { wamp: ann, faults: annsFaults } = client(cbor(), secret('aes256gcm'));
    const { wamp: bob, faults } = client(json(), secret('aes256gcm'));
    const only = (code: number) => (message: WampMessage) => (message[0] === code ? meddle(message) : message);
    const events = await follow(bob, bob.topic(TOPIC));
    await offer(PROCEDURE, () => SECRET, ann);
    const call = () => lastValueFrom(bob.call(PROCEDURE)).catch((one: unknown) => one);

    meddling.with = only(Code.EVENT);
    const fault = firstValueFrom(bob.faults$);
    ann.publish(TOPIC, [SECRET]);
    expect(await fault).toMatchObject({ name: 'DecryptionError', reason, attempted: 'EVENT', on: TOPIC });
    meddling.with = only(Code.INVOCATION);
    expect(await call()).toMatchObject({ name: 'WampError', uri: 'wamp.error.invalid_argument' });
    expect(annsFaults).toMatchObject([{ name: 'DecryptionError', reason, attempted: 'INVOCATION', on: PROCEDURE }]);
    meddling.with = only(Code.RESULT);
    expect(await call()).toMatchObject({ name: 'DecryptionError', reason, attempted: 'RESULT', on: PROCEDURE });

    meddling.with = (message) => message;
    ann.publish(TOPIC, ['right']);
    expect(await firstValueFrom(events)).toMatchObject({ args: ['right'] });
    expect(await call()).toMatchObject({ args: [SECRET] });
    expect(faults).toHaveLength(1);
  });

  it('a caller without the key is told that its call is no good, and a plain one, too', async () => {
    const { client } = start();
    const { wamp: ann, faults } = client(json(), secret('aes256gcm'));
    const { wamp: bob } = client(json(), secret('aes256gcm', 'x', new Map([['x', keyOf(9)]])));
    const { wamp: tom } = client(json(), undefined);
    let asked = 0;
    await offer(PROCEDURE, () => asked++, ann);
    for (const wamp of [bob, tom])
      expect(await lastValueFrom(wamp.call(PROCEDURE, [1])).catch((one: unknown) => one)).toMatchObject({
        uri: 'wamp.error.invalid_argument',
        args: ['the payload cannot be read'],
      });
    expect(asked).toBe(0);
    expect(faults).toMatchObject([{ reason: 'key' }, { reason: 'plain' }]);
  });

  it('who does not pack does not get what is packed', async () => {
    const { client } = start();
    const { wamp: ann } = client(json(), secret('aes256gcm'));
    const { wamp: tom } = client(json(), undefined);
    const events = await follow(tom, tom.topic(TOPIC));
    await offer(PROCEDURE, () => 1, tom);
    await lastValueFrom(ann.publish(TOPIC, [SECRET], { acknowledge: true }));
    expect(await lastValueFrom(ann.call(PROCEDURE)).catch((one: unknown) => one)).toMatchObject({
      uri: 'wamp.error.feature_not_supported',
    });
    tom.publish(TOPIC, ['his own'], { exclude_me: false });
    expect(await firstValueFrom(events)).toMatchObject({ args: ['his own'] });
  });

  it('keys are rotated without anybody noticing', async () => {
    const { client } = start();
    let keyId = 'a';
    const rotating = encryption({ cipher: 'aes256gcm', keyId: () => keyId, key: (id) => KEYS.get(id) });
    const { wamp: ann } = client(json(), passthru(rotating));
    const { wamp: bob } = client(cbor(), secret('aes256gcm'));
    const events = await follow(bob, bob.topic(TOPIC));
    for (keyId of ['a', 'b', 'a']) await lastValueFrom(ann.publish(TOPIC, [keyId], { acknowledge: true }));
    const three$ = events.pipe(
      take(3),
      map(({ args, details }) => [args[0], details['ppt_keyid']]),
      toArray(),
    );
    expect(await lastValueFrom(three$)).toStrictEqual([
      ['a', 'a'],
      ['b', 'b'],
      ['a', 'a'],
    ]);
  });

  it('a key that is there only later sends and reads from then on', async () => {
    const { client } = start();
    const keys = new Map<string, Uint8Array>();
    const { wamp: ann } = client(json(), secret('aes256gcm', 'late', keys));
    const failed = ann.publish(TOPIC, [1], { acknowledge: true });
    await expect(lastValueFrom(failed)).rejects.toMatchObject({ name: 'EncryptionError', keyid: 'late' });
    keys.set('late', keyOf(4));
    expect(await lastValueFrom(ann.publish(TOPIC, [1], { acknowledge: true }))).toMatchObject({ topic: TOPIC });
  });
});

/** The same with one bit of its one argument changed. */
function changed(message: WampMessage): WampMessage {
  return withPayload(message, ([bytes]) => {
    if (!(bytes instanceof Uint8Array)) return [bytes];
    return [bytes.map((byte, at) => (at === 20 ? byte ^ 1 : byte))];
  });
}

/** The same with the router's own words in it, as if nobody had encrypted anything. */
function forged(message: WampMessage): WampMessage {
  // The same type of message; only what is in its details changes.
  const plain = message.map((part) =>
    typeof part === 'object' && 'ppt_scheme' in part ? { ...part, ppt_scheme: '' } : part,
  ) as unknown as WampMessage;
  return withPayload(plain, () => ['forged']);
}

/** An EVENT, INVOCATION or RESULT with other arguments. */
function withPayload(message: WampMessage, change: (args: readonly unknown[]) => unknown[]): WampMessage {
  const at = { [Code.EVENT]: 4, [Code.INVOCATION]: 4, [Code.RESULT]: 3 }[message[0] as number];
  if (at === undefined) return message;
  // The same type of message, with other arguments.
  return message.map((part, index) =>
    index === at ? change(part as readonly unknown[]) : part,
  ) as unknown as WampMessage;
}
