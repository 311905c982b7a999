import { describe, expect, it } from 'vitest';
import { readSourceFiles } from './source-file.ts';
import { beyondLimits } from './style-limits.ts';

const path = 'packages/tracker/src/a.ts';
const testPath = 'packages/tracker/src/a.unit.test.ts';

function body(lines: number): string {
  return '  run();\n'.repeat(lines);
}

describe('style limits', () => {
  it('hold in every source file', () => {
    expect(readSourceFiles().flatMap(beyondLimits)).toEqual([]);
  });

  it('refuse a file of 401 lines', () => {
    expect(beyondLimits({ path, text: '\n'.repeat(400) })).toEqual([]);
    expect(beyondLimits({ path, text: '\n'.repeat(401) })).toEqual([`${path}: 401 lines, at most 400`]);
  });

  it('refuse a line of 121 columns', () => {
    expect(beyondLimits({ path, text: `// ${'x'.repeat(117)}` })).toEqual([]);
    expect(beyondLimits({ path, text: `\n// ${'x'.repeat(118)}` })).toEqual([`${path}:2: 121 columns, at most 120`]);
  });

  it.each([
    ['a declaration', (lines: number) => `function a() {\n${body(lines - 2)}}\n`],
    ['an arrow', (lines: number) => `const a = () => {\n${body(lines - 2)}};\n`],
    ['a method', (lines: number) => `class A {a() {\n${body(lines - 2)}}}\n`],
  ])('refuse %s of 71 lines', (_, sample) => {
    expect(beyondLimits({ path, text: sample(70) })).toEqual([]);
    expect(beyondLimits({ path, text: sample(71) })).toEqual([`${path}:1: a function of 71 lines, at most 70`]);
  });

  it('count only its own lines for a chapter of tests', () => {
    const text = `describe('a', () => {\n${`it('b', () => {\n${body(50)}});\n`.repeat(2)}});\n`;
    expect(beyondLimits({ path: testPath, text })).toEqual([]);
    expect(beyondLimits({ path, text })).toEqual([`${path}:1: a function of 106 lines, at most 70`]);
  });

  it('refuse a long test', () => {
    const text = `it('b', () => {\n${body(80)}});\n`;
    expect(beyondLimits({ path: testPath, text })).toEqual([`${testPath}:1: a function of 82 lines, at most 70`]);
  });
});
