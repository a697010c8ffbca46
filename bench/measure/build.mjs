import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/**
 * Which build of the library is measured.
 *
 * @typedef {object} Build
 * @property {string} version of its package.json
 * @property {string | undefined} commit it was built from; undefined when nobody knows
 * @property {boolean} isChanged whether sources differed from that commit
 * @property {string} fingerprint of all its files
 *
 * @typedef {Build & { folder: string }} Snapshot folder: the copy that is measured
 */

const REPOSITORY = resolve(import.meta.dirname, '../..');
/** What the build is made of. */
const SOURCES = [
  'src',
  'package.json',
  'package-lock.json',
  'rollup.config.mjs',
  'tsconfig.json',
  'tsconfig.build.json',
];
const ATTEMPTS = 20;
const ATTEMPT_MS = 500;

/**
 * Copies a build to the temporary folder, so that whoever builds while it is measured changes nothing. The copy goes when this
 * process does.
 *
 * @param {{ dist?: string | undefined, commit?: string | undefined }} [options] dist: default: that of this repository; commit: where
 * git cannot say from what it was built
 * @returns {Snapshot}
 * @throws {Error} when there is no build, it does not stop changing, or there is no such commit
 */
export function snapshot({ dist = join(REPOSITORY, 'dist'), commit } = {}) {
  const source = resolve(dist);
  if (!existsSync(join(source, 'index.js'))) throw new Error(`no build of the library in ${source}`);
  const known = commit === undefined ? commitOf(dirname(source)) : { commit: checked(commit), isChanged: false };
  const above = mkdtempSync(join(tmpdir(), 'rxwamp-bench-'));
  process.on('exit', () => rmSync(above, { recursive: true, force: true }));
  const folder = join(above, 'dist');
  copyStill(source, folder);
  const beside = existsSync(join(source, '../package.json')) ? dirname(source) : REPOSITORY;
  cpSync(join(beside, 'package.json'), join(above, 'package.json'));
  const modules = join(existsSync(join(source, '../node_modules')) ? dirname(source) : REPOSITORY, 'node_modules');
  symlinkSync(modules, join(above, 'node_modules'), 'junction');
  /** @type {{ version: string }} */
  const { version } = JSON.parse(readFileSync(join(above, 'package.json'), 'utf8'));
  return { version, ...known, fingerprint: fingerprintOf(folder), folder };
}

/** Until nobody has written in the meantime. @param {string} source @param {string} folder */
function copyStill(source, folder) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      rmSync(folder, { recursive: true, force: true });
      const before = fingerprintOf(source);
      cpSync(source, folder, { recursive: true });
      if (before === fingerprintOf(folder) && before === fingerprintOf(source)) return;
    } catch {
      // A file has gone while it was being read.
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ATTEMPT_MS);
  }
  throw new Error(`${source} keeps changing: somebody builds`);
}

/**
 * The same for the same files.
 *
 * @param {string} folder
 * @returns {string}
 */
export function fingerprintOf(folder) {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) {
    const content = readFileSync(file);
    hash.update(`${file.slice(folder.length)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 12);
}

/** @param {string} folder @returns {{ commit: string | undefined, isChanged: boolean }} */
function commitOf(folder) {
  const commit = git(folder, ['rev-parse', '--short=10', 'HEAD']);
  const changes = git(folder, ['status', '--porcelain', '--', ...SOURCES]);
  return { commit, isChanged: changes !== undefined && changes !== '' };
}

/** @param {string} commit @returns {string} */
function checked(commit) {
  const found = git(REPOSITORY, [
    'rev-parse',
    '--short=10',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${commit}^{commit}`,
  ]);
  if (found === undefined) throw new Error(`there is no commit ${commit} here`);
  return found;
}

/** @param {string} cwd @param {readonly string[]} args @returns {string | undefined} undefined where there is no git, or it refuses */
function git(cwd, args) {
  const { status, stdout } = spawnSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return status === 0 ? stdout.trim() : undefined;
}

/** `0.1.0, commit b524b58a7c` @param {Build} build */
export const buildText = ({ version, commit, isChanged, fingerprint }) =>
  `${version}, ${commit === undefined ? 'commit unknown' : `commit ${commit}${isChanged ? ' with uncommitted changes' : ''}`} (build ${fingerprint})`;
