import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { complete, manifest, root, unwritten } from './manifest.mjs';
import { run } from './run.mjs';

/** Packs the built library into a folder of its own and checks that tarball as a user would get it. */
const folder = mkdtempSync(join(tmpdir(), 'rxwamp-pack-'));
try {
  const cwd = complete ? root : stage(join(folder, 'package'));
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [{ filename, entryCount, size }] = JSON.parse(run('npm', pack, { cwd, output: 'return' }));
  console.log(`${filename}: ${entryCount} files, ${size} bytes`);
  run('publint', [join(folder, filename), '--strict']);
  run('attw', [join(folder, filename), '--profile', 'node16', '--ignore-rules', 'cjs-resolves-to-esm']);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * A copy of the package whose `exports` name only the entries that are already written.
 *
 * @param {string} target
 */
function stage(target) {
  const left = new Set(unwritten.map(({ subpath }) => subpath));
  const kept = Object.entries(manifest.exports).filter(([subpath]) => !left.has(subpath));
  for (const file of ['dist', 'README.md', 'LICENSE']) {
    if (existsSync(join(root, file))) cpSync(join(root, file), join(target, file), { recursive: true });
  }
  const noRoot = left.has('.') && { main: undefined, module: undefined, types: undefined };
  const staged = { ...manifest, ...noRoot, exports: Object.fromEntries(kept) };
  writeFileSync(join(target, 'package.json'), JSON.stringify(staged));
  return target;
}
