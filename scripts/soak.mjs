import { parseArgs } from 'node:util';
import cliProgress from 'cli-progress';
import pc from 'picocolors';
import { ensureBuilt } from './ensure-built.mjs';

/**
 * Has clients publish, subscribe, call and serve through connections in which everything goes wrong, with a ledger of every
 * message. Ends with code 1 when a message has no fate that was told, order breaks, something leaks or the heap grows.
 *
 *     npm run soak -- --minutes 1 --seed 7
 */

const HELP = `npm run soak -- [options]

  --minutes <n>    how long, about. Default: 1
  --messages <n>   instead: until so many publications and calls are made
  --seed <n>       of faults and work; the same seed is the same schedule of faults. Default: random
  --schedule       prints the schedule of faults, and does nothing
  --json           prints the report as JSON
  --help`;

const ROUNDS_PER_MINUTE = 10;
const STEPS = 800;
/** Shorter rounds where only some messages are wanted, so that there is more than one. */
const SHORT_STEPS = 100;

/** Ends with a message and the code for wrong usage. @param {string} message @returns {never} */
function misused(message) {
  console.error(`${message}\n\n${HELP}`);
  process.exit(2);
}

function options() {
  try {
    const { values } = parseArgs({
      options: {
        minutes: { type: 'string', default: '1' },
        messages: { type: 'string' },
        seed: { type: 'string' },
        schedule: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    return misused(error instanceof Error ? error.message : String(error));
  }
}

/** @param {string} name @param {string} text @param {boolean} [isInteger] */
function positive(name, text, isInteger = false) {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0) || value === Infinity || (isInteger && !Number.isSafeInteger(value)))
    misused(`--${name} must be ${isInteger ? 'an integer' : 'a number'} that is not negative, and is ${text}`);
  return value;
}

const given = options();
if (given.help) {
  console.log(HELP);
  process.exit(0);
}
const seed = given.seed === undefined ? Math.floor(Math.random() * 1_000_000) : positive('seed', given.seed, true);
const messages = given.messages === undefined ? undefined : positive('messages', given.messages, true);
const plan =
  messages === undefined
    ? { rounds: Math.max(1, Math.round(positive('minutes', given.minutes) * ROUNDS_PER_MINUTE)), steps: STEPS }
    : { rounds: Math.ceil(messages / SHORT_STEPS) + 1, steps: SHORT_STEPS };

if (given.schedule) {
  const { scheduleLines } = await import('./soak/schedule.mjs');
  const { LANES } = await import('./soak/lanes.mjs');
  for (const line of scheduleLines({ seed, ...plan, lanes: LANES })) console.log(line);
  process.exit(0);
}

ensureBuilt();
const { soak } = await import('./soak/run.mjs');
const { reportText } = await import('./soak/report.mjs');

const stopping = new AbortController();
process.on('SIGINT', () => {
  // Twice: at once.
  if (stopping.signal.aborted) process.exit(130);
  stopping.abort();
});

const say = (/** @type {string} */ text) => given.json || console.error(text);
say(
  `seed ${pc.bold(String(seed))}: ${plan.rounds} rounds of ${plan.steps} steps at most; Ctrl-C ends it with the ledger so far`,
);
const bar =
  given.json || !process.stderr.isTTY
    ? undefined
    : new cliProgress.SingleBar({
        format: `${pc.cyan('{bar}')} {percentage}%  round {round}  {messages} messages  {faults} faults  {connected}/{clients} connected  {wrong}`,
        barCompleteChar: '█',
        barIncompleteChar: '░',
        barsize: 24,
        hideCursor: true,
        clearOnComplete: true,
        gracefulExit: false,
        fps: 8,
      });
bar?.start(messages ?? plan.rounds * plan.steps, 0, {
  round: 1,
  messages: 0,
  faults: 0,
  connected: 0,
  clients: 0,
  wrong: '',
});
let shownRound = -1;
const report = await soak({
  seed,
  ...plan,
  ...(messages !== undefined && { messages }),
  signal: stopping.signal,
  onProgress: ({ round, step, made, delivered, faults, connected, clients, violations }) => {
    bar?.update(messages === undefined ? round * plan.steps + step : Math.min(made, messages), {
      round: round + 1,
      messages: (made + delivered).toLocaleString('en-US'),
      faults,
      connected,
      clients,
      wrong: violations === 0 ? '' : pc.red(`${violations} wrong`),
    });
    if (bar === undefined && round !== shownRound)
      say(`round ${round + 1}: ${made + delivered} messages, ${violations} wrong`);
    shownRound = round;
  },
});
bar?.stop();
console.log(given.json ? JSON.stringify(report, null, 2) : reportText(report));
process.exitCode = report.ok ? 0 : 1;
