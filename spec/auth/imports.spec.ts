import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const AUTH = join(process.cwd(), 'src', 'auth');

/** All modules that a file pulls in at run time, itself included; packages by name, files relative to src/auth. */
function graphOf(entry: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    const name = relative(AUTH, file);
    if (seen.has(name)) return;
    seen.add(name);
    const source = readFileSync(file, 'utf8');
    for (const [, specifier = ''] of source.matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)';/gms)) {
      if (specifier.startsWith('.')) visit(join(dirname(file), specifier.replace(/\.js$/, '.ts')));
      else seen.add(specifier);
    }
  };
  visit(join(AUTH, entry));
  return seen;
}

const isCryptography = (name: string): boolean => name.startsWith('@noble/') || name.startsWith('crypto/');

describe('what a bundle holds', () => {
  it.each(['anonymous.ts', 'ticket.ts', 'cookie.ts', 'tls.ts'])('no cryptography with %s', (entry) => {
    expect([...graphOf(entry)].filter(isCryptography)).toEqual([]);
  });

  it('no elliptic curve and no Argon2 with wampcra', () => {
    expect([...graphOf('wampcra.ts')].filter((name) => /curves|argon2/.test(name))).toEqual([]);
  });

  it('no elliptic curve with scram, no key derivation with cryptosign', () => {
    expect([...graphOf('scram.ts')].filter((name) => name.includes('curves'))).toEqual([]);
    expect([...graphOf('cryptosign.ts')].filter((name) => /argon2|pbkdf2/.test(name))).toEqual([]);
  });

  it('nothing of the router with the client’s half', () => {
    expect([...graphOf('index.ts')].filter((name) => name.startsWith('router/'))).toEqual([]);
  });

  it('nothing of any other layer but the protocol, nothing of Node, and no package but RxJS and noble', () => {
    const names = new Set([...graphOf('index.ts'), ...graphOf('router/index.ts')]);
    expect(names.size).toBeGreaterThan(30);
    for (const name of names) {
      expect(name).toMatch(
        /^(?:rxjs$|@noble\/(?:hashes|curves)\/|\.\.\/protocol\/|(?:router|crypto|math)\/[^/]+\.ts$|[a-z-]+\.ts$)/,
      );
    }
  });
});
