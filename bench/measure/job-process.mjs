import { once } from 'node:events';
import { connectControl } from '../wire/control.mjs';

/**
 * Measurements in a process of their own: one contestant in one dimension, one round.
 *
 * @typedef {import('./dimension.mjs').Job} Job
 * @typedef {import('./dimension.mjs').Column} Column
 * @typedef {({ result: Record<string, number> } | { error: string }) & { seconds: number }} Found seconds: it took, without those in which others had their turn
 * @typedef {{ columns: Record<string, Found>, label?: string | undefined, version?: string | undefined } | { missing: string } | { error: string }} Outcome columns by label
 */

let isOver = false;
let restedMs = 0;
/** @type {Job} */
const job = JSON.parse(process.argv[2] ?? '');
/** A bundle has nobody to talk to. */
const control = job.side === 'bundle' ? undefined : connectControl(job.control);

/** @returns {Promise<Outcome>} */
async function measure() {
  const { dimension: id, side, columns, contestant: name } = job;
  /** @type {import('./dimension.mjs').Dimension} */
  const dimension = (await import(`../dimensions/${id}.mjs`)).default;
  /** @type {import('./contestant.mjs').Contestant | undefined} */
  const contestant = side === 'router' ? undefined : (await import(`../clients/${name}.mjs`)).default;
  /** @type {Record<string, Found>} */
  const found = {};
  for (const [at, column] of columns.entries()) {
    await rest(column.phase);
    const { context, close } = contextOf(contestant, column, at);
    const start = performance.now() - restedMs;
    const seconds = () => (performance.now() - restedMs - start) / 1000;
    try {
      found[column.label] = { result: await dimension.measure(context), seconds: seconds() };
    } catch (error) {
      found[column.label] = { error: String(error), seconds: seconds() };
    }
    if (at < columns.length - 1) await close();
  }
  return { columns: found, ...(contestant && { label: contestant.label ?? name, version: contestant.version }) };
}

/** Those that are compared with this have their turn. @param {number} phase */
async function rest(phase) {
  if (!job.inTurns || process.send === undefined) return;
  const start = performance.now();
  process.send({ restBefore: phase });
  await once(process, 'message');
  restedMs += performance.now() - start;
}

/**
 * @param {import('./contestant.mjs').Contestant | undefined} contestant undefined for a router
 * @param {Column} column
 * @param {number} at which of the columns it is
 */
function contextOf(contestant, column, at) {
  const { port, contestant: name, serializer, mode } = job;
  const budget = { ...job.budget, rest: () => rest(column.phase) };
  const common = { serializer, column, budget, mode, name };
  const realm = `bench.p${process.pid}.c${at}`;
  const url = `ws://127.0.0.1:${port}/ws`;
  /** @type {import('./contestant.mjs').Client[]} */
  const clients = [];
  /** @param {string} name */
  const connect = async (name = realm) => {
    if (contestant === undefined) throw new Error('this is for clients');
    if (!contestant.serializers.includes(serializer)) throw new Error(`${contestant.name} has no ${serializer}`);
    const client = await contestant.connect({ url, realm: name, serializer });
    clients.push(client);
    return Object.assign(client, {
      /** @param {import('../wire/control.mjs').Command} command */
      tell: (command) => control?.({ ...command, realm: name }),
    });
  };
  let others = 0;
  return {
    context:
      contestant === undefined
        ? { ...common, port, router: control }
        : { ...common, contestant, connect, connectAnother: () => connect(`${realm}.n${others++}`), control, realm },
    /** Before the next column. */
    async close() {
      for (const client of clients) client.close();
      await new Promise((resolve) => setTimeout(resolve, 20));
    },
  };
}

/** @param {unknown} error @returns {error is Error} */
const isMissing = (error) =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND' || error.code === 'ENOENT');

/** @param {unknown} error @returns {Outcome} */
const failed = (error) =>
  isMissing(error) ? { missing: error.message.split('\n')[0] ?? '' } : { error: String(error) };

// Whoever waits for its turn when the run is killed would wait for ever.
process.on('disconnect', () => process.exit());
process.on('uncaughtException', (error) => send(failed(error)));
process.on('unhandledRejection', (error) => send(failed(error)));
send(await measure());

/** @param {Outcome} outcome */
function send(outcome) {
  if (isOver) return;
  if (process.send === undefined) console.log(outcome);
  process.send?.(outcome, () => process.exit());
  isOver = true;
}
