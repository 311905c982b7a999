import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mostly, record, request } from '../testing/odd-values.ts';
import { isQuickCandidates } from './quick-candidates.ts';
import { QUERY_BODY_SCHEMAS } from './schemas.ts';

const plain = {
  atLeast: mostly(fc.constantFrom('h.0', 'history-1.17', 'h.01')),
  deadlineMs: mostly(fc.integer({ min: 0, max: 60_000 })),
  limit: mostly(fc.integer({ min: 1, max: 1_000 })),
  strategy: mostly(fc.constantFrom('pack', 'spread')),
};

const question = fc.oneof(
  { weight: 4, arbitrary: record({ request }, plain) },
  {
    weight: 1,
    arbitrary: record({ request }, { ...plain, asOf: mostly(fc.constantFrom('17', '15m')), seed: mostly(fc.nat()) }),
  },
);

describe('a question for candidates recognised without the schema', () => {
  test('is what the schema reads', () => {
    let recognised = 0;
    let refused = 0;
    fc.assert(
      fc.property(question, (body) => {
        const parsed = QUERY_BODY_SCHEMAS.candidates.safeParse(body);
        if (isQuickCandidates({ ...body })) {
          recognised += 1;
          expect(parsed.success && parsed.data).toEqual(body);
        }
        refused += parsed.success ? 0 : 1;
      }),
      { numRuns: 2_000 },
    );
    expect(recognised).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(50);
  });
});
