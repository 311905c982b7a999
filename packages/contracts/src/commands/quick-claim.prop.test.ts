import { describe, test } from 'vitest';
import { envelope, id, labels, ordered, record, request } from '../testing/odd-values.ts';
import { expectSameText, holdToSchema } from '../testing/recognised.ts';
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
    holdToSchema(
      { bodies: claim, schema: COMMAND_BODY_SCHEMAS.ClaimInstance, isQuick: isQuickClaim, numRuns: 2_000 },
      expectSameText,
    );
  });
});
