import { serveControl } from '../wire/control.mjs';
import { collect } from './meter.mjs';

/** A router, in a process of its own, which says over its control port what it has used. */

/** @type {{ default: import('./router.mjs').RouterContestant }} */
const { default: contestant } = await import(`../routers/${process.argv[2]}.mjs`).catch(fail);
const running = await contestant.start().catch(fail);

/** @returns {import('./router.mjs').Usage} */
const ownUsage = () => {
  const { user, system } = process.cpuUsage();
  return { cpuUs: user + system, rssBytes: process.memoryUsage().rss };
};

const control = await serveControl((command) => {
  if (command.do === 'collect') collect();
  return (running.usage ?? ownUsage)();
});
const { label = contestant.name, version } = contestant;
process.send?.({ port: running.port, control, label, version });
process.on('disconnect', () => process.exit());
process.on('SIGTERM', () => process.exit());

/** @param {Error & { code?: string }} error @returns {never} */
function fail(error) {
  const isMissing = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND', 'ENOENT'].includes(error.code ?? '');
  process.send?.({ [isMissing ? 'missing' : 'error']: error.message.split('\n')[0] });
  process.disconnect?.();
  process.exit(1);
}
