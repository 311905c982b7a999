import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isQuickClaim } from './quick-claim.ts';
import { COMMAND_BODY_SCHEMAS } from './schemas.ts';

const oddText = fc.constantFrom(
  '',
  ' ',
  'a b',
  '\u0000',
  'ä',
  'x'.repeat(64),
  'x'.repeat(65),
  'x'.repeat(300),
  '\u2028',
);
const oddNumber = fc.constantFrom(-1, -0, 0, 1.5, 1_024, 1_025, 2 ** 53, Number.MAX_SAFE_INTEGER, Number.NaN);
const odd = fc.oneof(oddText, oddNumber, fc.constantFrom<unknown>(null, [], {}, true));

/** Mostly the usual value, now and then an odd one. */
const mostly = <Value>(usual: fc.Arbitrary<Value>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 100, arbitrary: usual }, { weight: 1, arbitrary: odd });

const id = mostly(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,20}$/));
const text = mostly(fc.string({ minLength: 1, maxLength: 20 }));
const amounts = mostly(
  fc.dictionary(
    fc.oneof({ weight: 20, arbitrary: fc.stringMatching(/^[A-Z][A-Z0-9_]{0,8}$/) }, oddText),
    mostly(fc.integer({ min: 1 })),
    {
      minKeys: 0,
      maxKeys: 4,
    },
  ),
);

const record = (
  required: Record<string, fc.Arbitrary<unknown>>,
  optional: Record<string, fc.Arbitrary<unknown>> = {},
) => fc.record({ ...required, ...optional }, { requiredKeys: Object.keys(required), noNullPrototype: true });

const group = record(
  { name: mostly(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,8}$/)), resources: amounts },
  { count: mostly(fc.integer({ min: 1, max: 8 })), isolate: mostly(fc.boolean()) },
);

const claim = record(
  {
    commandId: id,
    issuedAt: mostly(fc.nat()),
    origin: mostly(record({ client: text, version: text, host: text })),
    node: id,
    instance: id,
    request: mostly(record({ resources: amounts }, { groups: mostly(fc.array(group, { maxLength: 2 })) })),
  },
  {
    correlationId: id,
    tenant: id,
    labels: mostly(fc.dictionary(fc.stringMatching(/^[A-Za-z][A-Za-z0-9._/-]{0,8}$/), text, { maxKeys: 3 })),
  },
);

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

/** As an SDK sends it; fast-check builds records in an order of its own. */
const inStoredOrder = (value: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(value).sort(([left], [right]) => STORED_ORDER.indexOf(left) - STORED_ORDER.indexOf(right)),
  );

describe('a claim recognised without the schema', () => {
  test('is what the schema reads, field for field in the same order', () => {
    let recognised = 0;
    let refused = 0;
    fc.assert(
      fc.property(claim, fc.boolean(), (value, isOrdered) => {
        const body = isOrdered ? inStoredOrder(value) : value;
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
