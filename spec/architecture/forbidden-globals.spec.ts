import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { readSource, sourceFiles } from './source-graph.js';

/** A library is silent, and runs where a Content-Security-Policy forbids code made from text. */
const FORBIDDEN: ReadonlySet<string> = new Set(['console', 'eval', 'Function']);

/** `cli/` is a program: writing to the terminal is its work. */
const isProgram = (file: string): boolean => file.startsWith('cli/');

function forbiddenGlobals(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && FORBIDDEN.has(node.text)) {
      const { line } = source.getLineAndCharacterOfPosition(node.pos);
      found.push(`${file}:${line + 1} ${node.text}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

describe('src/', () => {
  it('never uses console, eval or new Function', () => {
    const files = sourceFiles().filter((file) => !isProgram(file));
    expect(files.flatMap((file) => forbiddenGlobals(file, readSource(file)))).toEqual([]);
  });
});

describe('the checker', () => {
  it.each([
    'console.log(1)',
    'globalThis.console',
    'eval("1")',
    '(0, eval)("1")',
    'new Function("1")',
    'Function("1")',
  ])('sees %s', (text) => {
    expect(forbiddenGlobals('a.ts', text)).toHaveLength(1);
  });

  it('is not misled by comments and strings', () => {
    expect(forbiddenGlobals('a.ts', '// console.log, eval\nexport const text = "new Function";')).toEqual([]);
  });
});
