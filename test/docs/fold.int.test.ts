import { randomInt } from 'node:crypto';
import { readdirSync } from 'node:fs';
import type { LedgerEvent } from '@fleetbook/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createProduct } from '../model/product.ts';
import { type History, randomHistory } from '../model/random-steps.ts';
import { expectSameInPython, whyNoPython } from './python-fold.ts';

const SEED = randomInt(2 ** 31);
const HISTORIES_PER_ROUND = 100;
/** One round reaches every type of event but for one seed in many thousands. */
const ROUNDS = 4;
const STEPS_PER_HISTORY = 300;
const DECISIONS_BETWEEN_DIGESTS = 20;

/** A schema for every type and version of event that there is. */
const SCHEMAS = readdirSync(new URL('../../docs/reference/schemas/events/', import.meta.url));

const eventsOf = ({ driftPolicy, steps }: History): readonly LedgerEvent[] => {
  const product = createProduct(driftPolicy);
  for (const step of steps) {
    product.run(step);
  }
  return product.events;
};

const missingIn = (histories: readonly (readonly LedgerEvent[])[]): readonly string[] => {
  const reached = new Set(histories.flat().map(({ type, schemaVersion }) => `${type}.v${schemaVersion}.json`));
  return SCHEMAS.filter((file) => !reached.has(file));
};

describe('docs/reference/fold.md', () => {
  it('is enough to write a fold in another language that agrees along random histories of all commands', (context) => {
    context.skip(whyNoPython !== undefined, whyNoPython);
    const histories: (readonly LedgerEvent[])[] = [];
    for (let round = 0; round < ROUNDS && missingIn(histories).length > 0; round += 1) {
      const parameters = { seed: SEED + round, numRuns: HISTORIES_PER_ROUND };
      histories.push(...fc.sample(randomHistory(STEPS_PER_HISTORY), parameters).map(eventsOf));
    }
    expectSameInPython(histories, DECISIONS_BETWEEN_DIGESTS, `seed ${SEED}`);
    expect(missingIn(histories)).toEqual([]);
  });
});
