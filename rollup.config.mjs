import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, relative } from 'node:path';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import dts from 'rollup-plugin-dts';
import { entries, esmOutputs, manifest, outputs, root, websocket } from './scripts/manifest.mjs';

/**
 * tsc has written build/; this packs it into dist/ as ES modules and CommonJS, with declarations for both.
 *
 * Packages that exist as ES modules only are bundled into the entries that use them: left outside, they
 * could not be loaded by a CommonJS user (jest with ts-jest, first of all).
 */
const bundled = /^(@noble\/|cborg$|cborg\/)/;
const declared = new Set([...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)]);

/** @param {string} name @param {string} extension */
const emitted = (name, extension) => join(root, 'build', `${name}.${extension}`);

/** @param {readonly string[]} inputs @param {string} extension */
const input = (inputs, extension) => Object.fromEntries(inputs.map((name) => [name, emitted(name, extension)]));

/** @param {string} id */
const isPackage = (id) => !id.startsWith('.') && !id.startsWith('/') && !id.startsWith('#');

/**
 * Lets the source maps in dist/ lead to the TypeScript sources, through those that tsc wrote.
 *
 * @type {import('rollup').Plugin}
 */
const typescriptMaps = {
  name: 'typescript-maps',
  load(id) {
    if (!id.startsWith(join(root, 'build'))) return null;
    return { code: readFileSync(id, 'utf8'), map: readFileSync(`${id}.map`, 'utf8') };
  },
};

/**
 * Both sides of `#websocket` declare the same; declarations take the browser's, so that none of them needs
 * a resolver that knows `imports`.
 *
 * @type {import('rollup').Plugin}
 */
const websocketTypes = {
  name: 'websocket-types',
  resolveId: (id) => (id === '#websocket' ? emitted(websocket.browser, 'd.ts') : null),
};

/**
 * Fails the build when its output needs a package that installing rxwamp does not bring.
 *
 * @type {import('rollup').Plugin}
 */
const declaredOnly = {
  name: 'declared-only',
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk') continue;
      for (const id of [...chunk.imports, ...chunk.dynamicImports]) {
        if (id in bundle || !isPackage(id) || isBuiltin(id)) continue;
        const name = id.split('/', id.startsWith('@') ? 2 : 1).join('/');
        if (name === manifest.name) continue;
        if (!declared.has(name)) this.error(`${chunk.fileName} imports ${id}, which package.json does not declare`);
      }
    }
  },
};

/**
 * Writes dist/THIRD-PARTY-LICENSES.txt: the licence of every package whose code is inside the output.
 *
 * @type {import('rollup').Plugin}
 */
const thirdPartyLicenses = {
  name: 'third-party-licenses',
  generateBundle(_, bundle) {
    /** @type {Set<string>} */
    const folders = new Set();
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk') continue;
      for (const [id, { renderedLength }] of Object.entries(chunk.modules)) {
        const folder = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.replaceAll('\\', '/'))?.[0];
        if (folder !== undefined && renderedLength > 0) folders.add(folder);
      }
    }
    const sections = [...folders].sort().map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.(md|txt))?$/i.test(entry));
      if (file === undefined) return this.error(`${relative(root, folder)} holds no licence text`);
      return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
    });
    if (sections.length === 0) return;
    const head = 'Some files of rxwamp contain code of the packages below.\n';
    this.emitFile({
      type: 'asset',
      fileName: 'THIRD-PARTY-LICENSES.txt',
      source: [head, ...sections].join(`\n${'-'.repeat(80)}\n\n`),
    });
  },
};

/**
 * @param {'es' | 'cjs'} format
 * @param {string} extension
 * @returns {import('rollup').OutputOptions}
 */
const output = (format, extension) => ({
  dir: 'dist',
  format,
  entryFileNames: `[name].${extension}`,
  chunkFileNames: `chunks/[name]-[hash].${extension}`,
  sourcemap: !extension.startsWith('d.'),
});

rmSync(join(root, 'dist'), { recursive: true, force: true });

export default /** @type {import('rollup').RollupOptions[]} */ ([
  {
    input: input(outputs, 'js'),
    external: (id) => !bundled.test(id) && (isPackage(id) || id.startsWith('#')),
    plugins: [typescriptMaps, nodeResolve(), declaredOnly],
    output: [{ ...output('es', 'js'), plugins: [thirdPartyLicenses] }, output('cjs', 'cjs')],
  },
  {
    input: input(
      entries.filter(({ esmOnly }) => !esmOnly).map(({ name }) => name),
      'd.ts',
    ),
    external: isPackage,
    plugins: [websocketTypes, dts(), declaredOnly],
    output: [output('es', 'd.ts'), output('es', 'd.cts')],
  },
  // Angular is an ES module alone, and so is what imports it; `.mjs` is what every tool takes for one. The rest of rxwamp
  // stays outside, as the application has it once.
  {
    input: input(esmOutputs, 'js'),
    external: isPackage,
    plugins: [typescriptMaps, declaredOnly],
    output: output('es', 'mjs'),
  },
  {
    input: input(esmOutputs, 'd.ts'),
    external: isPackage,
    plugins: [dts(), declaredOnly],
    output: output('es', 'd.mts'),
  },
]);
