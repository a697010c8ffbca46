import { afterEach, describe, expect, it } from '@jest/globals';
import { filter, firstValueFrom, lastValueFrom, map, ReplaySubject, skip, type Observable } from 'rxjs';
import { ticket, WampClient, type Registration } from 'rxwamp';
import { meta } from 'rxwamp/meta';
import { Router } from 'rxwamp/router';
import { believing } from '../../router/believing.js';

let router: Router | undefined;
const clients: WampClient[] = [];

/** Two clients of a router in this process. */
function start(): readonly [ann: WampClient, bob: WampClient] {
  const started = new Router({
    realms: { realm1: { authenticate: believing, history: [{ topic: 'com.app.kept', maxEvents: 10 }] } },
  });
  router = started;
  const client = (authid: string): WampClient => {
    const wamp = new WampClient({
      transport: started.transport(),
      realm: 'realm1',
      auth: [ticket({ authid, ticket: 'secret' })],
      retry: { initialDelayMs: 0, maxDelayMs: 0 },
    });
    clients.push(wamp);
    return wamp;
  };
  return [client('ann'), client('bob')];
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map((wamp) => wamp.close()));
  await router?.close();
});

/** Connects. @returns the id of the session. */
function joined(wamp: WampClient): Promise<number> {
  wamp.connect();
  return firstValueFrom(wamp.session$.pipe(map(({ id }) => id)));
}
const until = <T>(stream: Observable<T>, wanted: (value: T) => boolean): Promise<T> =>
  firstValueFrom(stream.pipe(filter(wanted)));

describe('the meta API of the embedded router', () => {
  it('C-41: tells of sessions, and ends them', async () => {
    const [ann, bob] = start();
    const { session } = meta(ann);
    const ids = [await joined(ann), await joined(bob)];
    const [, bobs = 0] = ids;
    expect(await firstValueFrom(session.count())).toBe(2);
    expect(await firstValueFrom(session.list())).toEqual(ids);
    expect(await firstValueFrom(session.get(bobs))).toMatchObject({ session: bobs, authid: 'bob' });
    const next = firstValueFrom(bob.session$.pipe(skip(1)));
    expect(await firstValueFrom(session.killByAuthid('bob'))).toEqual({ count: 1, sessions: [bobs] });
    expect((await next).id).not.toBe(bobs);
    await expect(firstValueFrom(session.get(bobs))).rejects.toMatchObject({ uri: 'wamp.error.no_such_session' });
  });

  it('shows who is there, as they come, are thrown out and come back', async () => {
    const [ann, bob] = start();
    const realm = meta(ann);
    const seen: boolean[] = [];
    realm.presence('bob').subscribe((isHere) => seen.push(isHere));
    const authids$ = realm.session.live$.pipe(
      map((sessions) => [...sessions.values()].map(({ authid }) => authid).join()),
    );
    expect(await firstValueFrom(authids$)).toBe('ann');
    bob.connect();
    await until(authids$, (authids) => authids === 'ann,bob');
    await bob.close();
    await until(authids$, (authids) => authids === 'ann');
    expect(seen).toEqual([false, true, false]);
  });

  it('starts the view over when its own session is ended', async () => {
    const [ann, bob] = start();
    const first = await joined(ann);
    const bobs = await joined(bob);
    const views: (readonly number[])[] = [];
    const live$ = meta(ann).session.live$.pipe(map((sessions) => [...sessions.keys()]));
    live$.subscribe((ids) => views.push(ids));
    await firstValueFrom(live$);
    const second = firstValueFrom(ann.session$.pipe(skip(1)));
    await firstValueFrom(meta(bob).session.kill(first));
    const { id } = await second;
    await firstValueFrom(live$);
    expect(views).toEqual([
      [first, bobs],
      [bobs, id],
    ]);
  });

  it('shows the subscribers of a topic and the callees of a procedure', async () => {
    const [ann, bob] = start();
    const bobs = await joined(bob);
    const realm = meta(ann);
    const sets: Record<'subscribers' | 'callees', number[][]> = { subscribers: [], callees: [] };
    const views = [
      realm.subscribers('com.app.', 'prefix').subscribe((set) => sets.subscribers.push([...set])),
      realm.callees('com.app.add').subscribe((set) => sets.callees.push([...set])),
    ];
    await until(realm.callees('com.app.add'), ({ size }) => size === 0);
    const used = [
      bob.topic('com.app.', { match: 'prefix' }).subscribe(),
      bob.register('com.app.add', () => 1).subscribe(),
    ];
    await until(realm.callees('com.app.add'), ({ size }) => size === 1);
    for (const one of used) one.unsubscribe();
    await until(realm.callees('com.app.add'), ({ size }) => size === 0);
    expect(sets).toEqual({ subscribers: [[], [bobs], []], callees: [[], [bobs], []] });
    for (const view of views) view.unsubscribe();
  });

  it('C-41: tells of subscriptions, registrations and past events', async () => {
    const [ann, bob] = start();
    const anns = await joined(ann);
    const { registration, subscription } = meta(bob);
    const registered = new ReplaySubject<Registration>(1);
    ann.register('com.app.', () => 1, { match: 'prefix' }).subscribe(registered);
    const { id: made } = await firstValueFrom(registered);
    expect(await firstValueFrom(registration.match('com.app.add'))).toBe(made);
    expect(await firstValueFrom(registration.lookup('com.app.', 'prefix'))).toBe(made);
    expect(await firstValueFrom(registration.list())).toEqual({ exact: [], prefix: [made], wildcard: [] });
    expect(await firstValueFrom(registration.listCallees(made))).toEqual([anns]);
    expect(await firstValueFrom(registration.countCallees(made))).toBe(1);
    expect(await firstValueFrom(registration.get(made))).toMatchObject({ id: made, match: 'prefix', invoke: 'single' });
    expect(await firstValueFrom(registration.match('com.other'))).toBeNull();
    await lastValueFrom(ann.publish('com.app.kept', [1], { acknowledge: true }));
    const id = (await firstValueFrom(subscription.lookup('com.app.kept'))) ?? 0;
    expect(await firstValueFrom(subscription.get(id))).toMatchObject({ id, uri: 'com.app.kept', match: 'exact' });
    expect(await firstValueFrom(subscription.countSubscribers(id))).toBe(0);
    expect(await firstValueFrom(subscription.listSubscribers(id))).toEqual([]);
    expect(await firstValueFrom(subscription.getEvents(id))).toMatchObject([{ subscription: id, args: [1] }]);
  });

  it('publishes a testament, unless it was taken back', async () => {
    const [ann, bob] = start();
    await joined(ann);
    await joined(bob);
    const { session } = meta(bob);
    const left: unknown[] = [];
    ann.topic('com.app.left').subscribe(({ args }) => left.push(...args));
    await firstValueFrom(meta(ann).session.count());
    await firstValueFrom(session.addTestament('com.app.left', ['forgotten']));
    await firstValueFrom(session.flushTestaments());
    await firstValueFrom(session.addTestament('com.app.left', ['bob'], { scope: 'detached' }));
    const gone = until(meta(ann).session.onLeave$, () => true);
    await firstValueFrom(meta(ann).session.count());
    await bob.close();
    expect(await gone).toMatchObject({ authid: 'bob' });
    expect(left).toEqual(['bob']);
  });
});
