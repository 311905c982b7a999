import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InstanceTable } from './instance-table.ts';
import type { Instance } from './ledger.ts';
import { compareText } from './order.ts';
import { anyInstanceId, anyInstanceOf } from './testing/any-instance.ts';

type Step =
  | { readonly kind: 'set'; readonly id: string; readonly instance: Instance }
  | { readonly kind: 'delete' | 'get'; readonly id: string };

const step: fc.Arbitrary<Step> = anyInstanceId.chain((name) =>
  fc.oneof(
    { weight: 5, arbitrary: anyInstanceOf(name).map((instance): Step => ({ kind: 'set', id: name, instance })) },
    { weight: 2, arbitrary: fc.constant<Step>({ kind: 'delete', id: name }) },
    { weight: 3, arbitrary: fc.constant<Step>({ kind: 'get', id: name }) },
  ),
);

const ended = (number: number): Instance => ({ status: 'ended', id: `instance-${number}`, touchedAt: number + 1 });

const take = (table: InstanceTable, plain: Map<string, Instance>, next: Step): void => {
  if (next.kind === 'set') {
    table.set(next.id, next.instance);
    plain.set(next.id, next.instance);
  } else if (next.kind === 'delete') {
    expect(table.delete(next.id)).toBe(plain.delete(next.id));
  }
};

const many = (maxLength: number) => fc.array(step, { maxLength });

const byId = (instances: ReadonlyMap<string, Instance>): readonly (readonly [string, Instance])[] =>
  [...instances].sort(([left], [right]) => compareText(left, right));

const recordHash = (text: string): string => hash('sha256', text, 'binary');

/** Keeps hashes of ended ones, but for the last three. */
const packingTable = (seed = 0): InstanceTable => new InstanceTable(seed, recordHash, 3);

/** What both list and what the table has besides, which it says when it is asked for it. */
const expectAll = (table: InstanceTable, plain: ReadonlyMap<string, Instance>): void => {
  for (const [id, instance] of plain) expect([table.has(id), table.get(id)]).toEqual([true, instance]);
  const left = new Map(plain);
  for (const [id, instance] of table) {
    expect(left.get(id)).toEqual(instance);
    left.delete(id);
  }
  expect([...left.values()].filter(({ status }) => status !== 'ended')).toEqual([]);
  expect(table.ended?.size ?? 0).toBe(left.size);
};

describe('the table of instances', () => {
  it('holds what a map of records would', () => {
    fc.assert(
      fc.property(many(200), (steps) => {
        const table = new InstanceTable();
        const plain = new Map<string, Instance>();
        for (const next of steps) {
          take(table, plain, next);
          expect(table.get(next.id)).toEqual(plain.get(next.id));
          expect(table.has(next.id)).toBe(plain.has(next.id));
        }
        expect(table.size).toBe(plain.size);
        expect([...table.keys()].sort(compareText)).toEqual([...plain.keys()].sort(compareText));
        expect(byId(table)).toEqual(byId(plain));
      }),
      { numRuns: 300 },
    );
  });

  it('knows as much of those that ended when it keeps hashes of them', () => {
    fc.assert(
      fc.property(many(200), (steps) => {
        const table = packingTable();
        const plain = new Map<string, Instance>();
        for (const next of steps) {
          take(table, plain, next);
          expect(table.get(next.id)).toEqual(plain.get(next.id));
          expect(table.has(next.id)).toBe(plain.has(next.id));
        }
        expectAll(table, plain);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['records', (seed: number) => new InstanceTable(seed)],
    ['hashes of those that ended', packingTable],
  ])('is read as it was when it was captured, however it goes on, and comes back, with %s', (_what, tableOf) => {
    fc.assert(
      fc.property(many(60), many(60), fc.nat({ max: 5 }), (before, later, pace) => {
        const [table, plain] = [tableOf(1), new Map<string, Instance>()];
        for (const next of before) take(table, plain, next);
        const captured = new Map(plain);
        const rest = [...later];
        const again = tableOf(1);
        const ended = table.ended?.capture();
        for (const columns of table.capture().stretches(4)) {
          again.append(columns);
          for (const next of rest.splice(0, pace)) take(table, plain, next);
        }
        for (const columns of ended === undefined ? [] : (table.ended?.stretches(ended) ?? [])) {
          again.appendEnded(columns, 1);
        }
        expectAll(again, captured);
        expectAll(table, plain);
      }),
      { numRuns: 300 },
    );
  });

  it('gives rows of deleted records to others, also while it is captured', () => {
    const table = new InstanceTable();
    for (let number = 0; number < 5_000; number += 1) table.set(`instance-${number}`, ended(number));
    const capture = table.capture();
    for (let number = 0; number < 4_000; number += 1) {
      table.delete(`instance-${number}`);
      table.set(`later-${number}`, ended(number));
    }
    expect(table.rows).toBe(5_000);
    const again = new InstanceTable();
    for (const columns of capture.stretches()) again.append(columns);
    expect([...again.values()]).toEqual(Array.from({ length: 5_000 }, (_, number) => ended(number)));
  });

  it('is read no further by a capture that was released', () => {
    const table = new InstanceTable();
    for (let number = 0; number < 5_000; number += 1) table.set(`instance-${number}`, ended(number));
    const capture = table.capture();
    const stretches = capture.stretches();
    expect(stretches.next().value?.count).toBe(512);
    capture.release();
    expect(stretches.next()).toEqual({ done: true, value: undefined });
  });

  it('grows, and finds what is left when most of it has gone', () => {
    const table = new InstanceTable();
    const count = 20_000;
    for (let number = 0; number < count; number += 1) table.set(`instance-${number}`, ended(number));
    for (let number = 0; number < count; number += 1) {
      if (number % 10 !== 0) expect(table.delete(`instance-${number}`)).toBe(true);
    }
    const kept = Array.from({ length: count / 10 }, (_, place) => ended(10 * place));
    expect(table.size).toBe(kept.length);
    expect([...table.values()]).toEqual(kept);
    table.set('instance-1', ended(1));
    expect([table.get('instance-1'), table.get('instance-2'), table.get('instance-10')]).toEqual([
      ended(1),
      undefined,
      ended(10),
    ]);
  });

  it('lists no more than the last of many that ended, and knows all of them', () => {
    const table = new InstanceTable(7, recordHash);
    const count = 30_000;
    for (let number = 0; number < count; number += 1) table.set(`instance-${number}`, ended(number));
    expect([table.size, table.ended?.size]).toEqual([1_024, count - 1_024]);
    for (let number = 0; number < count; number += 1) {
      expect(table.get(`instance-${number}`)).toEqual(ended(number));
    }
    expect(table.has(`instance-${count}`)).toBe(false);
  });

  it('takes no hashes of ids that were made in another way', () => {
    const columns = { count: 0, hashes: new Uint32Array(), idHashes: new Int32Array(), values: new Float64Array() };
    expect(() => new InstanceTable(7, recordHash).appendEnded(columns, 8)).toThrow(RangeError);
    expect(() => new InstanceTable(7).appendEnded(columns, 7)).toThrow(RangeError);
  });
});
