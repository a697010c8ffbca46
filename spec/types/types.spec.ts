import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from '../../scripts/manifest.mjs';
import { compile } from './compile.js';

/**
 * Compiles every `*.types.ts` of this folder. Such a file is a spec of types: it uses the library as a user would,
 * states types with `Expect<Equal<…>>`, and marks what must not compile with `// @ts-expect-error why`; a mark
 * over a line that does compile is an error too.
 */
const folder = join(root, 'spec/types');
const files = readdirSync(folder).filter((file) => file.endsWith('.types.ts'));

describe('types', () => {
  const errorsIn = compile(files.map((file) => join(folder, file)));

  it.each(files)('%s', (file) => {
    expect(errorsIn(join(folder, file))).toEqual([]);
  });
});

describe('the runner', () => {
  const errorsOf = (text: string): string[] => {
    const file = join(folder, 'virtual.types.ts');
    return compile([file], new Map([[file, text]]))(file);
  };

  it('reports a type error, a false expectation and a mark that nothing needs, with their lines', () => {
    const errors = errorsOf(`import type { Equal, Expect } from './expect.js';
export const count: number = 'one';
export type Check = Expect<Equal<string, number>>;
// @ts-expect-error this compiles
export const fine: number = 1;
`);
    expect(errors.map((error) => error.slice(0, 7))).toEqual(['line 2:', 'line 3:', 'line 4:']);
  });

  it('reports an import of nothing', () => {
    expect(errorsOf(`import { nothing } from 'rxwamp/nowhere';\nexport { nothing };\n`)).toHaveLength(1);
  });
});
