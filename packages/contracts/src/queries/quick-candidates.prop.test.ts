import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mostly, record, request } from '../testing/odd-values.ts';
import { holdToSchema } from '../testing/recognised.ts';
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
    holdToSchema(
      { bodies: question, schema: QUERY_BODY_SCHEMAS.candidates, isQuick: isQuickCandidates, numRuns: 2_000 },
      (read, body) => {
        expect(read).toEqual(body);
      },
    );
  });
});
