import { decodeStoredEvent } from '@fleetbook/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPlainEvent } from './plain-event.ts';

type Fields = Record<string, fc.Arbitrary<unknown>>;

const odd = fc.oneof(
  fc.constantFrom<unknown>(null, true, [], {}, -1, 0, 1.5, 2 ** 60, '', '"', '\\', 'ä', '\u2028', '\u0000', '\u007f'),
  fc.string({ unit: 'binary' }),
);

/** Mostly the usual value, now and then an odd one. */
const mostly = (usual: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 150, arbitrary: usual }, { weight: 1, arbitrary: odd });

/** In the order in which the fields are named here, as the encoder writes them. */
const record = (required: Fields, optional: Fields = {}): fc.Arbitrary<unknown> => {
  const requiredKeys = Object.keys(required);
  const keys = [...requiredKeys, ...Object.keys(optional)];
  const values = { ...required, ...optional };
  return mostly(
    fc
      .record(values, { requiredKeys, noNullPrototype: true })
      .map((value) =>
        Object.fromEntries(keys.filter((key) => Object.hasOwn(value, key)).map((key) => [key, value[key]])),
      ),
  );
};

const id = mostly(fc.nat({ max: 999 }).map((place) => `host-${place}:gpu-${place % 7}`));
const positive = mostly(fc.integer({ min: 1, max: 2 ** 40 }));
const origin = record({ client: id, version: id, host: id });
const amounts = mostly(fc.dictionary(fc.constantFrom('VCPU', 'MEMORY_MB', '__proto__'), positive, { maxKeys: 2 }));
const group = record({ name: id, resources: amounts }, { count: positive, isolate: fc.boolean() });
const request = record({ resources: amounts }, { groups: fc.array(group, { maxLength: 2 }) });
const placementGroup = record({ id, rule: fc.constantFrom('affinity', 'anti-affinity', 'soft-affinity') });
const line = record({ provider: id, class: id, amount: positive });
const lineWithUnits = record({ provider: id, class: id, amount: positive, units: fc.array(id, { maxLength: 2 }) });

const named = { origin, node: id, instance: id };
const claim = record(
  { type: fc.constant('ClaimInstance'), ...named },
  {
    tenant: id,
    labels: fc.dictionary(fc.constantFrom('a', 'b', '{', '"'), id, { maxKeys: 2 }),
    request,
    ttlMs: positive,
    groups: fc.array(placementGroup, { maxLength: 2 }),
  },
);
const confirm = record({ type: fc.constant('ConfirmClaim'), ...named, claimId: id });
const drop = record({ type: fc.constant('DropInstance'), ...named, claimId: id }, { incarnation: positive });
const charge = fc.array(fc.oneof({ weight: 30, arbitrary: line }, { weight: 1, arbitrary: lineWithUnits }), {
  maxLength: 3,
});

const eventOf = (type: string, command: fc.Arbitrary<unknown>, data: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.boolean().chain((isCorrelated) =>
    record({
      number: positive,
      type: mostly(fc.constant(type)),
      schemaVersion: mostly(fc.constant(1)),
      at: mostly(fc.nat()),
      commandId: id,
      index: mostly(fc.nat({ max: 3 })),
      count: positive,
      actor: record({ role: fc.constantFrom('agent', 'scheduler', 'operator', 'system'), id }),
      ...(isCorrelated ? { correlationId: id } : {}),
      command,
      commandHash: mostly(fc.nat({ max: 9 }).map((digit) => `${digit}f`.repeat(16))),
      issuedAt: mostly(fc.nat()),
      data,
    }),
  );

const events = fc.oneof(
  eventOf('InstanceClaimed', claim, record({ node: id, charge })),
  eventOf('ClaimConfirmed', confirm, record({})),
  eventOf('InstanceDropped', drop, record({})),
);

/** Text is stored as UTF-8, which has no half characters. */
const asStored = (text: string): string => Buffer.from(text).toString('utf8');

/** What the text says, read without any of this. */
function readOtherwise(text: string): unknown {
  const decoded = decodeStoredEvent(JSON.parse(text));
  return decoded.ok ? decoded.value : undefined;
}

/** Fields of an event have no order; those of its command and of its data do. */
function inOrder(event: unknown): readonly string[] {
  return typeof event === 'object' && event !== null
    ? Object.entries(event)
        .map((entry) => JSON.stringify(entry))
        .sort()
    : [];
}

const BEFORE = ',';
const AFTER = ',{"number":1';

function readPlain(text: string): unknown {
  const bytes = Buffer.from(`${BEFORE}${text}${AFTER}`);
  return readPlainEvent(bytes, BEFORE.length, bytes.length - AFTER.length);
}

describe('an event read without JSON.parse', () => {
  test('is the one that JSON.parse and the check of its shape give', () => {
    let recognised = 0;
    fc.assert(
      fc.property(events, (event) => {
        const text = asStored(JSON.stringify(event));
        const plain = readPlain(text);
        if (plain !== undefined) {
          recognised += 1;
          expect(plain).toEqual(readOtherwise(text));
          expect(inOrder(plain)).toEqual(inOrder(JSON.parse(text)));
        }
      }),
      { numRuns: 500 },
    );
    expect(recognised).toBeGreaterThan(100);
  });

  test('is never read from text that says something else after a change', () => {
    let recognised = 0;
    fc.assert(
      fc.property(
        events,
        fc.nat(),
        fc.constantFrom('', '"', '\\', '{', '}', ',', '0', ' ', 'x', '[]'),
        (event, at, put) => {
          const text = JSON.stringify(event);
          const place = at % text.length;
          const changed = asStored(`${text.slice(0, place)}${put}${text.slice(place + 1)}`);
          const plain = readPlain(changed);
          if (plain !== undefined) {
            recognised += 1;
            expect(plain).toEqual(readOtherwise(changed));
            expect(inOrder(plain)).toEqual(inOrder(JSON.parse(changed)));
          }
        },
      ),
      { numRuns: 500 },
    );
    expect(recognised).toBeGreaterThan(20);
  });
});
