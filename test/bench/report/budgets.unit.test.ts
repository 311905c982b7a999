import { describe, expect, it } from 'vitest';
import { compareWithBudgets } from './budgets.ts';

describe('budgets', () => {
  it('are compared where there is a figure, so that 1 or more is as wanted', () => {
    const figures = { claimsPerSecond: 20_000, natsEchoPerSecond: 100_000, openLoop: { 10000: { p99Ms: 30 } } };
    expect(compareWithBudgets(figures)).toEqual([
      expect.objectContaining({ path: 'claimsPerSecond', reached: 20_000, ofWanted: 0.5, ofLimits: { echo: 0.2 } }),
      expect.objectContaining({ path: 'openLoop.10000.p99Ms', reached: 30, ofWanted: 0.5, ofLimits: {} }),
    ]);
  });

  it('leave out what is no number', () => {
    expect(compareWithBudgets({ claimsPerSecond: undefined, shareOfEcho: Number.NaN })).toEqual([]);
  });
});
