import { afterAll, expect, it } from 'vitest';
import { planOf } from './plan.ts';
import { smallest, store } from './regressions.ts';
import { simulate } from './simulate.ts';
import { addTo, emptyTally, tallyLines } from './tally.ts';

/** Several short tests, so that none of them takes long on a machine that is busy. */
const SEEDS_PER_TEST = 5;

/** Simulates a range of seeds. The first that fails is shrunk, stored and named by the command that repeats it. */
export function itHoldsFor(first: number, count: number): void {
  const tally = emptyTally();

  afterAll(() => {
    process.stdout.write(`seeds ${first} to ${first + count - 1}\n${tallyLines(tally).join('\n')}\n`);
  });

  for (let from = first; from < first + count; from += SEEDS_PER_TEST) {
    it(`holds for seeds ${from} to ${from + SEEDS_PER_TEST - 1}`, async () => {
      for (let seed = from; seed < from + SEEDS_PER_TEST; seed += 1) {
        const plan = planOf(seed);
        const outcome = await simulate(plan);
        addTo(tally, outcome);
        const command = outcome.violation === undefined ? '' : store(await smallest(plan, outcome));
        expect({ seed, violation: outcome.violation, command }).toEqual({ seed, violation: undefined, command: '' });
      }
    });
  }
}
