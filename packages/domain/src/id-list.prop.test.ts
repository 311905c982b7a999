import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdList } from './id-list.ts';

const anyText = fc.oneof(fc.string({ maxLength: 40 }), fc.constantFrom('', 'ü', 'x'.repeat(255), 'x'.repeat(256)));

describe('a list of ids', () => {
  it('has every text at its row, and no other one there', () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 100 }), anyText, (texts, other) => {
        const list = new IdList();
        for (const text of texts) list.push(text);
        expect(list.size).toBe(texts.length);
        for (const [row, text] of texts.entries()) {
          expect(list.at(row)).toBe(text);
          expect([list.isAt(row, text), list.isAt(row, other)]).toEqual([true, text === other]);
        }
        expect(() => list.at(8_192)).toThrow(RangeError);
      }),
    );
  });

  it('goes on from page to page', () => {
    const list = new IdList();
    for (let number = 0; number < 20_000; number += 1) list.push(`id-${number}-${'x'.repeat(number % 60)}`);
    for (let number = 0; number < 20_000; number += 1) {
      const text = `id-${number}-${'x'.repeat(number % 60)}`;
      expect(list.isAt(number, text) && list.at(number) === text).toBe(true);
    }
  });
});
