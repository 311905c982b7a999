import { describe, expect, it } from 'vitest';
import { sum } from './figures.ts';

describe('a figure', () => {
  it('is shown exactly, also where a number could not hold the sum', () => {
    expect(sum('charged')({ charged: 3 })).toBe(3);
    const exact = { charged: '9007199254740993' };
    expect(sum('charged')({ charged: Number.MAX_SAFE_INTEGER, exact })).toBe('9007199254740993');
  });
});
