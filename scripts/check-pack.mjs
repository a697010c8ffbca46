import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './manifest.mjs';
import { run } from './run.mjs';

/** Packs the built library into a folder of its own and checks that tarball as a user would get it. */
const folder = mkdtempSync(join(tmpdir(), 'rxwamp-pack-'));
try {
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [{ filename, entryCount, size }] = JSON.parse(run('npm', pack, { cwd: root, output: 'return' }));
  console.log(`${filename}: ${entryCount} files, ${size} bytes`);
  run('publint', [join(folder, filename), '--strict']);
  run('attw', [join(folder, filename), '--profile', 'node16', '--ignore-rules', 'cjs-resolves-to-esm']);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
