import { describe, expect, it } from 'vitest';
import { summaryLines, type TierResult } from './summary.ts';

const unit: TierResult = { tier: 'unit', seconds: 2.04, budgetSeconds: 60, passed: 5, failed: 0, skipped: [] };

describe('summary of a test run', () => {
  it('ends with the verdict alone on its line', () => {
    const contract = {
      ...unit,
      tier: 'contract',
      passed: 2,
      failed: 1,
      skipped: [{ name: 'a > b', reason: 'no Docker' }],
    };
    expect(summaryLines([unit, contract], 0).at(-1)).toBe('7 passed, 1 failed, 1 skipped');
  });

  it('shows the time and the budget of each tier', () => {
    expect(summaryLines([unit], 0)).toContain('unit           2.0 s  (budget 60 s)  5 passed, 0 failed, 0 skipped');
  });

  it('warns of a tier that took longer than its budget', () => {
    const lines = summaryLines([{ ...unit, seconds: 61.5 }], 0);
    expect(lines).toContain('WARNING: tier unit took 1.5 s more than its budget of 60 s');
  });

  it('names every skipped test with its reason, and says where none was given', () => {
    const skipped = [
      { name: 'a.int.test.ts > x', reason: 'no Docker engine answers' },
      { name: 'b.int.test.ts > y', reason: undefined },
    ];
    const lines = summaryLines([{ ...unit, skipped }], 0);
    expect(lines).toContain('skipped: a.int.test.ts > x: no Docker engine answers');
    expect(lines).toContain('skipped: b.int.test.ts > y: NO REASON GIVEN, which fails the run');
  });

  it('counts failed checks as a failure', () => {
    expect(summaryLines([unit], 1).at(-1)).toBe('5 passed, 1 failed, 0 skipped');
  });
});
