import { describe, expect, it } from '@jest/globals';
import { forbiddenImports, importCycles, layerCycles, type Layers } from './layer-rules.js';
import { importsOf, readSourceGraph, type SourceGraph } from './source-graph.js';

/**
 * The house: which folder of src/ may import which others, and which packages. A folder always may import
 * itself. Whoever wants a line here changed changes the architecture.
 */
const LAYERS: Layers = {
  protocol: { layers: [], packages: [] },
  serializers: { layers: ['protocol'], packages: ['@msgpack/msgpack', 'cborg'] },
  transports: { layers: ['protocol', 'serializers'], packages: ['rxjs'] },
  operators: { layers: ['protocol'], packages: ['rxjs'] },
  auth: { layers: ['protocol'], packages: ['rxjs', '@noble/hashes', '@noble/curves', '@noble/ciphers'] },
  session: { layers: ['protocol', 'serializers', 'transports', 'auth'], packages: ['rxjs'] },
  client: { layers: ['protocol', 'serializers', 'transports', 'auth', 'session', 'operators'], packages: ['rxjs'] },
  router: { layers: ['protocol', 'serializers', 'transports', 'auth'], packages: ['rxjs'] },
  'router/node': {
    layers: ['protocol', 'serializers', 'transports', 'auth', 'router'],
    packages: ['rxjs'],
    node: true,
  },
  testing: { layers: ['protocol', 'serializers', 'transports'], packages: ['rxjs'] },
  passthru: { layers: ['protocol', 'serializers', 'session'], packages: ['@noble/ciphers'] },
  // Faces: what users import, put together from any layer; nothing imports them.
  '.': { layers: ['*'], packages: ['rxjs'] },
  node: { layers: ['*'], packages: ['rxjs'], node: true },
  worker: { layers: ['*'], packages: ['rxjs'] },
  angular: { layers: ['*'], packages: ['rxjs', '@angular/core', 'rxwamp'] },
  'angular/testing': { layers: ['*'], packages: ['rxjs', '@angular/core', 'rxwamp'] },
  cli: { layers: ['*'], packages: ['rxjs'], node: true },
};

const FACES = ['.', 'node', 'worker', 'angular', 'angular/testing', 'cli'];

describe('the layers of src/', () => {
  const graph = readSourceGraph();

  it('are there', () => {
    expect(graph.size).toBeGreaterThan(0);
  });

  it('import only what their line of the table allows', () => {
    expect(forbiddenImports(graph, LAYERS)).toEqual([]);
  });

  it('hold no two files that import each other, directly or in a circle', () => {
    expect(importCycles(graph)).toEqual([]);
  });

  it('are themselves without circles, and import no face', () => {
    const inner = Object.fromEntries(Object.entries(LAYERS).filter(([name]) => !FACES.includes(name)));
    expect(layerCycles(inner)).toEqual([]);
    for (const { layers } of Object.values(inner)) expect(layers.filter((name) => !(name in inner))).toEqual([]);
  });
});

describe('the checker', () => {
  const graphOf = (sources: Readonly<Record<string, string>>): SourceGraph =>
    new Map(Object.entries(sources).map(([file, text]) => [file, importsOf(file, text)]));
  const problemsOf = (sources: Readonly<Record<string, string>>) => forbiddenImports(graphOf(sources), LAYERS);

  it.each([
    ['an import', `import { call } from '../session/call.js';`],
    ['a type import', `import type { Call } from '../session/call.js';`],
    ['an import for its effect', `import '../session/call.js';`],
    ['a re-export', `export * from '../session/call.js';`],
    ['a re-export of types', `export type { Call } from '../session/call.js';`],
    ['a dynamic import', `export const load = () => import('../session/call.js');`],
    ['a type position', `export type Call = import('../session/call.js').Call;`],
  ])('sees an upward import written as %s', (_, text) => {
    const problems = problemsOf({ 'protocol/message.ts': text, 'session/call.ts': '' });
    expect(problems).toEqual(['protocol/message.ts imports session/call.ts: protocol may not import session']);
  });

  it('accepts a downward import, a neighbour and an allowed package', () => {
    const problems = problemsOf({
      'session/call.ts': `import './caller.js'; import '../protocol/message.js'; import 'rxjs/testing';`,
      'session/caller.ts': '',
      'protocol/message.ts': '',
    });
    expect(problems).toEqual([]);
  });

  it('sees a package that the layer does not have', () => {
    expect(problemsOf({ 'protocol/message.ts': `import 'rxjs';` })).toEqual(['protocol/message.ts imports rxjs']);
    expect(problemsOf({ 'session/call.ts': `import 'rxjs-extra';` })).toEqual(['session/call.ts imports rxjs-extra']);
  });

  it('sees a Node module outside of the files for Node', () => {
    const text = `import 'node:net'; import 'ws';`;
    const problems = problemsOf({
      'transports/tcp.ts': text,
      'transports/tcp.node.ts': text,
      'router/node/listen.ts': text,
      'router/realm.ts': `import 'fs';`,
    });
    expect(problems).toEqual([
      'transports/tcp.ts imports node:net',
      'transports/tcp.ts imports ws',
      'router/realm.ts imports fs',
    ]);
  });

  it('sees a browser-safe file that imports one for Node, and lets #websocket choose', () => {
    const problems = problemsOf({
      'transports/websocket.ts': `import '#websocket';`,
      'transports/dial.ts': `import './websocket.node.js';`,
      'transports/websocket.node.ts': '',
      'transports/websocket.browser.ts': '',
    });
    expect(problems).toEqual(['transports/dial.ts imports transports/websocket.node.ts, which only Node can load']);
  });

  it('sees the router import its own listener', () => {
    const problems = problemsOf({ 'router/index.ts': `export * from './node/index.js';`, 'router/node/index.ts': '' });
    expect(problems).toContain('router/index.ts imports router/node/index.ts: router may not import router/node');
  });

  it('sees a file in no layer, and an import of no file', () => {
    expect(problemsOf({ 'helpers/text.ts': '' })).toEqual(['helpers/text.ts is in no layer']);
    expect(problemsOf({ 'client/client.ts': `import './gone.js';` })).toEqual([
      'client/client.ts imports client/gone.ts, which does not exist',
    ]);
  });

  it('sees circles of files, of any length, once each', () => {
    const graph = graphOf({
      'a.ts': `import './b.js';`,
      'b.ts': `import type { C } from './c.js';`,
      'c.ts': `export * from './a.js'; import './d.js';`,
      'd.ts': `import './d.js';`,
      'e.ts': `import './a.js';`,
    });
    expect(importCycles(graph)).toEqual(['a.ts → b.ts → c.ts → a.ts', 'd.ts → d.ts']);
  });

  it('sees a circle of layers', () => {
    const layers = { up: { layers: ['down'], packages: [] }, down: { layers: ['up'], packages: [] } };
    expect(layerCycles(layers)).toEqual(['up → down → up']);
  });
});
