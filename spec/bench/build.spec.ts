import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { buildText, fingerprintOf, snapshot } from '../../bench/measure/build.mjs';

describe('the build that is measured', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rxwamp-spec-'));
    mkdirSync(join(folder, 'dist/client'), { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"version":"7.8.9"}');
    writeFileSync(join(folder, 'dist/index.js'), 'export {};');
    writeFileSync(join(folder, 'dist/client/a.js'), 'a');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is a copy, which what is built later leaves as it is', () => {
    const { folder: copy, version, fingerprint, commit } = snapshot({ dist: join(folder, 'dist') });
    writeFileSync(join(folder, 'dist/client/a.js'), 'b');
    expect([version, commit]).toStrictEqual(['7.8.9', undefined]);
    expect(fingerprintOf(copy)).toBe(fingerprint);
    expect(fingerprintOf(join(folder, 'dist'))).not.toBe(fingerprint);
    rmSync(join(copy, '..'), { recursive: true });
  });

  it('is known by the names and contents of its files', () => {
    const before = fingerprintOf(join(folder, 'dist'));
    rmSync(join(folder, 'dist/client/a.js'));
    writeFileSync(join(folder, 'dist/client/b.js'), 'a');
    expect(fingerprintOf(join(folder, 'dist'))).not.toBe(before);
  });

  it('is refused where there is none, and of a commit that nobody has', () => {
    expect(() => snapshot({ dist: folder })).toThrow('no build of the library in');
    expect(() => snapshot({ dist: join(folder, 'dist'), commit: 'nobody' })).toThrow('there is no commit nobody here');
  });

  it('is said with what is known of it', () => {
    const build = { version: '1.0.0', commit: '0123456789', isChanged: true, fingerprint: 'abc' };
    expect(buildText(build)).toBe('1.0.0, commit 0123456789 with uncommitted changes (build abc)');
    expect(buildText({ ...build, commit: undefined, isChanged: false })).toBe('1.0.0, commit unknown (build abc)');
  });
});
