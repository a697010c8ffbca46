import { parseArgs } from 'node:util';
import { writePage } from './harness/page.mjs';
import { Ledger } from './harness/ledger.mjs';
import { npmPackages } from './harness/install.mjs';
import { Terminal } from './harness/terminal.mjs';

/**
 * Puts programs nobody here wrote on the other end of the wire.
 *
 *     npm run interop                          everything, and writes docs/interop.md
 *     npm run interop -- --quick               what CI runs, in under five minutes; writes nothing
 *     npm run interop -- --only 'nexus|wampy'  the checks whose peer, serializer, group or feature matches; writes nothing
 */
const { values } = parseArgs({
  options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } },
});
const start = performance.now();
const terminal = new Terminal();
const only = values.only === undefined ? undefined : new RegExp(values.only, 'i');
const ledger = new Ledger({ only, report: (result) => terminal.check(result) });

terminal.title('rxwamp among programs nobody here wrote');
terminal.note('installing what is on the other end');
await npmPackages();
const { ensureBuilt } = await import('../scripts/ensure-built.mjs');
if (process.env['RXWAMP_DIST'] === undefined) ensureBuilt();

// Only now, as these import what was just installed and built.
const { clientAgainstRouters } = await import('./client-against-routers.mjs');
const { routerUnderClients } = await import('./router-under-clients.mjs');
const options = { ledger, terminal, only, quick: values.quick };
await clientAgainstRouters(options);
await routerUnderClients(options);

terminal.summary(ledger, (performance.now() - start) / 1_000);
if (only === undefined && !values.quick) terminal.note(`wrote ${writePage(ledger)}`);

const failed = ledger.results.filter(({ outcome }) => outcome === 'fails');
const ran = (/** @type {'router' | 'client'} */ kind) =>
  [...ledger.peers.values()].filter((peer) => peer.kind === kind && ledger.ran(peer.name)).length;
if (failed.length > 0) process.exitCode = 1;
else if (only === undefined && (ran('router') < 1 || ran('client') < 2)) {
  terminal.bad(`only ${ran('router')} routers and ${ran('client')} foreign clients ran; at least 1 and 2 must`);
  // On a machine of one's own a peer that cannot be installed is a pity; in CI it is a hole.
  if (process.env['CI'] !== undefined) process.exitCode = 1;
}
if (ledger.results.length === 0) {
  terminal.bad('nothing was checked');
  process.exitCode = 1;
}
// A peer's sockets may linger; everything is entered.
process.exit();
