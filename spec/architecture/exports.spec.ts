import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { allEntries, complete, manifest, root, websocket } from '../../scripts/manifest.mjs';
import { sourceFiles } from './source-graph.js';

describe('the exports of package.json', () => {
  it('each have their source file', () => {
    const missing = allEntries.filter(({ source }) => !existsSync(join(root, source))).map(({ source }) => source);
    if (complete) expect(missing).toEqual([]);
    else if (missing.length > 0) process.stderr.write(`entries not written yet: ${missing.join(', ')}\n`);
  });

  it('name the index.ts of every layer: a layer has one only to be an entry', () => {
    const indexes = sourceFiles().filter((file) => /^([^/]+\/)?index\.ts$/.test(file));
    const exported = allEntries.map(({ name }) => `${name}.ts`);
    expect(indexes.filter((file) => !exported.includes(file))).toEqual([]);
  });

  it.each(allEntries)(
    '$subpath has declarations beside its code, as ES module and as CommonJS',
    ({ subpath, name, nodeOnly }) => {
      const condition = nodeOnly ? 'node' : 'default';
      expect(manifest.exports[subpath]).toEqual({
        import: { types: `./dist/${name}.d.ts`, [condition]: `./dist/${name}.js` },
        require: { types: `./dist/${name}.d.cts`, [condition]: `./dist/${name}.cjs` },
      });
    },
  );

  it.each(allEntries)('$subpath can be loaded outside of Node unless its path says node', ({ subpath, nodeOnly }) => {
    expect(nodeOnly).toBe(subpath.split('/').includes('node'));
  });

  it('are what the compiler takes a self-reference for', () => {
    // The file is read by the compiler's own reader, because JSON has no comments and tsconfig.json may.
    const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => readFileSync(path, 'utf8')) as {
      config: { compilerOptions: { paths: Record<string, string[]> } };
    };
    expect(config.compilerOptions.paths).toEqual({
      '#websocket': [`./src/${websocket.node}.ts`],
      ...Object.fromEntries(allEntries.map(({ subpath, source }) => [`rxwamp${subpath.slice(1)}`, [`./${source}`]])),
    });
  });
});
