import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  conformancePage,
  featureTable,
  judge,
  numbersIn,
  problemsOf,
  readResults,
  replaceBlock,
  summary,
  type Requirement,
} from '../../scripts/conformance/report.mjs';
import { requirements } from '../../scripts/conformance/requirements.mjs';
import { root } from '../../scripts/manifest.mjs';
import { routerRoles } from '../../src/router/announced.js';
import { CLIENT_ROLES } from '../../src/session/client-features.js';

const few: readonly Requirement[] = [
  { id: 'C-1', level: 'MUST', text: 'says hello' },
  { id: 'C-2', level: 'SHOULD', text: 'waves' },
  { id: 'C-3', level: 'MUST', text: 'sings', leftOut: 'no voice yet' },
  { id: 'R-1', level: 'MUST NOT', text: 'shout a|b' },
];

const suite = (file: string, tests: Readonly<Record<string, string>>, status = 'passed') => ({
  name: `/repo/spec/${file}.spec.ts`,
  status,
  assertionResults: Object.entries(tests).map(([fullName, result]) => ({ fullName, status: result })),
});

const { proofs, broken } = readResults(
  {
    testResults: [
      suite('b', { 'hello C-1: once': 'passed', 'hello C-1: twice': 'passed', 'R-1, C-3: quiet': 'passed' }),
      suite('a', { 'C-1: again': 'passed', 'R-1: loud': 'failed', 'C-2: skipped': 'pending', other: 'failed' }),
      suite('c', { 'C-99: beyond': 'passed' }),
      suite('d', {}, 'failed'),
    ],
  },
  '/repo',
);
const rows = judge(few, proofs);

describe('the conformance run', () => {
  it.each([
    ['one', 'handshake C-17: tells', ['C-17']],
    ['a list', 'R-16, R-17 R-4: tells', ['R-16', 'R-17', 'R-4']],
    ['one twice, in describe and it', 'C-1: hello C-1: again', ['C-1']],
    ['what only looks alike', 'AC-1 SR-2 C-0 C-x XC-3-4 c-5 wamp-C-6', []],
  ])('finds in a title %s', (_, title, numbers) => {
    expect(numbersIn(title)).toEqual(numbers);
  });

  it('takes a number to hold when it has specs that ran, and all of them passed', () => {
    expect(rows.map(({ requirement, verdict }) => [requirement.id, verdict])).toEqual([
      ['C-1', 'holds'],
      ['C-2', 'no spec'],
      ['C-3', 'left out'],
      ['R-1', 'fails'],
    ]);
  });

  it('names what keeps it from passing', () => {
    expect(problemsOf(rows, proofs, broken)).toEqual([
      'C-2   SHOULD    no spec  waves',
      'R-1   MUST NOT  fails    a.spec.ts: 1',
      'C-99 is no number, but spec/c.spec.ts names it',
      'spec/d.spec.ts did not run',
    ]);
    const own = proofs.filter(({ id }) => id === 'C-1');
    expect(problemsOf(judge(few.slice(0, 1), own), own, [])).toEqual([]);
  });

  it('counts', () => {
    expect(
      summary(rows)
        .split('\n')
        .map((line) => line.trim().split(/ {2,}/)),
    ).toEqual([
      ['holds', 'left out', 'fails', 'no spec', 'all'],
      ['client', '1', '1', '0', '1', '3'],
      ['router', '0', '0', '1', '0', '1'],
      ['both', '1', '1', '1', '1', '4'],
    ]);
  });

  it('writes a table for each side, with the files in order', () => {
    const page = conformancePage(rows).split('\n');
    expect(page.filter((line) => /^\| [CR]-/.test(line))).toEqual([
      '| C-1 | MUST | says hello | a.spec.ts: 1, b.spec.ts: 2 | yes |',
      '| C-2 | SHOULD | waves |  | **no spec** |',
      '| C-3 | MUST | sings | b.spec.ts: 1 | left out: no voice yet |',
      '| R-1 | MUST NOT | shout a\\|b | a.spec.ts: 1, b.spec.ts: 1 | **no** |',
    ]);
    expect(page.indexOf('## Router')).toBeGreaterThan(page.findIndex((line) => line.startsWith('| C-3')));
  });

  it('knows every number, in order', () => {
    const upTo = (letter: string, last: number) => Array.from({ length: last }, (_, at) => `${letter}-${at + 1}`);
    expect(requirements.map(({ id }) => id)).toEqual([...upTo('C', 42), ...upTo('R', 54)]);
  });

  it('replaces what stands between two marks, and nothing else', () => {
    const text = 'a\n<!-- x -->\nold\n<!-- /x -->\nb';
    const replaced = 'a\n<!-- x -->\n\nnew\n\n<!-- /x -->\nb';
    expect(replaceBlock(text, 'x', 'new')).toBe(replaced);
    expect(replaceBlock(replaced, 'x', 'new')).toBe(replaced);
    for (const bad of ['a', '<!-- x -->', '<!-- /x --><!-- x -->', text + text]) {
      expect(() => replaceBlock(bad, 'x', 'new')).toThrow('no one block');
    }
  });

  it('shows the features of each role, and which of them not every realm has', () => {
    const client = { caller: { features: { call_timeout: true } }, callee: { features: { call_timeout: true } } };
    const always = { dealer: { features: { call_timeout: true } }, broker: { features: {} } };
    const router = { ...always, broker: { features: { event_history: true } } };
    expect(featureTable(client, router, always).split('\n').slice(3)).toEqual([
      '| `call_timeout` |  |  | yes | yes |  | yes |',
      '| `event_history` |  |  |  |  | where kept |  |',
    ]);
  });

  it('shows the feature that stands beside the others', () => {
    const router = { dealer: { features: { call_timeout: true }, reflection: true }, broker: { reflection: true } };
    expect(featureTable({}, router, router).split('\n').slice(3)).toEqual([
      '| `call_timeout` |  |  |  |  |  | yes |',
      '| `reflection` |  |  |  |  | yes | yes |',
    ]);
  });
});

describe('README.md', () => {
  it('lists the features that are announced (npm run conformance writes it)', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const table = featureTable(CLIENT_ROLES, routerRoles(true), routerRoles(false));
    expect(readme).toBe(replaceBlock(readme, 'features', table));
  });
});
