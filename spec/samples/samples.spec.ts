import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ensureBuilt } from '../../scripts/ensure-built.mjs';
import { root } from '../../scripts/manifest.mjs';
import './plain-html.js';
import { endAll, run, type Ended } from './run.js';

// Longer than a sample gives itself, so that it tells what did not happen.
jest.setTimeout(180_000);
beforeAll(ensureBuilt, 300_000);

/** Lines that each sample has to write, in whatever order. */
const SAMPLES: Readonly<Record<string, readonly (string | RegExp)[]>> = {
  'topics.mjs': [
    'exact      21 °C',
    'shared     69.8 °F',
    'prefix     com.example.kitchen.door: open',
    'wildcard   com.example.bath.celsius: 24',
    'retained   com.example.bath.celsius: 24, retained: true',
  ],
  'calls.mjs': [
    'value    3.5',
    "kwargs   [ 'Ada', 'Alan' ] { called: 'A' }",
    'error    com.example.error.division_by_zero {"a":1}',
    'timeout  CALL com.example.sleep: no answer within 50 ms',
    'cancel   unsubscribed, so cancelled',
    '         … and its callee stopped',
    'retry    there now',
  ],
  'progressive-results.mjs': [
    'countdown     3',
    'countdown     2',
    'countdown     1',
    'without       1',
    'first two     [ 1000, 999 ]',
    'streamed in   20',
    'streamed out  5',
    'streamed out  15',
    'streamed out  35',
  ],
  'registrations.mjs': [
    'value        is the one argument',
    'payload      several arguments and keywords',
    'promise      of com.example.promise was awaited',
    'observable   each value, is a, progressive result',
    'generator    so is, what is yielded',
    'error        com.example.error.as_it_is: code 7',
    'exception    wamp.error.runtime_error: and no stack trace',
    'signal       aborted',
    'shared       callee 1,callee 2,callee 1,callee 2',
  ],
  'typed-contract.mjs': ['price     2.85', 'ordered   2 × TEA'],
  'reconnecting.mjs': [
    'state    connected',
    'event    is sent at once',
    'outbox   2 wait',
    'gap      what was published meanwhile is lost',
    'event    waited',
    'event    waited, too',
    'state    closed',
  ],
  'encryption.mjs': [
    'ann     com.example.chat noon, at the bridge',
    /^eve {5}com\.example\.chat \d+ bytes that say nothing$/,
    'eve     com.example.public.news all is well',
    'call    at the bridge? (with autumn)',
    'fault   key: EVENT com.example.chat: there is no key "winter"',
    'refused wamp.error.invalid_argument',
    'unsent  PUBLISH com.example.chat: there is no key "autumn"',
  ],
  'collaborative-editing/main.mjs': [
    /^ {3}6 lines, put into one order: /,
    /^ {3}(Ada|Grace) meant ".* \(\w+\)", which is ".*" by now, and changes that$/,
    /^ {3}both are in it: "2 × .*, with seeds"$/,
    /^ {3}killed after version \d+; what they write now waits$/,
    /^ {3}started again: version 17, and [1-6] edits came twice and counted once$/,
    '   she has version 17',
    '   • nuts (Edsger)',
    '4 replicas are equal, and none of 17 edits is lost or doubled.',
  ],
  'microservices/main.mjs': [
    '   9 invoices, e.g. "1 tea, 4 EUR", by north 3, south 3, west 3',
    /^ {3}north refused \d+, and nobody noticed: /,
    /^ {3}"nobody is free" was heard \d+ times, and tried again later: /,
    /^ {3}three callers take what comes: .*wamp\.error\.canceled \(the callee left\)/,
    /^ {3}three repeat what was lost: north \d, west \d$/,
    /^ {3}.*east \d.*; west ended with 0, and no call was lost$/,
  ],
  'iot/main.mjs': [
    '   here: boiler, gate, pump',
    '   boiler 18.0 °C, gate 18.0 °C, pump 18.0 °C',
    '   heater of boiler is 65, lamp of gate is on, speed of pump is 3',
    '   CALL com.example.gate.lamp.set: wamp.error.no_such_procedure',
    /^ {3}4 publications may wait at the boiler, and do; \d+ older ones made room for them$/,
    '   here: boiler, pump',
    '   the newest alarms have come: pressure 4, pressure 5, pressure 6',
    '   heater of boiler is 20, and it cools down',
  ],
  'game-state/main.mjs': [
    '200 frames a second, for 2 s:',
    /^ {3}400 \|[ABC·]{61}\|$/,
    /^ {3}recorder \(everything\) +(\d+) delivered +\1 used +0 dropped$/,
    /^ {3}screen \(the latest\) +\d+ delivered +\d+ used +\d+ dropped$/,
    /^ {3}scoreboard \(latest of each\) +1200 delivered +\d+ used +\d+ dropped$/,
    /^ {3}latecomers began with frame \d+ \(retained\) and frame 400 \(retained\)$/,
    /^The winner is [ABC], and all of them know it\.$/,
  ],
};

/** Samples that have a spec of their own. */
const ELSEWHERE = ['angular', 'plain-html', 'quickstart'];

