import { describe, expect, it } from 'vitest';
import { capacityOf, freeOf, headroomOf, isCountable, usedOf } from './arithmetic.ts';

const figures = (total: number, ratioMillionths: number, reserved = 0) => ({
  total,
  reserved,
  allocationRatioMillionths: ratioMillionths,
});

describe('capacity', () => {
  it.each([
    [5, 1_400_000, 0, 7],
    [100, 290_000, 0, 29],
    [3, 333_333, 0, 0],
    [4, 16_000_000, 1, 48],
    [10, 1_000_000, 10, 0],
    [10, 1_000_000, 11, 0],
    [10, 0, 0, 0],
    [2 ** 31, 1_000_000, 0, 2 ** 31],
    [2 ** 31 - 1, 1_500_000, 0, 3_221_225_470],
    [Number.MAX_SAFE_INTEGER, 1_000_000, 0, Number.MAX_SAFE_INTEGER],
    [Number.MAX_SAFE_INTEGER, 999_999, 0, 9_007_190_247_541_736],
    [Number.MAX_SAFE_INTEGER, 1_000_000, Number.MAX_SAFE_INTEGER - 1, 1],
  ])('of %d at %d millionths with %d reserved is exactly %d', (total, ratio, reserved, capacity) => {
    expect(capacityOf(figures(total, ratio, reserved))).toBe(capacity);
  });

  it('beyond 2^53 - 1 is not countable', () => {
    expect(isCountable(figures(Number.MAX_SAFE_INTEGER, 1_000_001))).toBe(false);
    expect(isCountable(figures(Number.MAX_SAFE_INTEGER, 1_000_000))).toBe(true);
    expect(() => capacityOf(figures(Number.MAX_SAFE_INTEGER, 1_000_001))).toThrow(RangeError);
  });
});

describe('what is left', () => {
  it('is negative when the inventory shrank under its charges', () => {
    const shrunk = { total: 4, reserved: 1, capacity: 3, charged: 8 };
    expect(headroomOf(shrunk)).toBe(-5);
    expect(usedOf(shrunk)).toBe(9);
    expect(freeOf(shrunk)).toBe(-5);
  });

  it('counts the ratio in headroom and not in free', () => {
    const overcommitted = { total: 4, reserved: 0, capacity: 16, charged: 6 };
    expect(headroomOf(overcommitted)).toBe(10);
    expect(freeOf(overcommitted)).toBe(-2);
  });
});
