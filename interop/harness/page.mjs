import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUGS } from '../bugs.mjs';
import { interop } from './config.mjs';

/**
 * Writes docs/interop.md: what works with which peer.
 *
 * @typedef {import('./ledger.mjs').Ledger} Ledger
 * @typedef {import('./ledger.mjs').Result} Result
 *
 * @param {Ledger} ledger
 * @returns {string} where
 */
export function writePage(ledger) {
  const folder = join(interop, '../docs');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'interop.md'), page(ledger));
  return 'docs/interop.md';
}

/** What the marks in the tables mean. @type {Readonly<Record<import('./ledger.mjs').Outcome, string>>} */
const MARKS = { works: 'yes', fails: '**no**', peer: 'bug', absent: '–' };

/** @param {Ledger} ledger */
const page = (ledger) => `# Interoperability

Written by \`npm run interop\`, which puts programs nobody here wrote on the other end of the wire: rxwamp's client against
routers people run, and rxwamp's router under clients people run. What is on the other end it installs and starts itself.

${table(
  ['mark', ''],
  [
    ['yes', 'works'],
    ['–', 'the peer has no such thing, or does not announce it'],
    ['bug', "does not work because of a bug of the peer's, listed [below](#bugs-of-peers)"],
    ['**no**', 'does not work'],
  ],
)}

## Who was there

${table(
  ['peer', 'version', 'from', 'checks that work'],
  [...ledger.peers.values()].map(({ name, version, from, missing }) => {
    const own = ledger.results.filter((result) => result.peer === name);
    const works = own.filter(({ outcome }) => outcome === 'works').length;
    const stood = missing === undefined ? `${works} of ${own.length}` : `did not run: ${missing.split('\n')[0] ?? ''}`;
    return [name, version ?? '', from ?? '', stood];
  }),
)}

A check is one feature with one peer in one serializer.

## Our client against routers

Two clients of ours meet at the router. A column is a serializer over WebSocket unless it names another transport.

${sections(ledger, 'client')}
## A cluster

Two Crossbar.io nodes, joined by a router-to-router link (\`rlinks\`), with a client of ours on each. The configuration is
\`interop/config/crossbar-cluster.json\`. A client that was written for one router needs one change: it is given the URLs of
all nodes, and goes on at the next one when its own dies.

\`\`\`ts
const wamp = new WampClient({ url: ['wss://a.example.com/ws', 'wss://b.example.com/ws'], realm: 'realm1' });
\`\`\`

${sections(ledger, 'cluster')}
## Our router under clients

Two sessions of the foreign client and a client of ours meet at the router.

${sections(ledger, 'router')}
## Bugs of peers

${BUGS.map(({ peer, version, what, see }) => `- **${peer} ${version}.** ${what}\n  _To see it:_ ${see}`).join('\n')}
`;

/**
 * One table for each peer.
 *
 * @param {Ledger} ledger
 * @param {import('./ledger.mjs').Side} side
 */
function sections(ledger, side) {
  const own = ledger.results.filter((result) => result.side === side);
  return unique(own.map(({ peer }) => peer))
    .map((peer) => {
      const results = own.filter((result) => result.peer === peer);
      const columns = unique(results.map(({ column }) => column));
      const rows = unique(results.map(({ group, feature }) => `${group}\n${feature}`)).map((key) => {
        const [group = '', feature = ''] = key.split('\n');
        const cells = columns.map((column) => {
          const found = results.find(
            (result) => result.column === column && result.group === group && result.feature === feature,
          );
          return found === undefined ? '' : MARKS[found.outcome];
        });
        return [group, feature, ...cells];
      });
      const version = ledger.peers.get(peer)?.version;
      return `### ${peer}${version === undefined ? '' : ` ${version}`}\n\n${table(['', 'feature', ...columns], rows)}\n`;
    })
    .join('\n');
}

/** @param {readonly string[]} texts */
const unique = (texts) => [...new Set(texts)];

/**
 * A Markdown table, which Prettier would fill with blanks.
 *
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
function table(head, rows) {
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return ['<!-- prettier-ignore -->', line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
