import { interval, NEVER, lastValueFrom, take, toArray, map } from 'rxjs';
import { cbor, msgpack, router as api, routerNode, rxwamp, WampClient } from '../rxwamp.mjs';

/**
 * Our router, as clients people run find it: one listener for everybody, one for those who log in, and a client of ours
 * in it with procedures to call.
 */
export async function home() {
  const realm = { history: [{ topic: 'home.history', maxEvents: 10 }] };
  const open = new api.Router({ realms: { realm1: realm } });
  const closed = new api.Router({ realms: { realm1: { authenticate: await ways() } } });
  const serializers = [rxwamp.json(), msgpack(), cbor()];
  const listeners = [await routerNode.listen(open, { serializers }), await routerNode.listen(closed, { serializers })];
  const wamp = new WampClient({ transport: open.transport(), realm: 'realm1', retry: false });
  await serve(wamp);
  return {
    url: listeners[0]?.url ?? '',
    authUrl: listeners[1]?.url ?? '',
    close: async () => {
      await wamp.close();
      await Promise.all(listeners.map((listener) => listener.close()));
    },
  };
}

/** Every way to log in that some client has, with the secrets of the configurations. */
async function ways() {
  const credential = { iterations: 4, memory: 512, dialect: /** @type {const} */ ('crossbar') };
  return [
    api.admitAnonymous(),
    api.checkTicket({ principals: { joe: { ticket: 'secret!!!', authrole: 'user' } } }),
    api.checkWampcra({
      principals: {
        plain: { secret: 'secret1', authrole: 'user' },
        salted: {
          secret: await api.deriveWampcraSecret('secret2', SALTING),
          salting: SALTING,
          authrole: 'user',
        },
      },
    }),
    api.checkScram({
      dialect: 'crossbar',
      principals: { argon2: { ...(await api.deriveScramCredential('pencil', credential)), authrole: 'user' } },
    }),
    api.checkCryptosign({
      principals: {
        device: {
          authorizedKeys: ['d04ab232742bb4ab3a1368bd4615e4e6d0224ab71a016baf8520a332c9778737'],
          authrole: 'user',
        },
      },
    }),
  ];
}

const SALTING = { salt: 'salt123', iterations: 1_000, keylen: 32 };

/** @param {import('rxwamp').WampClient} wamp */
async function serve(wamp) {
  /** @type {Promise<boolean>} */
  let interrupted = Promise.resolve(false);
  /** @type {Readonly<Record<string, (invocation: import('rxwamp').Invocation) => unknown>>} */
  const procedures = {
    'home.echo': ({ args, kwargs }) => rxwamp.payload(args, kwargs),
    'home.fail': ({ args: [uri] }) => {
      throw new rxwamp.WampError(String(uri), { args: ['why'], kwargs: { code: 42 } });
    },
    'home.count': ({ args: [n] }) => interval(10).pipe(take(Number(n))),
    'home.sum': ({ input$ }) =>
      lastValueFrom(
        input$.pipe(
          map(({ args: [n] }) => Number(n)),
          toArray(),
        ),
      ).then((all) => all.reduce((sum, n) => sum + n, 0)),
    'home.slow': ({ signal }) => {
      interrupted = new Promise((resolve) => signal.addEventListener('abort', () => resolve(true)));
      return NEVER;
    },
    // Answers when it was; the limit of the check tells that it was not.
    'home.interrupted': () => interrupted,
    'home.publish': ({ args: [topic, args] }) => {
      wamp.publish(String(topic), /** @type {unknown[]} */ (args));
      return true;
    },
    // Calls a procedure of the foreign client's, and gives all results.
    'home.call': ({ args: [procedure, args, options] }) =>
      lastValueFrom(
        wamp
          .call(
            String(procedure),
            /** @type {unknown[]} */ (args),
            /** @type {import('rxwamp').CallOptions} */ (options ?? {}),
          )
          .pipe(toArray()),
      ).then((results) => results.map(({ value }) => value)),
    // Calls a procedure of the foreign client's and cancels.
    'home.cancel': ({ args: [procedure] }) =>
      new Promise((resolve) => {
        const call = wamp.call(String(procedure), [], { cancelMode: 'kill' }).subscribe({ error: () => undefined });
        setTimeout(() => {
          call.unsubscribe();
          resolve(true);
        }, 150);
      }),
  };
  await Promise.all(
    Object.entries(procedures).map(
      ([procedure, handler]) =>
        new Promise((resolve, reject) => {
          wamp.register(procedure, handler).subscribe({ next: resolve, error: reject });
        }),
    ),
  );
}
