import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testsIn } from '../docs/named-tests.ts';
import { readPage, root } from '../docs/pages.ts';
import { tableOf } from './table.ts';
import { type Catcher, parseVariant, readVariants, type Variant } from './variant.ts';

const variants = readVariants();
const named = variants.map((variant): [string, Variant] => [variant.id, variant]);

/** Where the tests of a file are written: those of a contract are in files of their own. */
function sourcesOf(file: string): string[] {
  return file.endsWith('.contract.test.ts')
    ? [file, ...globSync('packages/event-log/src/contract/*.contract.ts', { cwd: root })]
    : [file];
}

/** What is wrong with what a variant is caught by; undefined when it is there and always runs. */
function faultOf(catcher: Catcher): string | undefined {
  if (catcher.kind === 'simulator') {
    return catcher.firstSeed >= 1 && catcher.lastSeed >= catcher.firstSeed ? undefined : 'no seeds';
  }
  const { file, title } = catcher;
  if (!existsSync(join(root, file))) {
    return `no such file: ${file}`;
  }
  const found = sourcesOf(file).flatMap((source) => testsIn(source, readPage(source).text));
  const tests = found.filter((test) => test.title === title);
  if (tests.length === 0) {
    return `no such test: ${file} > ${title}`;
  }
  return tests.some(({ isSkipped }) => isSkipped) ? `may be skipped: ${file} > ${title}` : undefined;
}

describe('the museum', () => {
  it('has at least thirty variants', () => {
    expect(variants.length).toBeGreaterThanOrEqual(30);
  });

  it('is listed on its page', () => {
    expect(readPage('docs/museum.md').text).toContain(tableOf(variants));
  });
});

describe('a variant', () => {
  it.each(named)('%s applies to the tree as it is, to product code alone', (_id, { patch }) => {
    const { status, stderr } = spawnSync('git', ['apply', '--check', patch], { cwd: root, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const { stdout } = spawnSync('git', ['apply', '--numstat', patch], { cwd: root, encoding: 'utf8' });
    const changed = stdout.trim().split('\n');
    expect(changed.filter((line) => !/\t(packages|services)\/[^\t]+(?<!\.test)\.ts$/.test(line))).toEqual([]);
  });

  it.each(named)('%s names a test that is there, the invariants it breaks and a budget', (_id, variant) => {
    const { catcher, invariants, budgetSeconds } = variant;
    expect(faultOf(catcher)).toBeUndefined();
    expect(invariants.filter((number) => !Number.isInteger(number) || number < 1 || number > 13)).toEqual([]);
    expect(budgetSeconds).toBeGreaterThan(0);
    expect(budgetSeconds).toBeLessThanOrEqual(300);
  });

  it('is refused when its header says less', () => {
    const header = ['Breaks: it', 'Invariants: 1, 2', 'Caught by: simulator, seeds 1 to 2', 'Budget: 60 s'];
    expect(parseVariant('some', header.join('\n'))).toMatchObject({ invariants: [1, 2], budgetSeconds: 60 });
    for (const line of header) {
      expect(() => parseVariant('some', header.filter((each) => each !== line).join('\n'))).toThrow('some.patch');
    }
    expect(() => parseVariant('some', header.join('\n').replace('simulator', 'luck'))).toThrow('luck');
  });
});
