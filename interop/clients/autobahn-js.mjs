import WebSocket from 'ws';
import { must, same } from '../harness/expect.mjs';
import { ARGS, BYTES, KWARGS } from '../features/payload.mjs';
import { check, fresh, Later, NotThere, pause, version } from './report.mjs';

/**
 * Autobahn|JS under our router: what its documentation shows, in one serializer.
 * `URL` and `AUTH_URL` say where the router is, `SERIALIZER` which serializer.
 */
// It takes the platform's WebSocket, which older Node has not got.
Object.assign(globalThis, { WebSocket: globalThis.WebSocket ?? WebSocket });
const { default: autobahn } = await import('autobahn');
version(autobahn.version);

const { URL: url = '', AUTH_URL: authUrl = '', SERIALIZER: name = 'json', REALM: realm = 'realm1' } = process.env;

/** @type {Readonly<Record<string, () => object>>} */
const SERIALIZERS = {
  json: () => new autobahn.serializer.JSONSerializer(),
  msgpack: () => new autobahn.serializer.MsgpackSerializer(),
  cbor: () => new autobahn.serializer.CBORSerializer(),
};
const serializer = () => SERIALIZERS[name]?.();

/** @type {any[]} */
const connections = [];

/** @param {object} [options] @returns {Promise<any>} the session */
const open = (options = {}) =>
  new Promise((resolve, reject) => {
    const connection = new autobahn.Connection({
      url,
      realm,
      serializers: [serializer()],
      max_retries: 0,
      ...options,
    });
    connections.push(connection);
    connection.onopen = (/** @type {any} */ session) => resolve(session);
    connection.onclose = (/** @type {string} */ reason, /** @type {any} */ details) => {
      reject(new Error(`${reason}: ${details?.reason} ${details?.message ?? ''}`));
      return true;
    };
    connection.open();
  });

let one = await open();
let two = await open();
/** After a check that cost a session, a new one. */
const alive = async () => {
  if (!one.isOpen) one = await open();
  if (!two.isOpen) two = await open();
};
const test = (/** @type {string} */ group, /** @type {string} */ feature, /** @type {() => Promise<unknown>} */ body) =>
  check(group, feature, async () => {
    await alive();
    await body();
  });

await check('session', 'joins, and leaves with GOODBYE', async () => {
  const session = await open();
  const left = new Later();
  session.onleave = (/** @type {string} */ reason) => left.resolve(reason);
  session.leave();
  must(typeof (await left.promise) === 'string', 'no reason');
});

