import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path/posix';
import ts from 'typescript';
import { root, websocket } from '../../scripts/manifest.mjs';

/** The files of src/ by their path under it (`session/caller.ts`), each with what it imports. */
export type SourceGraph = ReadonlyMap<string, readonly Import[]>;

/** One import, of a file under src/ or of something outside of it. */
export type Import = { readonly file: string; readonly viaWebsocket?: true } | { readonly package: string };

/** Reads all of src/. */
export function readSourceGraph(): SourceGraph {
  return new Map(sourceFiles().map((file) => [file, importsOf(file, readSource(file))]));
}

/** Paths under src/ of every TypeScript file in it, `/` between folders on every system. */
export function sourceFiles(): string[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts'))
    .sort();
}

export function readSource(file: string): string {
  return readFileSync(join(root, 'src', file), 'utf8');
}

/** Everything a source text imports: with `import`, `import type`, `export … from`, `import()` and in type positions. */
export function importsOf(file: string, text: string): Import[] {
  const specifiers = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
  return [...new Set(specifiers)].flatMap((specifier): Import[] => {
    if (specifier === '#websocket') {
      return [websocket.browser, websocket.node].map((name) => ({ file: `${name}.ts`, viaWebsocket: true }));
    }
    if (!specifier.startsWith('.')) return [{ package: specifier }];
    return [{ file: join(file, '..', specifier).replace(/\.js$/, '.ts') }];
  });
}
