import WebSocket from 'ws';
import { Wampy } from 'wampy';
import { CborSerializer } from 'wampy/CborSerializer.js';
import { JsonSerializer } from 'wampy/JsonSerializer.js';
import { MsgpackSerializer } from 'wampy/MsgpackSerializer.js';
import * as cryptosign from 'wampy/cryptosign.js';
import * as cra from 'wampy/wampcra.js';
import { must, same } from '../harness/expect.mjs';
import { npmVersion } from '../harness/install.mjs';
import { ARGS, BYTES, KWARGS } from '../features/payload.mjs';
import { check, fresh, Later, NotThere, pause, version } from './report.mjs';

/** wampy under our router: what its documentation shows, in one serializer. */
version(npmVersion('wampy'));
const { URL: url = '', AUTH_URL: authUrl = '', SERIALIZER: name = 'json', REALM: realm = 'realm1' } = process.env;
/** @type {Readonly<Record<string, () => any>>} */
const SERIALIZERS = {
  json: () => new JsonSerializer(),
  msgpack: () => new MsgpackSerializer(),
  cbor: () => new CborSerializer(),
};
const serializer = () => SERIALIZERS[name]?.();

/** @param {object} [options] @param {string} [where] @returns {Promise<any>} */
async function open(options = {}, where = url) {
  const wampy = new Wampy(where, {
    realm,
    ws: /** @type {any} */ (WebSocket),
    serializer: serializer(),
    autoReconnect: false,
    uriValidation: 'loose',
    ...options,
  });
  await wampy.connect();
  return wampy;
}

let one = await open();
let two = await open();
const isOpen = (/** @type {any} */ wampy) => Number(wampy.getSessionId()) > 0;
const test = (/** @type {string} */ group, /** @type {string} */ feature, /** @type {() => Promise<unknown>} */ body) =>
  check(group, feature, async () => {
    if (!isOpen(one)) one = await open();
    if (!isOpen(two)) two = await open();
    await body();
  });
const failure = (/** @type {Promise<unknown>} */ promise) =>
  promise.then(
    () => undefined,
    (/** @type {any} */ error) => error,
  );

