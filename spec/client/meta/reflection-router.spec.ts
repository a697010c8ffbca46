import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  firstValueFrom,
  map,
  merge,
  skip,
  startWith,
  ReplaySubject,
  switchMap,
  take,
  toArray,
  type Observable,
} from 'rxjs';
import { json, ticket, WampClient } from 'rxwamp';
import { cbor } from 'rxwamp/cbor';
import { meta, type ReflectionMeta } from 'rxwamp/meta';
import { msgpack } from 'rxwamp/msgpack';
import { authorizeBy, authorizeByProcedure, Router, type RealmOptions } from 'rxwamp/router';
import { believing } from '../../router/believing.js';

let router: Router | undefined;
const clients: WampClient[] = [];

function start(realm: RealmOptions = {}): Router {
  router = new Router({ realms: { realm1: { authenticate: believing, ...realm } } });
  return router;
}

function clientOf(started: Router, authid: string, authrole = 'user', serializer = json()): WampClient {
  const wamp = new WampClient({
    transport: started.transport({ serializer }),
    realm: 'realm1',
    auth: [ticket({ authid, ticket: 'secret', authrole })],
    retry: { initialDelayMs: 0, maxDelayMs: 0 },
  });
  clients.push(wamp);
  return wamp;
}

beforeEach(() => {
  // Whoever tries again tries at once.
  jest.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(clients.splice(0).map((wamp) => wamp.close()));
  await router?.close();
});

const reflectionOf = (wamp: WampClient): ReflectionMeta => meta(wamp).reflection;
const once = <T>(stream: Observable<T>): Promise<T> => firstValueFrom(stream);

/** Subscribes, and waits until it holds; `again` is what comes after that. */
async function held<T>(
  stream: Observable<T>,
): Promise<{ readonly again: Observable<T>; readonly release: () => void }> {
  const values = new ReplaySubject<T>(10);
  const subscription = stream.subscribe(values);
  await once(values);
  return { again: values.pipe(skip(1)), release: () => subscription.unsubscribe() };
}

const definition = {
  description: 'Die Summe, la somme, 和.',
  args_schema: { type: 'array', items: { type: 'number' }, maxItems: 2 },
  result_args_schema: true,
  errors: ['com.app.error.overflow'],
  x_since: 3,
};