await test('calls', 'arguments of every kind, there and back', async () => {
  const result = await one.call('home.echo', ARGS, KWARGS);
  same(result.args, ARGS, 'args');
  same({ ...result.kwargs }, KWARGS, 'kwargs');
});
await test('calls', 'bytes, there and back', async () => {
  if (name === 'json') throw new NotThere('its JSON has no bytes');
  same([...new Uint8Array(await one.call('home.echo', [Buffer.from(BYTES)]))], [...BYTES]);
});
await test('calls', 'bytes as a Uint8Array', async () => {
  if (name === 'json') throw new NotThere('its JSON has no bytes');
  const lost = new Later();
  one.onleave = (/** @type {string} */ reason, /** @type {any} */ details) =>
    lost.resolve(new Error(`the session ended: ${reason} ${details?.message ?? ''}`));
  const call = one.call('home.echo', [BYTES]);
  const bytes = await Promise.race([call, lost.promise]);
  if (bytes instanceof Error) throw bytes;
  same([...new Uint8Array(bytes)], [...BYTES]);
});
await test('calls', 'an error with its URI, args and kwargs', async () => {
  const procedure = fresh('fail');
  await one.register(procedure, () => {
    throw new autobahn.Error('foreign.error.sad', ['why'], { code: 42 });
  });
  for (const failing of [() => one.call('home.fail', ['home.error.sad']), () => two.call(procedure)]) {
    let error;
    try {
      await failing();
    } catch (thrown) {
      error = /** @type {any} */ (thrown);
    }
    must(error !== undefined, 'it went well');
    same([error.error.endsWith('.error.sad'), error.args, { ...error.kwargs }], [true, ['why'], { code: 42 }]);
  }
});
await test('calls', 'no such procedure', async () => {
  const error = await one.call('foreign.nowhere').then(
    () => undefined,
    (/** @type {any} */ thrown) => thrown,
  );
  same(error?.error, 'wamp.error.no_such_procedure');
});
await test('calls', 'its procedures, called by our client', async () => {
  const procedure = fresh('add');
  await one.register(procedure, (/** @type {number[]} */ [a = 0, b = 0]) => a + b);
  same(await one.call('home.call', [procedure, [2, 3]]), [5]);
});
await test('calls', 'unregister', async () => {
  const procedure = fresh('gone');
  const registration = await one.register(procedure, () => 1);
  same(await two.call(procedure), 1);
  await one.unregister(registration);
  const error = await two.call(procedure).catch((/** @type {any} */ thrown) => thrown);
  same(error?.error, 'wamp.error.no_such_procedure');
});
await test('calls', 'progressive results, as caller', async () => {
  /** @type {number[]} */
  const seen = [];
  const call = one.call('home.count', [3], {}, { receive_progress: true });
  const last = await call.then(
    (/** @type {number} */ value) => value,
    undefined,
    (/** @type {number} */ value) => seen.push(value),
  );
  same(
    [...seen, last].filter((value) => value !== null && value !== undefined),
    [0, 1, 2],
  );
});
await test('calls', 'progressive results, as callee', async () => {
  const procedure = fresh('count');
  await one.register(procedure, (/** @type {any} */ _, /** @type {any} */ __, /** @type {any} */ details) => {
    for (const n of [0, 1]) details.progress?.([n]);
    return 2;
  });
  const seen = await one.call('home.call', [procedure, [], { progress: true }]);
  if (seen.length === 1)
    throw new NotThere('it does not announce call_canceling, without which no router streams from it');
  same(seen, [0, 1, 2]);
});
await test('calls', 'cancel, as caller', async () => {
  const call = one.call('home.slow');
  call.catch(() => undefined);
  await pause(100);
  call.cancel({ mode: 'killnowait' });
  await pause(200);
  same(one.isOpen, true, 'whether its session is open after it cancelled');
  same(await one.call('home.interrupted'), true, 'whether the callee was interrupted');
});
await test('calls', 'cancel with kill, as caller', async () => {
  const call = one.call('home.slow');
  const ended = call.then(
    () => 'a result',
    (/** @type {any} */ error) => error.error,
  );
  await pause(100);
  call.cancel({ mode: 'kill' });
  same(await ended, 'wamp.error.canceled');
});
await test('calls', 'a timeout of the router’s', async () => {
  const error = await one.call('home.slow', [], {}, { timeout: 200 }).catch((/** @type {any} */ thrown) => thrown);
  same(error?.error, 'wamp.error.timeout');
});
await test('calls', 'registration by prefix', async () => {
  const prefix = fresh('prefix');
  await one.register(
    `${prefix}.`,
    (/** @type {any} */ _, /** @type {any} */ __, /** @type {any} */ details) => details.procedure,
    { match: 'prefix' },
  );
  same(await two.call(`${prefix}.some.thing`), `${prefix}.some.thing`);
});
await test('calls', 'registration by wildcard', async () => {
  const base = fresh('wild');
  await one.register(
    `${base}..end`,
    (/** @type {any} */ _, /** @type {any} */ __, /** @type {any} */ details) => details.procedure,
    { match: 'wildcard' },
  );
  same(await two.call(`${base}.any.end`), `${base}.any.end`);
});
await test('calls', 'shared registration, in turn', async () => {
  const procedure = fresh('shared');
  await one.register(procedure, () => 'one', { invoke: 'roundrobin' });
  await two.register(procedure, () => 'two', { invoke: 'roundrobin' });
  same([await one.call(procedure), await one.call(procedure)].sort(), ['one', 'two']);
});
await test('calls', 'the callee learns who calls', async () => {
  const procedure = fresh('who');
  await one.register(procedure, (/** @type {any} */ _, /** @type {any} */ __, /** @type {any} */ { caller }) => caller);
  same(await two.call(procedure, [], {}, { disclose_me: true }), two.id);
});

/** @param {any} session @param {string} topic @param {object} [options] */
async function listen(session, topic, options = {}) {
  /** @type {any[]} */
  const events = [];
  const wake = new Set();
  const subscription = await session.subscribe(
    topic,
    (/** @type {any} */ args, /** @type {any} */ kwargs, /** @type {any} */ details) => {
      events.push({ args, kwargs, details });
      for (const look of wake) look();
    },
    options,
  );
  const first = (/** @type {number} */ count) =>
    /** @type {Promise<void>} */ (
      new Promise((resolve) => {
        const look = () => events.length >= count && resolve();
        wake.add(look);
        look();
      })
    );
  return { events, first, subscription };
}

