import { isBuiltin } from 'node:module';
import type { SourceGraph } from './source-graph.js';

/** What the files of one folder of src/ may import beside each other. */
export interface Layer {
  /** Other layers, or `*` for all of them. */
  readonly layers: readonly string[];
  /** Packages from npm, with all their subpaths. */
  readonly packages: readonly string[];
  /** `node:*` and `ws` are allowed in every file; elsewhere only in files named `*.node.ts`. */
  readonly node?: true;
}

/** Layers by folder; the longest folder that holds a file decides. Files right in src/ are in `.`. */
export type Layers = Readonly<Record<string, Layer>>;

const isNode = (name: string): boolean => isBuiltin(name) || name === 'ws';

/** Every import that the layers forbid, as a sentence each. */
export function forbiddenImports(graph: SourceGraph, layers: Layers): string[] {
  const problems: string[] = [];
  for (const [file, imports] of graph) {
    const folder = layerOf(file, layers);
    const layer = folder === undefined ? undefined : layers[folder];
    if (layer === undefined) {
      problems.push(`${file} is in no layer`);
      continue;
    }
    const nodeOnly = isNodeOnly(file, layers);
    for (const imported of imports) {
      if ('package' in imported) {
        const allowed = isNode(imported.package) ? nodeOnly : isOneOf(imported.package, layer.packages);
        if (!allowed) problems.push(`${file} imports ${imported.package}`);
        continue;
      }
      if (!graph.has(imported.file)) {
        problems.push(`${file} imports ${imported.file}, which does not exist`);
        continue;
      }
      const other = layerOf(imported.file, layers);
      if (other !== folder && !layer.layers.includes('*') && !layer.layers.includes(other ?? '')) {
        problems.push(`${file} imports ${imported.file}: ${folder ?? ''} may not import ${other ?? ''}`);
      }
      if (!nodeOnly && imported.viaWebsocket === undefined && isNodeOnly(imported.file, layers)) {
        problems.push(`${file} imports ${imported.file}, which only Node can load`);
      }
    }
  }
  return problems;
}

/** Every circle of files that import each other, each written once: `a.ts → b.ts → a.ts`. */
export function importCycles(graph: SourceGraph): string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    if (path.includes(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const imported of graph.get(file) ?? []) {
      if ('file' in imported) visit(imported.file);
    }
    path.pop();
    done.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return cycles;
}

/** Every circle in the table itself, which would let layers import each other both ways. */
export function layerCycles(layers: Layers): string[] {
  const edges = Object.entries(layers).map(
    ([name, layer]) => [name, layer.layers.map((other) => ({ file: other }))] as const,
  );
  return importCycles(new Map(edges));
}

function layerOf(file: string, layers: Layers): string | undefined {
  const folders = file.split('/').slice(0, -1);
  if (folders.length === 0) return '.';
  for (let depth = folders.length; depth > 0; depth--) {
    const folder = folders.slice(0, depth).join('/');
    if (folder in layers) return folder;
  }
  return undefined;
}

function isNodeOnly(file: string, layers: Layers): boolean {
  const layer = layers[layerOf(file, layers) ?? ''];
  return file.endsWith('.node.ts') || layer?.node === true;
}

function isOneOf(specifier: string, packages: readonly string[]): boolean {
  return packages.some((name) => specifier === name || specifier.startsWith(`${name}/`));
}
