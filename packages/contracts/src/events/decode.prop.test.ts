import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STORED_EVENT_SCHEMAS } from './schemas.ts';
import { EVENT_CHECKS } from './shapes.ts';

const GOLDEN = new URL('../golden/', import.meta.url);

const goldenEvents = readdirSync(GOLDEN).map((name) => readFileSync(new URL(name, GOLDEN), 'utf8'));

type Container = Record<string, unknown> | unknown[];

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

/** Every object and list in a value, itself included. */
const containersOf = (value: unknown): Container[] =>
  isContainer(value) ? [value, ...Object.values(value).flatMap(containersOf)] : [];

const replacement = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    'x',
    0,
    -1,
    1,
    1.5,
    2 ** 53,
    [],
    {},
    ['x'],
    [1],
    [{}],
    { a: 1 },
    { a: ['x'] },
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

const change = fc.record({
  place: fc.nat(),
  field: fc.nat(),
  kind: fc.constantFrom('replace', 'remove', 'add', 'leave'),
  name: fc.constantFrom(
    'extra',
    'type',
    'units',
    'traits',
    'request',
    'charge',
    'labels',
    'correlationId',
    'command',
    'moveId',
    'move',
    'counted',
  ),
  value: replacement,
});

const applyChange = (
  event: unknown,
  { place, field, kind, name, value }: typeof change extends fc.Arbitrary<infer T> ? T : never,
) => {
  const containers = containersOf(event);
  const target = containers[place % containers.length];
  if (target === undefined || kind === 'leave') {
    return;
  }
  const keys = Object.keys(target);
  const copy = structuredClone(value);
  const key = kind === 'add' ? name : (keys[field % Math.max(keys.length, 1)] ?? name);
  if (Array.isArray(target)) {
    target.splice(Number(key) || 0, kind === 'add' ? 0 : 1, ...(kind === 'remove' ? [] : [copy]));
  } else if (kind === 'remove') {
    delete target[key];
  } else {
    target[key] = copy;
  }
};

describe('the quick check and the schema', () => {
  test('agree on every stored event and on whatever is made of one', () => {
    const seen = { read: 0, refused: 0 };
    fc.assert(
      fc.property(
        fc.constantFrom(...goldenEvents),
        fc.array(change, { minLength: 0, maxLength: 3 }),
        (text, changes) => {
          const changed = JSON.parse(text);
          for (const one of changes) {
            applyChange(changed, one);
          }
          const event = JSON.parse(JSON.stringify(changed));
          const bySchema = Object.values(STORED_EVENT_SCHEMAS).map(([schema]) => schema.safeParse(event).success);
          const byCheck = Object.values(EVENT_CHECKS).map(([check]) => check(event));
          seen[bySchema.includes(true) ? 'read' : 'refused'] += 1;
          expect(byCheck).toEqual(bySchema);
        },
      ),
      { numRuns: 1_000 },
    );
    expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(100);
  });
});
