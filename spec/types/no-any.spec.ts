import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import ts from 'typescript';
import { entries, root } from '../../scripts/manifest.mjs';
import { declarations } from './compile.js';

/** Where a declaration says `any`, written by hand or inferred. */
function anysIn(file: ts.SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) found.push(`${file.fileName}: ${node.parent.getText(file)}`);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

// Outside the specs, as it takes longer than one may.
const files = declarations(entries.map(({ source }) => join(root, source)));

it('no declaration of any entry point says any', () => {
  expect(files.length).toBeGreaterThan(100);
  expect(files.flatMap(anysIn)).toEqual([]);
});

it('finds one that is written and one that is inferred', () => {
  const file = join(root, 'spec/types/virtual.ts');
  const text = `export const parse = (text: string) => JSON.parse(text);\nexport type Loose = readonly any[];\n`;
  const anys = declarations([file], new Map([[file, text]])).flatMap(anysIn);
  expect(anys.map((any) => any.slice(any.indexOf(': ') + 2))).toEqual(['(text: string) => any', 'any[]']);
});