await check('session', 'joins, and leaves with GOODBYE', async () => {
  const session = await open();
  await session.disconnect();
});
await test('calls', 'arguments of every kind, there and back', async () => {
  const { argsList, argsDict } = await one.call('home.echo', { argsList: ARGS, argsDict: KWARGS });
  same(argsList, ARGS, 'args');
  same(argsDict, KWARGS, 'kwargs');
});
await test('calls', 'bytes, there and back', async () => {
  if (name === 'json') throw new NotThere('its JSON has no bytes');
  const { argsList } = await one.call('home.echo', [Buffer.from(BYTES)]);
  same([...new Uint8Array(argsList[0])], [...BYTES]);
});
await test('calls', 'bytes as a Uint8Array', async () => {
  if (name === 'json') throw new NotThere('its JSON has no bytes');
  const { argsList } = await one.call('home.echo', [BYTES]);
  same([...new Uint8Array(argsList[0])], [...BYTES]);
});
await test('calls', 'an error with its URI, args and kwargs', async () => {
  const procedure = fresh('fail');
  await one.register(procedure, () => {
    throw { error: 'foreign.error.sad', details: {}, argsList: ['why'], argsDict: { code: 42 } };
  });
  for (const failing of [() => one.call('home.fail', ['home.error.sad']), () => two.call(procedure)]) {
    const error = await failure(failing());
    same(
      [String(error?.errorUri).endsWith('.error.sad'), error?.argsList, error?.argsDict],
      [true, ['why'], { code: 42 }],
    );
  }
});
await test('calls', 'no such procedure', async () => {
  same((await failure(one.call('foreign.nowhere')))?.errorUri, 'wamp.error.no_such_procedure');
});
await test('calls', 'its procedures, called by our client', async () => {
  const procedure = fresh('add');
  await one.register(procedure, (/** @type {any} */ { argsList: [a, b] }) => a + b);
  same((await one.call('home.call', [procedure, [2, 3]])).argsList, [[5]]);
});
await test('calls', 'unregister', async () => {
  const procedure = fresh('gone');
  await one.register(procedure, () => 1);
  same((await two.call(procedure)).argsList, [1]);
  await one.unregister(procedure);
  same((await failure(two.call(procedure)))?.errorUri, 'wamp.error.no_such_procedure');
});
await test('calls', 'progressive results, as caller', async () => {
  /** @type {number[]} */
  const seen = [];
  const last = await one.call('home.count', [3], {
    progress_callback: (/** @type {any} */ { argsList }) => seen.push(argsList[0]),
  });
  same([...seen, ...(last.argsList ?? [])], [0, 1, 2]);
});
await test('calls', 'progressive results, as callee', async () => {
  const procedure = fresh('count');
  await one.register(procedure, async (/** @type {any} */ { result_handler }) => {
    result_handler({ argsList: [0], options: { progress: true } });
    result_handler({ argsList: [1], options: { progress: true } });
    await pause(20);
    return 2;
  });
  same((await one.call('home.call', [procedure, [], { progress: true }])).argsList, [[0, 1, 2]]);
});
await test('calls', 'a call that is streamed in', async () => {
  const call = one.progressiveCall('home.sum', [1]);
  call.sendData([2]);
  call.sendData([3], { progress: false });
  same((await call.result).argsList, [6]);
});
await test('calls', 'cancel, as caller', async () => {
  const call = failure(one.call('home.slow'));
  const { reqId } = one.getOpStatus();
  await pause(100);
  one.cancel(reqId, { mode: 'killnowait' });
  same((await call)?.errorUri, 'wamp.error.canceled');
  await pause(50);
  same((await one.call('home.interrupted')).argsList, [true], 'whether the callee was interrupted');
});
await test('calls', 'cancel with kill, as caller', async () => {
  const call = failure(one.call('home.slow'));
  const { reqId } = one.getOpStatus();
  await pause(100);
  one.cancel(reqId, { mode: 'kill' });
  same((await call)?.errorUri, 'wamp.error.canceled');
});
await test('calls', 'cancel, as callee: it is interrupted', async () => {
  const procedure = fresh('slow');
  await one.register(procedure, () => new Promise(() => undefined));
  await two.call('home.cancel', [procedure]);
  await pause(100);
  must(isOpen(one), 'its session ended when it was interrupted');
});
await test('calls', 'a timeout of the router’s', async () => {
  same((await failure(one.call('home.slow', [], { timeout: 200 })))?.errorUri, 'wamp.error.timeout');
});
await test('calls', 'registration by prefix', async () => {
  const prefix = fresh('prefix');
  // It takes no pattern that ends with a dot.
  await one.register(prefix, (/** @type {any} */ { details }) => details.procedure, { match: 'prefix' });
  same((await two.call(`${prefix}.some.thing`)).argsList, [`${prefix}.some.thing`]);
});
await test('calls', 'registration by wildcard', async () => {
  const base = fresh('wild');
  await one.register(`${base}..end`, (/** @type {any} */ { details }) => details.procedure, { match: 'wildcard' });
  same((await two.call(`${base}.any.end`)).argsList, [`${base}.any.end`]);
});
await test('calls', 'shared registration, in turn', async () => {
  const procedure = fresh('shared');
  await one.register(procedure, () => 'one', { invoke: 'roundrobin' });
  await two.register(procedure, () => 'two', { invoke: 'roundrobin' });
  const answers = [await one.call(procedure), await one.call(procedure)];
  same(answers.map(({ argsList: [answer] }) => answer).sort(), ['one', 'two']);
});
await test('calls', 'the callee learns who calls', async () => {
  const procedure = fresh('who');
  await one.register(procedure, (/** @type {any} */ { details }) => details.caller);
  same((await two.call(procedure, [], { disclose_me: true })).argsList, [two.getSessionId()]);
});

/** @param {any} wampy @param {string} topic @param {object} [options] */
async function listen(wampy, topic, options = undefined) {
  /** @type {any[]} */
  const events = [];
  const came = new Later();
  const subscription = await wampy.subscribe(
    topic,
    (/** @type {any} */ event) => {
      events.push(event);
      came.resolve(event);
    },
    options,
  );
  return { events, first: () => came.promise, subscription };
}

