import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CapturedColumn, PagedColumn } from './paged-column.ts';

const PLACES = 3 * 4_096;

const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('set' as const), place: fc.nat(PLACES), value: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('capture' as const) }) },
);

describe('a column in pages', () => {
  it('has what was set last, and each capture of it what was set before', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const column = new PagedColumn((length) => new Int32Array(length));
        const plain = new Map<number, number>();
        const captures: { readonly captured: CapturedColumn; readonly expected: ReadonlyMap<number, number> }[] = [];
        for (const each of steps) {
          if (each.do === 'set') {
            column.set(each.place, each.value);
            plain.set(each.place, each.value);
          } else {
            captures.push({ captured: column.capture(), expected: new Map(plain) });
          }
        }
        for (const { captured, expected } of [...captures, { captured: column, expected: plain }]) {
          for (const place of [0, PLACES + 1, ...plain.keys()]) {
            expect(captured.at(place)).toBe(expected.get(place) ?? 0);
          }
        }
      }),
    );
  });
});