await test('topics', 'arguments of every kind', async () => {
  const topic = fresh('topic');
  const { events, first } = await listen(one, topic);
  two.publish(topic, ARGS, KWARGS);
  await first(1);
  same(events[0].args, ARGS, 'args');
  same({ ...events[0].kwargs }, KWARGS, 'kwargs');
});
await test('topics', 'events of our client', async () => {
  const { events, first } = await listen(one, 'home.tick');
  await one.call('home.publish', ['home.tick', ['from home']]);
  await first(1);
  same(events[0].args, ['from home']);
});
await test('topics', 'an acknowledged publication has the id of its event', async () => {
  const topic = fresh('ack');
  const { events, first } = await listen(one, topic);
  const publication = await two.publish(topic, [1], {}, { acknowledge: true });
  await first(1);
  same(events[0].details.publication, publication.id);
});
await test('topics', 'the publisher hears itself only with exclude_me: false', async () => {
  const topic = fresh('self');
  const { events, first } = await listen(one, topic);
  await one.publish(topic, ['not me'], {}, { acknowledge: true });
  await one.publish(topic, ['me'], {}, { acknowledge: true, exclude_me: false });
  await first(1);
  same(events[0].args, ['me']);
});
await test('topics', 'unsubscribe', async () => {
  const topic = fresh('unsubscribe');
  const { events, first, subscription } = await listen(one, topic);
  await two.publish(topic, [1], {}, { acknowledge: true });
  await first(1);
  await one.unsubscribe(subscription);
  await two.publish(topic, [2], {}, { acknowledge: true });
  await pause(100);
  same(events.length, 1, 'the number of events');
  same(one.isOpen, true, 'whether its session is open');
});
await test('topics', 'subscription by prefix', async () => {
  const prefix = fresh('prefix');
  const { events, first } = await listen(one, `${prefix}.`, { match: 'prefix' });
  two.publish(`${prefix}.some.thing`, [1]);
  await first(1);
  same(events[0].details.topic, `${prefix}.some.thing`);
});
await test('topics', 'subscription by wildcard', async () => {
  const base = fresh('wild');
  const { events, first } = await listen(one, `${base}..end`, { match: 'wildcard' });
  two.publish(`${base}.any.end`, [1]);
  await first(1);
  same(events[0].details.topic, `${base}.any.end`);
});
await test('topics', 'black- and whitelists', async () => {
  const topic = fresh('lists');
  const { events, first } = await listen(one, topic);
  const options = { acknowledge: true };
  await two.publish(topic, ['excluded'], {}, { ...options, exclude: [one.id] });
  await two.publish(topic, ['for others'], {}, { ...options, eligible: [two.id] });
  await two.publish(topic, ['for you'], {}, { ...options, eligible: [one.id] });
  await first(1);
  same(
    events.map(({ args }) => args[0]),
    ['for you'],
  );
});
await test('topics', 'the subscriber learns who published', async () => {
  const topic = fresh('who');
  const { events, first } = await listen(one, topic);
  two.publish(topic, [1], {}, { disclose_me: true });
  await first(1);
  same(events[0].details.publisher, two.id);
});
await test('topics', 'a retained event comes to who subscribes later', async () => {
  const topic = fresh('retained');
  await two.publish(topic, ['kept'], {}, { retain: true, acknowledge: true });
  const { events, first } = await listen(one, topic, { get_retained: true });
  await first(1);
  same(events[0].args, ['kept']);
});
await test('meta API', 'sessions: count, list, get', async () => {
  must((await one.call('wamp.session.count')) >= 2, 'fewer than two sessions');
  must((await one.call('wamp.session.list')).includes(two.id), 'the other session is not listed');
  same((await one.call('wamp.session.get', [two.id])).session, two.id);
});

const SEED = '11'.repeat(32);
const { auth_cra: cra, auth_cryptosign: cryptosign } = autobahn;
/** @type {Readonly<Record<string, object>>} */
const LOGINS = {
  anonymous: { authmethods: ['anonymous'] },
  ticket: { authmethods: ['ticket'], authid: 'joe', onchallenge: () => 'secret!!!' },
  'WAMP-CRA': {
    authmethods: ['wampcra'],
    authid: 'plain',
    onchallenge: (/** @type {any} */ _, /** @type {any} */ __, /** @type {any} */ extra) =>
      cra.sign('secret1', extra.challenge),
  },
  'WAMP-CRA, salted': {
    authmethods: ['wampcra'],
    authid: 'salted',
    onchallenge: (/** @type {any} */ _, /** @type {any} */ __, /** @type {any} */ extra) =>
      cra.sign(cra.derive_key('secret2', extra.salt, extra.iterations, extra.keylen), extra.challenge),
  },
  cryptosign: await (async () => {
    const { createRequire } = await import('node:module');
    const nacl = createRequire(import.meta.url)('tweetnacl');
    const key = nacl.sign.keyPair.fromSeed(Uint8Array.from(Buffer.from(SEED, 'hex')));
    return {
      authmethods: ['cryptosign'],
      authid: 'device',
      authextra: { pubkey: cryptosign.public_key(key) },
      onchallenge: (/** @type {any} */ _, /** @type {any} */ __, /** @type {any} */ extra) =>
        cryptosign.sign_challenge(key, extra),
    };
  })(),
};
for (const [way, options] of Object.entries(LOGINS)) {
  await check('authentication', way, async () => {
    const session = await open({ url: authUrl, ...options });
    must(session.id > 0, 'no session');
  });
}
await check('authentication', 'a wrong secret is refused', async () => {
  const refusal = await open({
    url: authUrl,
    authmethods: ['ticket'],
    authid: 'joe',
    onchallenge: () => 'guess',
  }).then(
    () => 'let in',
    (/** @type {Error} */ error) => error.message,
  );
  must(refusal.includes('wamp.error.'), refusal);
});

process.exit();
