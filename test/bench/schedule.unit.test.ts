import { describe, expect, it } from 'vitest';
import { PARTS } from './options.ts';
import { endOfFirst } from './schedule.ts';

describe('the time of all parts together', () => {
  it('has a share for each of them, and is used up by them', () => {
    let nowMs = 1_000;
    for (const [place] of PARTS.entries()) {
      const endMs = endOfFirst(PARTS.slice(place), nowMs, 61_000);
      expect(endMs).toBeGreaterThan(nowMs);
      nowMs = endMs;
    }
    expect(nowMs).toBeCloseTo(61_000);
  });

  it('leaves what is left to those after one that took longer', () => {
    expect(endOfFirst(['start', 'start'], 40_000, 60_000)).toBe(50_000);
    expect(endOfFirst(['start', 'start'], 70_000, 60_000)).toBe(70_000);
  });

  it('is no bound where there is none', () => {
    expect(endOfFirst(['moves', 'claims'], 0, Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  });
});