await test('topics', 'arguments of every kind', async () => {
  const topic = fresh('topic');
  const { events, first } = await listen(one, topic);
  await two.publish(topic, { argsList: ARGS, argsDict: KWARGS });
  await first();
  same(events[0].argsList, ARGS, 'args');
  same(events[0].argsDict, KWARGS, 'kwargs');
});
await test('topics', 'events of our client', async () => {
  const { events, first } = await listen(one, 'home.tick');
  await one.call('home.publish', ['home.tick', ['from home']]);
  await first();
  same(events[0].argsList, ['from home']);
});
await test('topics', 'an acknowledged publication', async () => {
  const { publicationId } = await two.publish(fresh('ack'), [1]);
  must(publicationId > 0, 'no publication id');
});
await test('topics', 'the publisher hears itself only with exclude_me: false', async () => {
  const topic = fresh('self');
  const { events, first } = await listen(one, topic);
  await one.publish(topic, ['not me']);
  await one.publish(topic, ['me'], { exclude_me: false });
  await first();
  same(events[0].argsList, ['me']);
});
await test('topics', 'unsubscribe', async () => {
  const topic = fresh('unsubscribe');
  const { events, first, subscription } = await listen(one, topic);
  await two.publish(topic, [1]);
  await first();
  await one.unsubscribe(subscription.subscriptionKey);
  await two.publish(topic, [2]);
  await pause(100);
  same([events.length, isOpen(one)], [1, true], 'the number of events, and whether its session is open');
});
await test('topics', 'subscription by prefix', async () => {
  const prefix = fresh('prefix');
  const { events, first } = await listen(one, prefix, { match: 'prefix' });
  await two.publish(`${prefix}.some.thing`, [1]);
  await first();
  same(events[0].details.topic, `${prefix}.some.thing`);
});
await test('topics', 'subscription by wildcard', async () => {
  const base = fresh('wild');
  const { events, first } = await listen(one, `${base}..end`, { match: 'wildcard' });
  await two.publish(`${base}.any.end`, [1]);
  await first();
  same(events[0].details.topic, `${base}.any.end`);
});
await test('topics', 'black- and whitelists', async () => {
  const topic = fresh('lists');
  const { events, first } = await listen(one, topic);
  await two.publish(topic, ['excluded'], { exclude: [one.getSessionId()] });
  await two.publish(topic, ['for others'], { eligible: [two.getSessionId()] });
  await two.publish(topic, ['for you'], { eligible: one.getSessionId() });
  await first();
  same(
    events.map(({ argsList }) => argsList[0]),
    ['for you'],
  );
});
await test('topics', 'the subscriber learns who published', async () => {
  const topic = fresh('who');
  const { events, first } = await listen(one, topic);
  await two.publish(topic, [1], { disclose_me: true });
  await first();
  same(events[0].details.publisher, two.getSessionId());
});
await test('topics', 'a retained event comes to who subscribes later', async () => {
  const topic = fresh('retained');
  await two.publish(topic, ['kept'], { retain: true });
  const { events, first } = await listen(one, topic, { get_retained: true });
  await first();
  same(events[0].argsList, ['kept']);
});
await test('meta API', 'sessions: count, list, get', async () => {
  must((await one.call('wamp.session.count')).argsList[0] >= 2, 'fewer than two sessions');
  must((await one.call('wamp.session.list')).argsList[0].includes(two.getSessionId()), 'the other is not listed');
  same((await one.call('wamp.session.get', [two.getSessionId()])).argsList[0].session, two.getSessionId());
});

/** @type {Readonly<Record<string, object>>} */
const LOGINS = {
  anonymous: { authmethods: ['anonymous'] },
  ticket: { authmethods: ['ticket'], authid: 'joe', onChallenge: () => 'secret!!!' },
  'WAMP-CRA': { authmethods: ['wampcra'], authid: 'plain', onChallenge: cra.sign('secret1') },
  'WAMP-CRA, salted': { authmethods: ['wampcra'], authid: 'salted', onChallenge: cra.sign('secret2') },
  cryptosign: {
    authmethods: ['cryptosign'],
    authid: 'device',
    authextra: { pubkey: 'd04ab232742bb4ab3a1368bd4615e4e6d0224ab71a016baf8520a332c9778737' },
    onChallenge: cryptosign.sign('11'.repeat(32)),
  },
};
for (const [way, options] of Object.entries(LOGINS)) {
  await check('authentication', way, async () => {
    if (way === 'anonymous') return void (await open({}, authUrl));
    const session = await open(options, authUrl);
    must(session.getSessionId() > 0, 'no session');
  });
}
await check('authentication', 'a wrong secret is refused', async () => {
  const refusal = await failure(open({ authmethods: ['ticket'], authid: 'joe', onChallenge: () => 'guess' }, authUrl));
  must(refusal !== undefined, 'it was let in');
});
process.exit();
