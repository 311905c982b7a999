import { ledgerDigest } from '@fleetbook/snapshot';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lifeSteps } from '../testing/random-history.ts';
import { steps, writeHistory } from '../testing/random-steps.ts';
import { createInventoryView } from './inventory-view.ts';

/**
 * Records hashed after how many commits each, and after which commits a milestone stands, unless one is waited for
 * that cannot be given up.
 */
const pace = fc.record({
  limit: fc.nat(6),
  everyCommits: fc.integer({ min: 1, max: 9 }),
  stride: fc.integer({ min: 1, max: 5 }),
});

describe('the digest of a milestone', () => {
  it('is that of the records there, however much changes before it is made', async () => {
    await fc.assert(
      fc.asyncProperty(steps, lifeSteps, pace, async (all, life, { limit, everyCommits, stride }) => {
        const { commits } = await writeHistory(all, life);
        const view = createInventoryView();
        const made: string[] = [];
        const expected: string[] = [];
        const told: Promise<string | undefined>[] = [];
        for (const [place, commit] of commits.entries()) {
          view.apply(commit);
          if (place % stride === 0 && view.digest.forgoMilestone()) {
            expected.length = made.length;
            expected.push(ledgerDigest(view.ledger));
            view.digest.atMilestone((hex) => void made.push(hex));
            told.push(view.digest.milestone());
            expect(view.digest.isMilestoneNow).toBe(view.digest.pending > 0);
          } else if (view.digest.isMilestoneNow) {
            expect(view.digest.pending).toBe(view.digest.pendingAtMilestone);
          }
          if (place % everyCommits === 0) {
            view.digest.work(limit);
          }
        }
        expect(view.digest.hex()).toBe(ledgerDigest(view.ledger));
        expect(view.digest.pending).toBe(0);
        expect(made).toEqual(expected);
        expect((await Promise.all(told)).filter((hex) => hex !== undefined)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });
});