describe('samples', () => {
  afterEach(endAll);

  it('are all run, here or by a spec of their own', () => {
    const found = readdirSync(join(root, 'samples'), { withFileTypes: true })
      .filter((entry) => !ELSEWHERE.includes(entry.name))
      .flatMap((entry) => {
        if (entry.isDirectory()) return [`${entry.name}/main.mjs`];
        return entry.name.endsWith('.mjs') ? [entry.name] : [];
      });
    expect(found.sort()).toEqual(Object.keys(SAMPLES).sort());
  });

  it.each(readdirSync(join(root, 'samples')).filter((name) => !name.includes('.')))(
    'list %s in their README',
    (folder) => {
      expect(readFileSync(join(root, 'samples/README.md'), 'utf8')).toContain(`(${folder}/`);
    },
  );

  it.each(Object.entries(SAMPLES))('%s ends by itself and shows what it says', async (file, expected) => {
    const { code, lines, stderr } = await run([`samples/${file}`]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const matching = expected.map((line) => (typeof line === 'string' ? line : expect.stringMatching(line)));
    expect(lines).toEqual(expect.arrayContaining(matching));
  });
});

describe('quickstart', () => {
  afterEach(endAll);

  const START = 'scripts/start.mjs';
  let whole: Ended;
  beforeAll(async () => {
    whole = await run([START]);
  }, 180_000);

  const marked = ({ lines }: Ended, mark: string) => lines.filter((line) => line.startsWith(mark));
  const notes = ({ lines }: Ended) => lines.filter((line) => line.startsWith('       ')).map((line) => line.trim());

  it('goes through every step', () => {
    expect({ code: whole.code, stderr: whole.stderr }).toEqual({ code: 0, stderr: '' });
    expect(marked(whole, '✖')).toEqual([]);
    expect(marked(whole, '✔')).toEqual([
      expect.stringMatching(/^✔ {2}1 {2}start the router +ws:\/\/127\.0\.0\.1:\d+\/ws, process \d+$/),
      expect.stringMatching(/^✔ {2}2 {2}subscribe to com\.example\.tick +ticks \d+, \d+, \d+ of process \d+$/),
      '✔  3  call com.example.add             2 + 3 = 5',
      '✔  4  stream com.example.count         40 progressive results',
      expect.stringMatching(/^✔ {2}5 {2}register com\.example\.square +registration \d+$/),
      '✔  6  have it called from there        3² + 4² = 25',
      '✔  7  kill the router                  noticed, and tried again',
      '✔  8  start it again                   joined anew',
      expect.stringMatching(/^✔ {2}9 {2}the subscription goes on +ticks \d+, \d+, \d+ of process \d+$/),
      '✔ 10  the registration is called       3² + 4² = 25',
      '✔ 11  the call can be made again       2 + 3 = 5',
      '✔ 12  say goodbye                      closed',
    ]);
    expect(whole.lines.at(-2)).toMatch(/^All 12 steps done in \d+\.\d s\.$/);
  });

  it('has another router process after the restart', () => {
    const [started, before, after] = marked(whole, '✔').flatMap((line) => /process (\d+)$/.exec(line)?.[1] ?? []);
    expect(before).toBe(started);
    expect(after).toMatch(/^\d+$/);
    expect(after).not.toBe(started);
  });

  it('tells the state of the connection as it changes', () => {
    const states = notes(whole).flatMap((note) => /^[a-z]+/.exec(note)?.[0] ?? []);
    expect(states.slice(0, 6)).toEqual(['idle', 'connecting', 'connected', 'waiting', 'connecting', 'waiting']);
    expect(states.slice(-3)).toEqual(['connecting', 'connected', 'closed']);
    expect(notes(whole)).toContainEqual(expect.stringMatching(/^waiting +\d+ ms after failure 1: connection: .*broke/));
    // Refused, or reset where the port outlives the process by a moment.
    expect(notes(whole)).toContainEqual(
      expect.stringMatching(/^waiting +\d+ ms after failure 2: .*ECONN(REFUSED|RESET)/),
    );
  });

  it('only ever adds lines where there is no terminal', () => {
    expect(notes(whole).filter((note) => note.endsWith('/40'))).toEqual(['10/40', '20/40', '30/40', '40/40']);
    expect(whole.lines.join('')).not.toMatch(/[\u001B\r]/);
  });

  it('ends with 1 and names the step when a procedure is missing', async () => {
    const ended = await run([START, '--without', 'com.example.count']);
    expect(ended.code).toBe(1);
    expect(marked(ended, '✖')).toEqual([
      '✖  4  stream com.example.count         CALL com.example.count: wamp.error.no_such_procedure',
    ]);
    expect(ended.stderr).toContain('Step "stream com.example.count" failed: ');
  });

  it('ends with 1 and names the step when the port is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // Of a server that listens on TCP it is this.
    const { port } = server.address() as AddressInfo;
    try {
      const ended = await run([START, '--port', String(port)]);
      expect(ended.code).toBe(1);
      expect(marked(ended, '✖')).toEqual([
        expect.stringMatching(/^✖ {2}1 {2}start the router .*address already in use/),
      ]);
      expect(ended.stderr).toContain('Step "start the router" failed: ');
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it.each([
    ['SIGINT', { code: 130, signal: null }],
    ['SIGTERM', { code: 143, signal: null }],
    ['SIGKILL', { code: null, signal: 'SIGKILL' }],
  ] as const)('leaves no process behind on %s', async (signal, expected) => {
    // `run` waits for the router as well: see there.
    const ended = await run([START], (stdout, child) => {
      if (stdout.includes('✔  1') && !child.killed) child.kill(signal);
    });
    expect(ended).toMatchObject(expected);
    expect(marked(ended, '✔ 12')).toEqual([]);
  });
});
