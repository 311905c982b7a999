import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InstanceTable } from './instance-table.ts';
import type { Instance } from './ledger.ts';
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

describe('the table of instances', () => {
  it('holds what a map of records would, in the same order', () => {
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
        expect([...table.keys()]).toEqual([...plain.keys()]);
        expect([...table]).toEqual([...plain]);
      }),
      { numRuns: 300 },
    );
  });

  it('is read as it was when it was captured, however it goes on, and columns give it back', () => {
    fc.assert(
      fc.property(many(60), many(60), fc.nat({ max: 5 }), (before, later, pace) => {
        const [table, plain] = [new InstanceTable(), new Map<string, Instance>()];
        for (const next of before) take(table, plain, next);
        const captured = [...plain];
        const rest = [...later];
        const again = new InstanceTable(1);
        for (const columns of table.capture().stretches(4)) {
          again.append(columns);
          for (const next of rest.splice(0, pace)) take(table, plain, next);
        }
        expect([...again]).toEqual(captured);
        expect([...table]).toEqual([...plain]);
        for (const [id, instance] of captured) expect(again.get(id)).toEqual(instance);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the numbers of its rows while it is captured, and closes up later', () => {
    const table = new InstanceTable();
    for (let number = 0; number < 5_000; number += 1) table.set(`instance-${number}`, ended(number));
    const capture = table.capture();
    for (let number = 0; number < 4_000; number += 1) table.delete(`instance-${number}`);
    const read = [...capture.stretches()];
    expect(read.reduce((sum, { count }) => sum + count, 0)).toBe(5_000);
    expect([table.numbering, table.rows]).toEqual([0, 5_000]);
    table.delete('instance-4000');
    expect([table.numbering, table.rows, table.size]).toEqual([1, 999, 999]);
  });

  it('is read no further by a capture that was released, and may close up', () => {
    const table = new InstanceTable();
    for (let number = 0; number < 5_000; number += 1) table.set(`instance-${number}`, ended(number));
    const capture = table.capture();
    const stretches = capture.stretches();
    expect(stretches.next().value?.count).toBe(512);
    capture.release();
    for (let number = 0; number < 4_000; number += 1) table.delete(`instance-${number}`);
    expect(table.numbering).toBe(1);
    expect(stretches.next()).toEqual({ done: true, value: undefined });
  });

  it('grows, and closes up when most of it has gone', () => {
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
});
