import fc from 'fast-check';

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
const oddNumber = fc.constantFrom(
  -1,
  -0,
  0,
  1.5,
  1_000,
  1_001,
  1_024,
  1_025,
  2 ** 53,
  Number.MAX_SAFE_INTEGER,
  Number.NaN,
);
const odd = fc.oneof(oddText, oddNumber, fc.constantFrom<unknown>(null, [], {}, true));

/** Mostly the usual value, now and then an odd one. */
export const mostly = <Value>(usual: fc.Arbitrary<Value>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 100, arbitrary: usual }, { weight: 1, arbitrary: odd });

export const record = (
  required: Record<string, fc.Arbitrary<unknown>>,
  optional: Record<string, fc.Arbitrary<unknown>> = {},
) => fc.record({ ...required, ...optional }, { requiredKeys: Object.keys(required), noNullPrototype: true });

export const id = mostly(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,20}$/));

const text = mostly(fc.string({ minLength: 1, maxLength: 20 }));

export const className = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,8}$/);

export const envelope = {
  commandId: id,
  issuedAt: mostly(fc.nat()),
  origin: mostly(record({ client: text, version: text, host: text })),
};

export const labels = mostly(fc.dictionary(fc.stringMatching(/^[A-Za-z][A-Za-z0-9._/-]{0,8}$/), text, { maxKeys: 3 }));

const amounts = mostly(
  fc.dictionary(
    fc.oneof({ weight: 20, arbitrary: className }, { weight: 1, arbitrary: oddText }),
    mostly(fc.integer({ min: 1 })),
    { minKeys: 0, maxKeys: 4 },
  ),
);

/** The same fields in an order given: fast-check builds records in one of its own. */
const inOrder = (value: object, order: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).sort(([left], [right]) => order.indexOf(left) - order.indexOf(right)));

/** Half of them in an order given. */
export const ordered = (value: fc.Arbitrary<object>, order: readonly string[]): fc.Arbitrary<object> =>
  fc.tuple(value, fc.boolean()).map(([fields, isOrdered]) => (isOrdered ? inOrder(fields, order) : fields));

const group = ordered(
  record(
    { name: mostly(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,8}$/)), resources: amounts },
    { count: mostly(fc.integer({ min: 1, max: 8 })), isolate: mostly(fc.boolean()) },
  ),
  ['name', 'resources', 'count', 'isolate'],
);

export const request = mostly(
  ordered(record({ resources: amounts }, { groups: mostly(fc.array(group, { maxLength: 2 })) }), [
    'resources',
    'groups',
  ]),
);
