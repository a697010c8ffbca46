import { isBuiltin } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { bundleForBrowser } from '../../scripts/bundle.mjs';
import { entries } from '../../scripts/manifest.mjs';

/** The packages each browser-safe entry brings along, and no other: a bundle holds only what is imported. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  '.': ['rxjs'],
  './operators': ['rxjs'],
  './meta': ['rxjs'],
  './msgpack': ['@msgpack/msgpack'],
  './cbor': ['cborg'],
  './long-poll': ['rxjs'],
  './auth': ['rxjs', '@noble/hashes', '@noble/curves', '@noble/ciphers'],
  './passthru': ['cborg', '@noble/ciphers'],
  './router': ['rxjs', '@noble/hashes', '@noble/curves', '@noble/ciphers'],
  './testing': ['rxjs'],
  './angular': ['rxjs', '@angular/core'],
  './angular/testing': ['rxjs', '@angular/core'],
  './worker': ['rxjs'],
};

/** What a browser cannot load, of the files that went into a bundle. */
const nodeOnly = (inputs: readonly string[]): string[] =>
  inputs.filter(
    (input) =>
      isBuiltin(input) || packageOf(input) === 'ws' || input.endsWith('.node.ts') || /^src\/(.*\/)?node\//.test(input),
  );

const packageOf = (input: string): string | undefined => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1];

/** Files that went into the bundle, and what it would still have to load. */
async function inputsOf(source: string): Promise<string[]> {
  const { metafile } = await bundleForBrowser(source, { external: ['rxwamp', 'rxwamp/*'] });
  const inputs = Object.entries(metafile.inputs);
  const external = inputs.flatMap(([, { imports }]) =>
    imports.filter((entry) => entry.external).map(({ path }) => path),
  );
  return [...inputs.map(([file]) => file), ...external];
}

describe('in a browser bundle', () => {
  it('every entry without node in its path is checked', () => {
    const subpaths = entries.filter((entry) => !entry.nodeOnly).map(({ subpath }) => subpath);
    expect(Object.keys(PACKAGES).sort()).toEqual(subpaths.sort());
  });

  it.each(entries.filter((entry) => !entry.nodeOnly))(
    '$subpath holds nothing of Node, and only its own packages',
    async (entry) => {
      const { subpath, source } = entry;
      const inputs = await inputsOf(source);
      expect(inputs).toContain(source);
      expect(nodeOnly(inputs)).toEqual([]);
      const packages = [...new Set(inputs.map(packageOf))].filter((name) => name !== undefined);
      const allowed = [...(PACKAGES[subpath] ?? []), 'tslib'];
      expect(packages.filter((name) => !allowed.includes(name))).toEqual([]);
    },
  );
});

describe('the check', () => {
  it('sees builtins with and without prefix, ws, and our own files for Node', () => {
    const forbidden = [
      'net',
      'node:tls',
      'node_modules/ws/wrapper.mjs',
      'src/transports/websocket.node.ts',
      'src/node/index.ts',
      'src/router/node/listen.ts',
    ];
    const allowed = ['src/index.ts', 'src/transports/websocket.browser.ts', 'node_modules/rxjs/dist/esm5/index.js'];
    expect(nodeOnly([...allowed, ...forbidden])).toEqual(forbidden);
  });
});
