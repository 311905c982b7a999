import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RowIndex } from './row-index.ts';

/** Runs of ids that come, or go again. */
const anyRun = fc.record({ from: fc.nat({ max: 6_000 }), count: fc.nat({ max: 1_500 }), isFreed: fc.boolean() });

it('numbers of rows stand for one id each, until they are given up', () => {
  fc.assert(
    fc.property(fc.array(anyRun, { maxLength: 12 }), (runs) => {
      const rows = new RowIndex();
      const plain = new Map<string, number>();
      for (const { from, count, isFreed } of runs) {
        for (let number = from; number < from + count; number += 1) {
          const id = `id-${number}`;
          const row = plain.get(id);
          if (!isFreed) {
            plain.set(id, rows.of(id));
          } else if (row !== undefined) {
            rows.free(row);
            plain.delete(id);
          }
        }
      }
      expect(new Set(plain.values()).size).toBe(plain.size);
      for (let number = 0; number < 7_500; number += 1) {
        const row = plain.get(`id-${number}`);
        expect(rows.find(`id-${number}`)).toBe(row);
        expect(row === undefined ? undefined : rows.idAt(row)).toBe(row === undefined ? undefined : `id-${number}`);
      }
    }),
    { numRuns: 30 },
  );
});
