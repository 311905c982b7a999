import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { namedIn, testsIn } from './named-tests.ts';
import { readPage, root } from './pages.ts';

const page = readPage('docs/reference/weaknesses.md');

const PILLARS = [284, 435, 664, 682, 691, 693, 697, 703, 707, 710];

/** What is wrong with a test that the page names; undefined when it is there and always runs. */
function faultOf(file: string, title: string): string | undefined {
  if (!existsSync(join(root, file))) {
    return 'no such file';
  }
  const found = testsIn(file, readPage(file).text).filter((test) => test.title === title);
  if (found.length === 0) {
    return 'no such test';
  }
  return found.some(({ isSkipped }) => isSkipped) ? 'may be skipped' : undefined;
}

describe('the page of weaknesses', () => {
  it('names only tests that are there and never skipped', () => {
    const faults = namedIn(page).flatMap(({ file, title }) => {
      const fault = faultOf(file, title);
      return fault === undefined ? [] : [`${fault}: ${file} > ${title}`];
    });
    expect(faults).toEqual([]);
  });

  it('has the three defects that were reviewed, then every pillar once, each with its mechanism and its tests', () => {
    const [, defects = '', pillars = ''] = page.text.split(/^## .+$/m);
    const [, ...ofDefects] = defects.split(/^### /m);
    const [, ...ofPillars] = pillars.split(/^### /m);
    expect(ofDefects.map((section) => /CWE-\d+/.exec(section)?.[0])).toEqual(['CWE-703', 'CWE-703', 'CWE-691']);
    expect(ofPillars.map((section) => Number(/^CWE-(\d+): /.exec(section)?.[1]))).toEqual(PILLARS);
    for (const text of [...ofDefects, ...ofPillars]) {
      const [heading = '', ...body] = text.split('\n');
      const prose = body.filter((line) => !line.startsWith('- ')).join(' ');
      expect(prose.length, heading).toBeGreaterThan(200);
      expect(namedIn({ path: '', text }).length, heading).toBeGreaterThan(4);
    }
    expect(ofDefects.every((section) => section.includes('*The defect.*') && section.includes('*Here.*'))).toBe(true);
  });
});

describe('a test that a page names', () => {
  const text = [
    "it('runs', () => {});",
    "it.each([1])('runs for %s', () => {});",
    "it.concurrent('runs beside others', async () => {});",
    "describe('a chapter', () => { test('runs in it', () => {}); });",
    "it.skip('is skipped', () => {});",
    "it.skipIf(isWindows)('is skipped somewhere', () => {});",
    "it.todo('is to be written');",
    "it('has no body');",
    "it('skips itself', ({ skip }) => { skip(); });",
    "it('skips by its context', (context) => { context.skip('why'); });",
    "describe.skip('a chapter', () => { it('is skipped with it', () => {}); });",
    "describe.runIf(isLinux)('a chapter', () => { it.each([1])('runs with it: %s', () => {}); });",
    "// it('is a remark', () => {});",
    "call('is something else', () => {});",
  ].join('\n');

  it('is found, and whether anything may keep it from running', () => {
    const titles = (isSkipped: boolean): string[] =>
      testsIn('some.unit.test.ts', text)
        .filter((test) => test.isSkipped === isSkipped)
        .map(({ title }) => title);
    expect(titles(false)).toEqual(['runs', 'runs for %s', 'runs beside others', 'runs in it']);
    expect(titles(true)).toEqual([
      'is skipped',
      'is skipped somewhere',
      'is to be written',
      'has no body',
      'skips itself',
      'skips by its context',
      'is skipped with it',
      'runs with it: %s',
    ]);
  });
});
