import { bugsOf } from './bugs.mjs';
import { certificateLogin, logins } from './features/auth.mjs';
import { cluster } from './features/cluster.mjs';
import { client, joined, serializer, watch } from './features/our-client.mjs';
import { outages, rollingRestart } from './features/outages.mjs';
import { suite } from './features/suite.mjs';
import { crossbarProgram, nexusPrograms, NEXUS_VERSION, npmVersion } from './harness/install.mjs';
import { mayConcern } from './harness/peers.mjs';
import { crossbar, CROSSBAR, crossbarCluster } from './routers/crossbar.mjs';
import { foxWamp, FOX_WAMP } from './routers/fox-wamp.mjs';
import { nexus, NEXUS } from './routers/nexus.mjs';
import { node } from './rxwamp.mjs';

/**
 * @typedef {object} Run
 * @property {import('./harness/ledger.mjs').Ledger} ledger
 * @property {import('./harness/terminal.mjs').Terminal} terminal
 * @property {RegExp | undefined} only
 * @property {boolean} quick
 */

/**
 * Our client against routers people run.
 *
 * @param {Run} run
 */
export async function clientAgainstRouters(run) {
  run.terminal.title('our client against routers people run');
  await withPeer(run, FOX_WAMP, 'npm', againstFoxWamp);
  await withPeer(run, NEXUS, 'Go module proxy', againstNexus);
  await withPeer(run, CROSSBAR, 'PyPI', againstCrossbar);
}

/**
 * Makes checks against a router, and enters why they could not be made.
 *
 * @param {Run} run
 * @param {string} name
 * @param {string} from
 * @param {(run: Run) => Promise<void>} body
 */
async function withPeer(run, name, from, body) {
  if (!mayConcern(run.only, name)) return;
  run.ledger.peer({ name, kind: 'router', from });
  try {
    await body(run);
  } catch (error) {
    const missing = error instanceof Error ? error.message : String(error);
    run.ledger.peer({ name, kind: 'router', missing });
    run.terminal.bad(`${name} could not be run: ${missing}`);
  }
}

/** @param {Run} run */
async function againstFoxWamp({ ledger, terminal, quick }) {
  const peer = FOX_WAMP;
  const router = await foxWamp();
  try {
    await router.process.start();
    ledger.peer({ name: peer, kind: 'router', version: npmVersion('fox-wamp') });
    const target = target_({ ledger, peer, column: 'json' }, router.url);
    await suite(target, { brief: quick });
    await logins({ ...target }, { url: router.authUrl, ways: ['ticket'] });
    await outages({ ...target, dial: () => ({ url: router.url }) }, router.process);
  } finally {
    showLogOnFailure(ledger, terminal, peer, router.process.log);
    await router.process[Symbol.asyncDispose]();
  }
}

/** @param {Run} run */
async function againstNexus({ ledger, terminal, quick }) {
  const peer = NEXUS;
  const programs = await nexusPrograms();
  const router = await nexus(programs);
  try {
    await Promise.all([router.process.start(), router.auth.start()]);
    ledger.peer({ name: peer, kind: 'router', version: NEXUS_VERSION });
    const keeper = await keepHistory(router.url);
    for (const column of quick ? ['msgpack'] : ['json', 'msgpack', 'cbor']) {
      const target = target_({ ledger, peer, column }, router.url);
      await suite(target, { brief: quick || column !== 'json' });
      const ways = ['anonymous', 'ticket', 'WAMP-CRA', 'WAMP-CRA, salted', 'cryptosign'];
      await logins(target, { url: router.authUrl, ways });
    }
    await overRawSocket({ ledger, terminal, quick }, peer, router);
    await keeper.close();
    const column = 'msgpack';
    const target = target_({ ledger, peer, column }, router.url);
    await outages(target, router.process);
    if (!quick) {
      const second = await nexus(programs);
      try {
        await second.process.start();
        await rollingRestart(target, [router, second], { serializers: [serializer(column)] });
      } finally {
        await Promise.all([second.process, second.auth].map((one) => one[Symbol.asyncDispose]()));
      }
    }
  } finally {
    showLogOnFailure(ledger, terminal, peer, router.process.log);
    await Promise.all([router.process, router.auth].map((one) => one[Symbol.asyncDispose]()));
  }
}

