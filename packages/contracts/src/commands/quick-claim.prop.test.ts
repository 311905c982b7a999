import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { envelope, id, labels, ordered, record, request } from '../testing/odd-values.ts';
import { isQuickClaim } from './quick-claim.ts';
import { COMMAND_BODY_SCHEMAS } from './schemas.ts';

const STORED_ORDER = [
  'commandId',
  'issuedAt',
  'correlationId',
  'origin',
  'node',
  'instance',
  'tenant',
  'labels',
  'request',
];

const claim = ordered(
  record({ ...envelope, node: id, instance: id, request }, { correlationId: id, tenant: id, labels }),
  STORED_ORDER,
);

describe('a claim recognised without the schema', () => {
  test('is what the schema reads, field for field in the same order', () => {
    let recognised = 0;
    let refused = 0;
    fc.assert(
      fc.property(claim, (body) => {
        const parsed = COMMAND_BODY_SCHEMAS.ClaimInstance.safeParse(body);
        if (isQuickClaim({ ...body })) {
          recognised += 1;
          expect(parsed.success && JSON.stringify(parsed.data)).toBe(JSON.stringify(body));
        }
        refused += parsed.success ? 0 : 1;
      }),
      { numRuns: 2_000 },
    );
    expect(recognised).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(50);
  });
});
