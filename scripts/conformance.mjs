import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleForBrowser } from './bundle.mjs';
import {
  conformancePage,
  featureTable,
  judge,
  problemsOf,
  readResults,
  replaceBlock,
  summary,
} from './conformance/report.mjs';
import { requirements } from './conformance/requirements.mjs';
import { root } from './manifest.mjs';
import { run } from './run.mjs';

/**
 * Runs the specs, or reads what `jest --json` wrote with `--results FILE`; writes docs/conformance.md and the table of
 * features in README.md; fails when a number that is not left out has no spec or a failing one.
 */
const { values } = parseArgs({ options: { results: { type: 'string' } } });

/** @type {import('./conformance/report.mjs').JestResults} */
const results = JSON.parse(values.results === undefined ? runSpecs() : readFileSync(values.results, 'utf8'));
const { proofs, broken } = readResults(results, root);
const rows = judge(requirements, proofs);
mkdirSync(join(root, 'docs'), { recursive: true });
writeFileSync(join(root, 'docs/conformance.md'), conformancePage(rows));

const clientRoles = await load('src/session/client-features.ts', 'CLIENT_ROLES');
const routerRoles = await load('src/router/announced.ts', 'routerRoles');
const readme = join(root, 'README.md');
const features = featureTable(clientRoles, routerRoles(true), routerRoles(false));
writeFileSync(readme, replaceBlock(readFileSync(readme, 'utf8'), 'features', features));

const problems = problemsOf(rows, proofs, broken);
console.log([summary(rows), '', ...problems].join('\n').trimEnd());
if (problems.length > 0) process.exitCode = 1;

/** @returns what jest wrote, as JSON */
function runSpecs() {
  const folder = mkdtempSync(join(tmpdir(), 'rxwamp-conformance-'));
  const file = join(folder, 'jest.json');
  try {
    run('npm', ['test', '--silent', '--', '--json', `--outputFile=${file}`]);
    return readFileSync(file, 'utf8');
  } catch (error) {
    // Jest fails when any test does; which numbers that concerns stands in what it wrote.
    if (!existsSync(file)) throw error;
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * An export of a source file, which Node cannot load as it is.
 *
 * @param {string} source
 * @param {string} name
 */
async function load(source, name) {
  const { outputFiles } = await bundleForBrowser(source, { names: [name] });
  const code = outputFiles.map(({ text }) => text).join('');
  return (await import(`data:text/javascript,${encodeURIComponent(code)}`))[name];
}
