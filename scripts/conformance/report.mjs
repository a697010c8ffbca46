import { relative } from 'node:path';

/**
 * What the conformance run makes of a test run: which numbers hold, and how to show it. Pure functions.
 *
 * @typedef {object} Requirement
 * @property {string} id       `C-17`, `R-31`
 * @property {'MUST' | 'MUST NOT' | 'SHOULD'} level
 * @property {string} text
 * @property {string} [leftOut]  why it is left out on purpose
 *
 * @typedef {object} JestResults  what `jest --json` writes, as far as it is read here
 * @property {readonly {
 *   name: string, status: string, assertionResults: readonly { fullName: string, status: string }[]
 * }[]} testResults
 *
 * @typedef {{ id: string, file: string, passed: boolean }} Proof  a test that ran and names a number
 *
 * @typedef {'holds' | 'left out' | 'fails' | 'no spec'} Verdict
 * @typedef {{ requirement: Requirement, proofs: readonly Proof[], verdict: Verdict }} Row
 *
 * @typedef {import('../../src/protocol/features.js').Roles} Roles
 */

/** @type {readonly Verdict[]} */
const VERDICTS = ['holds', 'left out', 'fails', 'no spec'];

/**
 * The numbers a test's title names, each once: `R-16, R-17: …` names two.
 *
 * @param {string} title
 */
export const numbersIn = (title) => [...new Set(title.match(/(?<![\w-])[CR]-[1-9]\d*(?![\w-])/g) ?? [])];

/**
 * @param {JestResults} results
 * @param {string} root the folder that the paths of files are given from
 * @returns the tests that name a number, but for skipped ones, which prove nothing; and the files that did not even run
 */
export function readResults({ testResults }, root) {
  /** @type {Proof[]} */
  const proofs = [];
  /** @type {string[]} */
  const broken = [];
  for (const { name, status, assertionResults } of testResults) {
    const file = relative(root, name).replaceAll('\\', '/');
    if (status === 'failed' && assertionResults.length === 0) broken.push(file);
    for (const test of assertionResults) {
      if (test.status !== 'passed' && test.status !== 'failed') continue;
      for (const id of numbersIn(test.fullName)) proofs.push({ id, file, passed: test.status === 'passed' });
    }
  }
  return { proofs, broken: broken.sort() };
}

/**
 * @param {readonly Requirement[]} requirements
 * @param {readonly Proof[]} proofs
 * @returns {Row[]} in the order of the requirements
 */
export function judge(requirements, proofs) {
  return requirements.map((requirement) => {
    const own = proofs.filter(({ id }) => id === requirement.id);
    return { requirement, proofs: own, verdict: verdictOn(requirement, own) };
  });
}

/**
 * @param {Requirement} requirement
 * @param {readonly Proof[]} proofs
 * @returns {Verdict}
 */
function verdictOn({ leftOut }, proofs) {
  if (leftOut !== undefined) return 'left out';
  if (proofs.length === 0) return 'no spec';
  return proofs.every(({ passed }) => passed) ? 'holds' : 'fails';
}

/**
 * Why the run does not pass, a line each: numbers that do not hold, numbers that do not exist, files that did not run.
 *
 * @param {readonly Row[]} rows
 * @param {readonly Proof[]} proofs
 * @param {readonly string[]} broken
 */
export function problemsOf(rows, proofs, broken) {
  const known = new Set(rows.map(({ requirement }) => requirement.id));
  return [
    ...rows
      .filter(({ verdict }) => verdict === 'fails' || verdict === 'no spec')
      .map(({ requirement: { id, level, text }, verdict, proofs: own }) => {
        const failing = inFiles(own.filter(({ passed }) => !passed));
        return `${id.padEnd(5)} ${level.padEnd(9)} ${verdict.padEnd(8)} ${failing === '' ? text : failing}`;
      }),
    ...sorted(
      proofs.filter(({ id }) => !known.has(id)).map(({ id, file }) => `${id} is no number, but ${file} names it`),
    ),
    ...broken.map((file) => `${file} did not run`),
  ];
}

/**
 * How many numbers there are of each kind, as text in columns.
 *
 * @param {readonly Row[]} rows
 */
