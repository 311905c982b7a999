import { describe, expect, it } from 'vitest';
import { impurities } from './purity.ts';
import { readSourceFiles } from './source-file.ts';

const path = 'packages/domain/src/a.ts';

describe('purity of the domain', () => {
  it('holds in every source file', () => {
    expect(readSourceFiles().flatMap(impurities)).toEqual([]);
  });

  it.each([
    ['const at = Date.now();', 'Date'],
    ['const at = new Date();', 'Date'],
    ['const pick = Math.random();', 'Math.random'],
    ['const id = crypto.randomUUID();', 'crypto'],
    ['const started = performance.now();', 'performance'],
    ["const home = process.env['HOME'];", 'process'],
    ["console.log('x');", 'console'],
    ["const order = 'a'.localeCompare('b');", 'localeCompare'],
    ['const here = import.meta.url;', 'import.meta'],
    ['await later;', 'await'],
    ['const clock = { now: Date };', 'Date'],
  ])('refuses %s', (text, name) => {
    expect(impurities({ path, text })).toEqual([`${path}:1: ${name} is not pure`]);
  });

  it.each([
    'const most = Math.max(1, 2);',
    'const facts = { process: 1, Date: 2 }; export const one = facts.process;',
    'export interface Facts { readonly process: string; Date(): number }',
  ])('allows %s', (text) => {
    expect(impurities({ path, text })).toEqual([]);
  });

  it('is asked neither of its tests nor of other packages', () => {
    const text = 'const at = Date.now();';
    expect(impurities({ path: 'packages/domain/src/a.unit.test.ts', text })).toEqual([]);
    expect(impurities({ path: 'packages/operations/src/clock.ts', text })).toEqual([]);
  });
});
