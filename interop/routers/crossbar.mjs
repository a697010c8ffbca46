import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificates, configuration } from '../harness/config.mjs';
import { freePorts } from '../harness/ports.mjs';
import { RouterProcess, scratch } from './router.mjs';

export const CROSSBAR = 'Crossbar.io';

/** Crossbar.io's own log line at the end of its start. */
const READY = 'NODE_BOOT_COMPLETE';

/**
 * A Crossbar.io node with all its transports and ways to authenticate, not started.
 *
 * @param {string} command the program `crossbar`
 */
export async function crossbar(command) {
  const ports = await freePorts(['ws', 'auth', 'tls', 'raw']);
  const folder = scratch();
  const unix = join(folder, 'wamp.sock');
  node(folder, configuration('crossbar.json', { ...ports, unix, certificates }));
  const process = new RouterProcess(folder, recipe(command, [ports.ws, ports.auth, ports.tls, ports.raw, unix]));
  return {
    process,
    url: `ws://127.0.0.1:${ports.ws}/ws`,
    authUrl: `ws://127.0.0.1:${ports.auth}/ws`,
    tlsUrl: `wss://127.0.0.1:${ports.tls}/ws`,
    raw: { host: '127.0.0.1', port: ports.raw },
    unix,
  };
}

/** Ed25519 seeds of the two nodes of the cluster, with their public keys. They protect nothing. */
const NODE_KEYS = [
  ['aa'.repeat(32), 'e734ea6c2b6257de72355e472aa05a4c487e6b463c029ed306df2f01b5636b58'],
  ['bb'.repeat(32), '7d59c5623dd40a74aa4d5a32ac645d3b3f95daeae4c22be25476dd6a486f7382'],
];

/**
 * Two nodes, not started, of which the second joins the first by a router-to-router link.
 *
 * @param {string} command the program `crossbar`
 */
export async function crossbarCluster(command) {
  const ports = await freePorts(['ws0', 'ws1', 'links0', 'links1']);
  const nodes = [0, 1].map((index) => {
    const folder = scratch();
    const ws = index === 0 ? ports.ws0 : ports.ws1;
    const links = index === 0 ? ports.links0 : ports.links1;
    const [, peerKey] = NODE_KEYS[1 - index] ?? [];
    const rlinks = index === 0 ? [] : [rlink(ports.links0)];
    node(folder, configuration('crossbar-cluster.json', { ws, links, peerKey, rlinks }), NODE_KEYS[index]);
    return {
      url: `ws://127.0.0.1:${ws}/ws`,
      process: new RouterProcess(folder, recipe(command, [ws, links])),
    };
  });
  return /** @type {[typeof nodes[0], typeof nodes[0]]} */ (nodes);
}

/** @param {number} port where the other node takes links */
const rlink = (port) => ({
  realm: 'realm1',
  authid: 'node',
  exclude_authid: ['node'],
  forward_local_events: true,
  forward_remote_events: true,
  forward_local_invocations: true,
  forward_remote_invocations: true,
  transport: {
    type: 'websocket',
    url: `ws://127.0.0.1:${port}/ws`,
    serializers: ['cbor'],
    endpoint: { type: 'tcp', host: '127.0.0.1', port },
  },
});

/**
 * @param {string} command
 * @param {readonly (number | string)[]} listensOn
 */
const recipe = (command, listensOn) => ({
  name: CROSSBAR,
  command,
  args: ['start', '--cbdir', '.crossbar', '--color', 'false'],
  listensOn,
  ready: READY,
});

/**
 * Writes the folder of a node.
 *
 * @param {string} folder
 * @param {string} config
 * @param {readonly string[]} [key] seed and public key
 */
function node(folder, config, key) {
  const home = join(folder, '.crossbar');
  mkdirSync(home);
  writeFileSync(join(home, 'config.json'), config);
  if (key === undefined) return;
  const tags = (/** @type {string} */ own) =>
    `A node key of the interop run.\n\ncreator: rxwamp\ncreated-at: 2026-01-01T00:00:00.000Z\nmachine-id: none\n` +
    `public-key-ed25519: ${key[1]}\n${own}`;
  writeFileSync(join(home, 'key.priv'), tags(`private-key-ed25519: ${key[0]}\n`), { mode: 0o600 });
}
