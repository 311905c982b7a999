import { randomInt } from 'node:crypto';
import { foldReference, referenceDigest, referenceRecords, referenceViolations } from '@fleetbook/reference';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createProduct } from './product.ts';
import { randomSteps, type Step } from './random-steps.ts';

const RUNS = 400;
const SEED = randomInt(2 ** 31);
const STEPS_BETWEEN_COMPARISONS = 4;

/** What the histories were made of, so that a generator that reaches nothing is not taken for a proof. */
const reached = new Map<string, number>();

function count(what: string): void {
  reached.set(what, (reached.get(what) ?? 0) + 1);
}

function compareAlong(steps: readonly Step[]): void {
  const product = createProduct();
  for (const [index, step] of steps.entries()) {
    product.run(step);
    if (index % STEPS_BETWEEN_COMPARISONS === 0 || index === steps.length - 1) {
      const reference = foldReference(product.events);
      expect(product.records(), `records after event ${product.events.length}`).toEqual(referenceRecords(reference));
      expect(product.digest()).toBe(referenceDigest(reference));
      expect(referenceViolations(reference)).toEqual([]);
      for (const record of referenceRecords(reference).filter(isVanished)) {
        count(record.startsWith('["provider"') ? 'vanished provider' : 'vanished inventory');
      }
    }
  }
  for (const event of product.events) {
    count(event.type === 'CommandRejected' ? event.data.code : event.type);
  }
}

const isVanished = (record: string): boolean => /^\["(provider|inventory)",.*,true/.test(record);

describe('the product and the naive reference', () => {
  afterAll(() => {
    process.stdout.write(`seed ${SEED}, reached ${JSON.stringify(Object.fromEntries(reached))}\n`);
  });

  it('agree on every record and the digest along random histories', () => {
    fc.assert(fc.property(randomSteps, compareAlong), { seed: SEED, numRuns: RUNS });
    const kinds = ['InstanceClaimed', 'ClaimConfirmed', 'ClaimAborted', 'InstanceDropped', 'InventoryChanged'];
    for (const kind of [...kinds, 'NodeDisabled', 'NodeRetired', 'vanished provider', 'vanished inventory']) {
      expect(reached.get(kind), kind).toBeGreaterThan(10);
    }
  });
});
