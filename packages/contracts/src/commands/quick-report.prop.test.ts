import fc from 'fast-check';
import { describe, test } from 'vitest';
import { className, envelope, id, mostly, ordered, record } from '../testing/odd-values.ts';
import { expectSameText, holdToSchema } from '../testing/recognised.ts';
import { isQuickReport } from './quick-report.ts';
import { COMMAND_BODY_SCHEMAS } from './schemas.ts';

const positive = mostly(fc.integer({ min: 1 }));

/** Now and then one of them twice. */
const few = (...texts: readonly string[]) =>
  mostly(
    fc.oneof(
      { weight: 10, arbitrary: fc.uniqueArray(mostly(fc.constantFrom(...texts)), { maxLength: 3 }) },
      { weight: 1, arbitrary: fc.array(fc.constantFrom(...texts), { maxLength: 3 }) },
    ),
  );

const INVENTORY_ORDER = ['class', 'total', 'reserved', 'minUnit', 'maxUnit', 'stepSize', 'allocationRatio', 'units'];

const inventory = ordered(
  record(
    { class: mostly(className), total: mostly(fc.nat()) },
    {
      ...{ reserved: mostly(fc.nat()), minUnit: positive, maxUnit: positive, stepSize: positive },
      units: mostly(fc.array(id, { maxLength: 2 })),
    },
  ),
  INVENTORY_ORDER,
);

const PROVIDER_ORDER = ['id', 'parent', 'inventories', 'traits', 'aggregates'];

const provider = ordered(
  record(
    { id, inventories: mostly(fc.array(mostly(inventory), { maxLength: 2 })) },
    {
      parent: id,
      traits: few('A', 'B', 'C'),
      aggregates: few('z-1', 'z-2', 'z-3'),
    },
  ),
  PROVIDER_ORDER,
);

const REPORT_ORDER = [
  'commandId',
  'issuedAt',
  'correlationId',
  'origin',
  'node',
  'incarnation',
  'sequence',
  'mode',
  'providers',
];

const report = ordered(
  record(
    {
      ...envelope,
      ...{ node: id, incarnation: positive, sequence: positive, mode: mostly(fc.constant('full')) },
      providers: mostly(fc.array(mostly(provider), { minLength: 1, maxLength: 2 })),
    },
    { correlationId: id },
  ),
  REPORT_ORDER,
);

describe('a report recognised without the schema', () => {
  test('is what the schema reads, field for field in the same order', () => {
    holdToSchema(
      { bodies: report, schema: COMMAND_BODY_SCHEMAS.ReportInventory, isQuick: isQuickReport, numRuns: 4_000 },
      expectSameText,
    );
  });
});
