import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Store } from '../../bench/measure/store.mjs';
import { dimensionOf } from './results.js';

describe('what the benchmark stores', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rxwamp-spec-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is nothing before the first run', () => {
    expect(new Store(join(folder, 'none'), 'full').read()).toStrictEqual([]);
  });

  it('is there for the next run, each mode for itself', () => {
    const events = dimensionOf('events', []);
    new Store(join(folder, 'deep/results'), 'full').put(events);
    expect(new Store(join(folder, 'deep/results'), 'full').read()).toStrictEqual([events]);
    expect(new Store(join(folder, 'deep/results'), 'quick').read()).toStrictEqual([]);
  });

  it('has each dimension once, as it was measured last, and nothing else is left in the folder', () => {
    const store = new Store(folder, 'full');
    store.put(dimensionOf('events', [], { rounds: 2 }));
    store.put(dimensionOf('calls', []));
    store.put(dimensionOf('events', [], { rounds: 3 }));
    expect(store.read().map(({ id, rounds }) => [id, rounds])).toStrictEqual([
      ['calls', 3],
      ['events', 3],
    ]);
    expect(readdirSync(folder)).toStrictEqual(['full.jsonl']);
  });

  it('survives a line that was cut off, and leaves out what another version has stored', () => {
    const store = new Store(folder, 'full');
    store.put(dimensionOf('events', []));
    const file = join(folder, 'full.jsonl');
    const foreign = JSON.stringify({ format: 0, dimension: dimensionOf('heap', []) });
    writeFileSync(file, `${foreign}\n${readFileSync(file, 'utf8')}`);
    appendFileSync(file, '{"format":1,"dimension":{"id":"calls"');
    expect(store.read().map(({ id }) => id)).toStrictEqual(['events']);
  });

  it('is not taken for empty when it cannot be read', () => {
    writeFileSync(join(folder, 'results'), '');
    expect(() => new Store(join(folder, 'results'), 'full').read()).toThrow('ENOTDIR');
  });
});