describe('reflection of the embedded router', () => {
  it.each([
    ['JSON', json, msgpack],
    ['MessagePack', msgpack, cbor],
    ['CBOR', cbor, json],
  ])('tells in %s what the realm and other clients define, and what is in use', async (_, mine, theirs) => {
    const started = start({ interfaces: { topics: { 'com.app.tick': { description: 'The time.' } } } });
    const ann = clientOf(started, 'ann', 'user', mine());
    const bob = clientOf(started, 'bob', 'user', theirs());
    const reflection = reflectionOf(ann);
    await held(reflectionOf(bob).define('procedure', 'com.app.add', definition));
    await held(reflectionOf(bob).define('error', 'com.app.error.overflow', {}));
    await held(bob.register('com.app.sub', () => 1));
    expect(await once(reflection.procedures())).toStrictEqual(['com.app.add', 'com.app.sub']);
    expect(await once(reflection.topics())).toStrictEqual(['com.app.tick']);
    expect(await once(reflection.errors())).toStrictEqual(['com.app.error.overflow']);
    expect(await once(reflection.describe('procedure', 'com.app.add'))).toStrictEqual({
      ...definition,
      kind: 'procedure',
      uri: 'com.app.add',
    });
    expect(await once(reflection.describe('procedure', 'com.app.sub'))).toMatchObject({
      match: 'exact',
      invoke: 'single',
    });
    expect(await once(reflection.describe('topic', 'com.app.add'))).toBeNull();
    expect(await once(reflection.describeAll('com.app.tick'))).toStrictEqual([
      { kind: 'topic', uri: 'com.app.tick', description: 'The time.' },
    ]);
    expect(await once(reflection.describeAll('com.app.nothing'))).toStrictEqual([]);
  });

  it('holds a definition while it is subscribed, and tells of it', async () => {
    const started = start();
    const [ann, bob] = [clientOf(started, 'ann'), clientOf(started, 'bob')];
    const { onDefine$, onUndefine$ } = reflectionOf(ann);
    const heard = once(
      merge(
        onDefine$.pipe(map(({ kind, uri }) => `+${kind} ${uri}`)),
        onUndefine$.pipe(map(({ kind, uri }) => `-${kind} ${uri}`)),
      ).pipe(take(4), toArray()),
    );
    await once(reflectionOf(ann).errors());
    const { release } = await held(reflectionOf(bob).define('topic', 'com.app.tick', {}));
    release();
    expect(await once(reflectionOf(bob).describe('topic', 'com.app.tick'))).toBeNull();
    await held(reflectionOf(bob).define('error', 'com.app.broken', {}));
    await bob.close();
    expect(await heard).toStrictEqual([
      '+topic com.app.tick',
      '-topic com.app.tick',
      '+error com.app.broken',
      '-error com.app.broken',
    ]);
  });

  it('makes a definition again when its session is ended', async () => {
    const started = start();
    const [ann, bob] = [clientOf(started, 'ann'), clientOf(started, 'bob')];
    const { again } = await held(reflectionOf(bob).define('topic', 'com.app.tick', { version: '1' }));
    const { onUndefine$ } = reflectionOf(ann);
    const undefined$ = once(onUndefine$);
    await once(reflectionOf(ann).topics());
    const made = once(again);
    await once(meta(ann).session.killByAuthid('bob'));
    expect(await undefined$).toStrictEqual({ kind: 'topic', uri: 'com.app.tick' });
    expect(await made).toStrictEqual({ kind: 'topic', uri: 'com.app.tick' });
    expect(await once(reflectionOf(ann).describe('topic', 'com.app.tick'))).toMatchObject({ version: '1' });
  });

  it('takes a definition along when the client moves to another session', async () => {
    const started = start();
    const [ann, bob] = [clientOf(started, 'ann'), clientOf(started, 'bob')];
    const { again, release } = await held(reflectionOf(bob).define('topic', 'com.app.tick', {}));
    await once(bob.session$);
    const made = once(again);
    const [before, now] = [await once(bob.session$), await bob.reconnect({ graceful: true })];
    expect(now.id).not.toBe(before.id);
    await made;
    expect(await once(reflectionOf(ann).topics())).toStrictEqual(['com.app.tick']);
    release();
    await once(reflectionOf(bob).errors());
    expect(await once(reflectionOf(ann).topics())).toStrictEqual([]);
  });

  it('keeps what another client defines from being taken over', async () => {
    const started = start();
    const [ann, bob] = [clientOf(started, 'ann'), clientOf(started, 'bob')];
    await held(reflectionOf(ann).define('topic', 'com.app.tick', { version: '1' }));
    await expect(once(reflectionOf(bob).define('topic', 'com.app.tick', { version: '2' }))).rejects.toMatchObject({
      name: 'WampError',
      uri: 'rxwamp.error.already_defined',
    });
    await expect(once(bob.call('wamp.reflect.define', ['topic', 'com.app.tick', null]))).rejects.toMatchObject({
      uri: 'rxwamp.error.no_such_definition',
    });
    expect(await once(reflectionOf(bob).describe('topic', 'com.app.tick'))).toMatchObject({ version: '1' });
  });

  it('says what is wrong with a definition', async () => {
    const reflection = reflectionOf(clientOf(start(), 'ann'));
    await expect(once(reflection.define('topic', 'com.app.tick', { errors: ['no uri'] }))).rejects.toMatchObject({
      uri: 'wamp.error.invalid_argument',
      message: expect.stringContaining('errors must be a list of URIs'),
    });
    await expect(
      once(reflection.define('topic', 'com.app.tick', { description: 'x'.repeat(100_000) })),
    ).rejects.toMatchObject({ uri: 'wamp.error.payload_size_exceeded' });
  });

  it('makes a list that follows, as the documentation has it', async () => {
    const started = start();
    const [ann, bob] = [clientOf(started, 'ann'), clientOf(started, 'bob')];
    const reflection = reflectionOf(ann);
    const topics$ = merge(reflection.onDefine$, reflection.onUndefine$).pipe(
      startWith(undefined),
      switchMap(() => reflection.topics()),
    );
    const lists = once(topics$.pipe(take(3), toArray()));
    await once(reflection.errors());
    const { release } = await held(reflectionOf(bob).define('topic', 'com.app.tick', {}));
    await once(reflection.errors());
    release();
    expect(await lists).toStrictEqual([[], ['com.app.tick'], []]);
  });

  const rules = authorizeBy([
    { actions: ['call', 'subscribe'], uri: 'wamp.reflect', match: 'prefix' },
    { role: 'user', actions: ['call'], uri: 'com.app.add' },
    { role: 'user', actions: ['publish'], uri: 'com.app.tick' },
    { role: 'admin', actions: '*', uri: '', match: 'prefix' },
  ]);

  it.each<[string, RealmOptions, boolean]>([
    ['a table of rules', { authorize: rules }, false],
    ['a procedure', { authorize: authorizeByProcedure('com.auth.decide', { fallback: rules }) }, true],
  ])('shows each client what %s lets it use or provide', async (_, realm, hasProcedure) => {
    const started = start({
      ...realm,
      interfaces: { procedures: { 'com.app.add': {}, 'com.app.drop': {} }, errors: { 'com.app.denied': {} } },
    });
    if (hasProcedure) {
      const decider = clientOf(started, 'decider', 'admin');
      await held(
        decider.register('com.auth.decide', async ({ args: [session, uri, action] }) => {
          await Promise.resolve();
          return (
            String(uri).startsWith('wamp.reflect') ||
            (session as { authrole: string }).authrole === 'admin' ||
            (uri === 'com.app.add' && action === 'call') ||
            (uri === 'com.app.tick' && action === 'publish')
          );
        }),
      );
    }
    const admin = reflectionOf(clientOf(started, 'ann', 'admin'));
    const user = reflectionOf(clientOf(started, 'joe'));
    await held(admin.define('topic', 'com.app.hidden', {}));
    await held(admin.define('topic', 'com.app.tick', {}));
    expect(await once(admin.topics())).toStrictEqual(['com.app.hidden', 'com.app.tick']);
    expect(await once(user.procedures())).toStrictEqual(['com.app.add']);
    expect(await once(user.topics())).toStrictEqual(['com.app.tick']);
    expect(await once(user.errors())).toStrictEqual(['com.app.denied']);
    expect(await once(user.describe('topic', 'com.app.hidden'))).toBeNull();
    expect(await once(user.describe('procedure', 'com.app.drop'))).toBeNull();
    expect(await once(admin.describe('topic', 'com.app.hidden'))).toMatchObject({ uri: 'com.app.hidden' });
    await expect(once(user.define('procedure', 'com.app.add', {}))).rejects.toMatchObject({
      uri: 'wamp.error.not_authorized',
    });
    await held(user.define('error', 'com.app.mine', {}));
    expect(await once(admin.errors())).toStrictEqual(['com.app.denied', 'com.app.mine']);
  });

  it('is announced, which a client can ask', async () => {
    const wamp = clientOf(start(), 'ann');
    wamp.connect();
    const { supports } = await once(wamp.session$);
    expect([supports('broker', 'reflection'), supports('dealer', 'reflection')]).toStrictEqual([true, true]);
  });
});