export function summary(rows) {
  const line = (/** @type {readonly (string | number)[]} */ [label = '', ...cells]) =>
    [String(label).padEnd(6), ...cells.map((cell) => String(cell).padStart(8))].join('  ');
  const counted = (/** @type {string} */ label, /** @type {readonly Row[]} */ some) =>
    line([label, ...VERDICTS.map((verdict) => some.filter((row) => row.verdict === verdict).length), some.length]);
  return [
    line(['', ...VERDICTS, 'all']),
    counted('client', rows.filter(isClients)),
    counted(
      'router',
      rows.filter((row) => !isClients(row)),
    ),
    counted('both', rows),
  ].join('\n');
}

/**
 * docs/conformance.md
 *
 * @param {readonly Row[]} rows
 */
export function conformancePage(rows) {
  return `# Conformance

Written by \`npm run conformance\`: what the WAMP specification asks of a client (C) and of a router (R), and the specs that
prove it, which name the number in their titles. A file stands with how many of its tests do; paths begin in \`spec/\`.

## Client

${rowTable(rows.filter(isClients))}

## Router

${rowTable(rows.filter((row) => !isClients(row)))}
`;
}

/** @param {readonly Row[]} rows */
const rowTable = (rows) =>
  table(
    ['number', 'level', 'requirement', 'specs', 'holds'],
    rows.map(({ requirement: { id, level, text, leftOut }, proofs, verdict }) => {
      const shown = { holds: 'yes', 'left out': `left out: ${leftOut}`, fails: '**no**', 'no spec': '**no spec**' };
      return [id, level, text, inFiles(proofs), shown[verdict]];
    }),
  );

/**
 * The features that client and router announce, by role.
 *
 * @param {Roles} client
 * @param {Roles} router
 * @param {Roles} always what the router announces in every realm
 */
export function featureTable(client, router, always) {
  /** @type {readonly (keyof Roles)[]} */
  const roles = ['publisher', 'subscriber', 'caller', 'callee', 'broker', 'dealer'];
  /** What a role announces; one feature stands beside the others. */
  const of = (/** @type {Roles[keyof Roles]} */ announced) => [
    ...Object.keys(announced?.features ?? {}).filter((feature) => announced?.features?.[feature] === true),
    ...(announced?.reflection === true ? ['reflection'] : []),
  ];
  const cell = (/** @type {keyof Roles} */ role, /** @type {string} */ feature) => {
    if (of(client[role]).includes(feature) || of(always[role]).includes(feature)) return 'yes';
    return of(router[role]).includes(feature) ? 'where kept' : '';
  };
  const features = [client, router].flatMap((side) => roles.flatMap((role) => of(side[role])));
  return table(
    ['feature', ...roles],
    sorted(features).map((feature) => [`\`${feature}\``, ...roles.map((role) => cell(role, feature))]),
  );
}

/**
 * The text with what stands between `<!-- name -->` and `<!-- /name -->` replaced.
 *
 * @param {string} text
 * @param {string} name
 * @param {string} body
 * @throws {Error} when the text has not got exactly these two marks
 */
export function replaceBlock(text, name, body) {
  const [before, old, ...rest] = text.split(`<!-- ${name} -->`);
  const [, after, ...more] = (old ?? '').split(`<!-- /${name} -->`);
  if (before === undefined || after === undefined || rest.length > 0 || more.length > 0) {
    throw new Error(`no one block between <!-- ${name} --> and <!-- /${name} -->`);
  }
  return `${before}<!-- ${name} -->\n\n${body}\n\n<!-- /${name} -->${after}`;
}

/** @param {Row} row */
const isClients = ({ requirement: { id } }) => id.startsWith('C');

/**
 * `router/closing.spec.ts: 3, …`
 *
 * @param {readonly Proof[]} proofs
 */
const inFiles = (proofs) =>
  sorted(proofs.map(({ file }) => file))
    .map((file) => `${file.replace(/^spec\//, '')}: ${proofs.filter((proof) => proof.file === file).length}`)
    .join(', ');

/**
 * Each once, sorted.
 *
 * @param {readonly string[]} texts
 */
const sorted = (texts) => [...new Set(texts)].sort();

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
