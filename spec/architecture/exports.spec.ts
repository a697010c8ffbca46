import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { entries, manifest, root, websocket } from '../../scripts/manifest.mjs';
import { sourceFiles } from './source-graph.js';

describe('the exports of package.json', () => {
  it('each have their source file', () => {
    const missing = entries.filter(({ source }) => !existsSync(join(root, source))).map(({ source }) => source);
    expect(missing).toEqual([]);
  });

  it('name the index.ts of every layer: a layer has one only to be an entry', () => {
    const indexes = sourceFiles().filter((file) => /^([^/]+\/)?index\.ts$/.test(file));
    const exported = entries.map(({ name }) => `${name}.ts`);
    expect(indexes.filter((file) => !exported.includes(file))).toEqual([]);
  });

  it.each(entries)(
    '$subpath has declarations beside its code, as ES module and, but for Angular, as CommonJS',
    ({ subpath, name, nodeOnly, esmOnly }) => {
      const condition = nodeOnly ? 'node' : 'default';
      if (esmOnly) {
        // What imports Angular is an ES module alone, as Angular is; `.mjs` is what every tool takes for one.
        expect(subpath.split('/')[1]).toBe('angular');
        expect(manifest.exports[subpath]).toEqual({
          types: `./dist/${name}.d.mts`,
          [condition]: `./dist/${name}.mjs`,
        });
        return;
      }
      expect(manifest.exports[subpath]).toEqual({
        import: { types: `./dist/${name}.d.ts`, [condition]: `./dist/${name}.js` },
        require: { types: `./dist/${name}.d.cts`, [condition]: `./dist/${name}.cjs` },
      });
    },
  );

  it.each(entries)('$subpath can be loaded outside of Node unless its path says node', ({ subpath, nodeOnly }) => {
    expect(nodeOnly).toBe(subpath.split('/').includes('node'));
  });

  it('are what the compiler takes a self-reference for', () => {
    // The file is read by the compiler's own reader, because JSON has no comments and tsconfig.json may.
    const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => readFileSync(path, 'utf8')) as {
      config: { compilerOptions: { paths: Record<string, string[]> } };
    };
    expect(config.compilerOptions.paths).toEqual({
      '#websocket': [`./src/${websocket.node}.ts`],
      ...Object.fromEntries(entries.map(({ subpath, source }) => [`rxwamp${subpath.slice(1)}`, [`./${source}`]])),
    });
  });
});