/** @param {Run} run */
async function againstCrossbar({ ledger, terminal, quick }) {
  const peer = CROSSBAR;
  const { command, version } = await crossbarProgram();
  const router = await crossbar(command);
  try {
    await router.process.start();
    ledger.peer({ name: peer, kind: 'router', version });
    for (const column of quick ? ['cbor'] : ['json', 'msgpack', 'cbor']) {
      const target = target_({ ledger, peer, column }, router.url);
      await suite(target, { brief: quick || column !== 'json' });
      const ways = [
        'anonymous',
        'ticket',
        'WAMP-CRA',
        'WAMP-CRA, salted',
        'SCRAM, Argon2id',
        'SCRAM, PBKDF2',
        'cryptosign',
      ];
      await logins(target, { url: router.authUrl, ways });
      await certificateLogin(target, router.tlsUrl);
    }
    await overRawSocket({ ledger, terminal, quick }, peer, router);
    if (!quick) await outages(target_({ ledger, peer, column: 'cbor' }, router.url), router.process);
  } finally {
    showLogOnFailure(ledger, terminal, peer, router.process.log);
    await router.process[Symbol.asyncDispose]();
  }
  if (quick) return;
  const nodes = await crossbarCluster(command);
  try {
    await nodes[0].process.start();
    await nodes[1].process.start();
    await cluster(ledger, peer, 'cbor', nodes);
    const { bugs } = target_({ ledger, peer, column: 'cbor' }, '');
    const options = { serializers: [serializer('cbor')] };
    await rollingRestart({ ledger, peer, column: 'cbor', bugs }, nodes, options);
  } finally {
    for (const [index, { process }] of nodes.entries()) {
      showLogOnFailure(ledger, terminal, peer, process.log, `node ${index + 1}`);
      await process[Symbol.asyncDispose]();
    }
  }
}

/**
 * @param {Pick<import('./features/our-client.mjs').Target, 'ledger' | 'peer' | 'column'>} where
 * @param {string} url
 * @returns {import('./features/our-client.mjs').Target}
 */
const target_ = ({ ledger, peer, column }, url) => ({
  ledger,
  peer,
  column,
  bugs: bugsOf(peer, column),
  dial: () => ({ url, serializers: [serializer(column)] }),
});

/**
 * Stays subscribed to the topic whose events are kept, as nexus forgets them with the last subscriber.
 *
 * @param {string} url
 */
async function keepHistory(url) {
  const keeper = client({ url });
  await joined(keeper);
  await watch(keeper, 'interop.history.kept');
  return keeper;
}

/**
 * The same over RawSocket, on TCP and on a Unix socket.
 *
 * @param {Pick<Run, 'ledger' | 'terminal' | 'quick'>} run
 * @param {string} peer
 * @param {{ raw: { host: string, port: number }, unix: string }} router
 */
async function overRawSocket({ ledger, terminal, quick }, peer, { raw, unix }) {
  // Of the package as it is built; an older one has no RawSocket.
  const transport = /** @type {{ rawSocketTransport?: (options: object) => import('rxwamp').Transport }} */ (node)
    .rawSocketTransport;
  if (transport === undefined) {
    terminal.bad('this build has no RawSocket transport: not checked');
    return;
  }
  /** @type {readonly [string, object, readonly string[]][]} */
  const ways = [
    ['RawSocket', raw, quick ? ['json'] : ['json', 'msgpack', 'cbor']],
    ['Unix socket', { path: unix }, quick ? [] : ['json', 'msgpack', 'cbor']],
  ];
  for (const [way, where, names] of ways) {
    for (const name of names) {
      const column = `${way} ${name}`;
      const dial = () => ({ transport: transport({ ...where, serializers: [serializer(name)] }) });
      await suite({ ledger, peer, column, bugs: bugsOf(peer, column), dial }, { brief: true });
    }
  }
}

/**
 * @param {import('./harness/ledger.mjs').Ledger} ledger
 * @param {import('./harness/terminal.mjs').Terminal} terminal
 * @param {string} peer
 * @param {string} log
 * @param {string} [which]
 */
function showLogOnFailure(ledger, terminal, peer, log, which = '') {
  if (ledger.results.some((result) => result.peer === peer && result.outcome === 'fails')) {
    terminal.log(`${peer} ${which}`.trim(), log);
  }
}
