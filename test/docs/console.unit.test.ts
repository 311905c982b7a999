import { describe, expect, it } from 'vitest';
import { missingIn, stepsOf } from './console.ts';

describe('the output that a page shows', () => {
  it.each([
    ['equal lines', 'a\nb\n', ['a', 'b']],
    [
      'another id, digest, time or port',
      'x 0f6c1a2e-7d1b-4c58-9a57-3f0d6b1c2a90.7 at 2026-01-01T00:00:00.000Z\n',
      ['x 11111111-2222-4333-8444-555555555555.7 at 2027-02-02T02:02:02.222Z'],
    ],
    ['lines left out at the end', 'a\nb\nc\n', ['a', '…']],
    ['lines left out at the start', 'a\nb\nc\n', ['…', 'c']],
    ['lines left out in the middle', 'a\nb\nc\nd\n', ['a', '…', 'c', '…', 'd']],
    ['nothing where something may be', 'a\n', ['a', '…']],
    ['nothing at all', '', []],
  ])('is there: %s', (_what, printed, shown) => {
    expect(missingIn(printed, shown)).toBeUndefined();
  });

  it.each([
    ['a changed line', 'a\nb\n', ['a', 'c']],
    ['a line too much', 'a\nb\n', ['a']],
    ['a line too few', 'a\n', ['a', 'b']],
    ['another order', 'a\nb\nc\n', ['…', 'c', '…', 'b', '…']],
    ['a line after what is left out', 'a\nb\nc\n', ['a', '…', 'b']],
    [
      'another event number',
      'token 0f6c1a2e-7d1b-4c58-9a57-3f0d6b1c2a90.7\n',
      ['token 0f6c1a2e-7d1b-4c58-9a57-3f0d6b1c2a90.8'],
    ],
    ['anything where nothing is shown', 'a\n', []],
  ])('is missed: %s', (_what, printed, shown) => {
    expect(missingIn(printed, shown)).toBeDefined();
  });

  it('belongs to the command above it', () => {
    const block = { page: 'p.md', line: 7, language: 'console', text: '$ one --flag\nout\n$ two\n' };
    expect(stepsOf(block)).toEqual([
      { place: 'p.md:8', command: 'one --flag', output: ['out'] },
      { place: 'p.md:10', command: 'two', output: [] },
    ]);
  });
});
