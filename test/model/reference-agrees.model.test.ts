import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { checkAgreement, EXPECTED, type Reached } from './agreement.ts';
import { randomHistory } from './random-steps.ts';

const STEPS = 20_000;
const STEPS_PER_HISTORY = 300;
const SEED = randomInt(2 ** 31);

describe('the product and the naive reference', () => {
  const reached: Reached = new Map();
  let steps = 0;

  afterAll(() => {
    process.stdout.write(`seed ${SEED}, ${steps} steps, reached ${JSON.stringify(Object.fromEntries(reached))}\n`);
  });

  it('agree on every record, the digest and the invariants along random histories of all commands', () => {
    const check = fc.property(randomHistory(STEPS_PER_HISTORY), (history) => {
      steps += history.steps.length;
      checkAgreement(history, reached);
    });
    // Shrinking such histories takes minutes: the seed and the events that were last say enough.
    for (let round = 0; steps < STEPS; round += 1) {
      fc.assert(check, { seed: SEED + round, numRuns: 10, endOnFailure: true });
    }
    expect(EXPECTED.filter((name) => !reached.has(name))).toEqual([]);
  });
});
