import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TextSet } from './text-set.ts';

const someText = fc.oneof(
  fc.nat(200).map((number) => `job-${number}`),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

it('a set of texts is what a Set of them is, in the order of the Set', () => {
  fc.assert(
    fc.property(fc.array(someText, { maxLength: 2_000 }), fc.array(someText), (texts, others) => {
      const set = new TextSet();
      const known = new Set<string>();
      for (const text of texts) {
        expect(set.has(text)).toBe(known.has(text));
        set.add(text);
        known.add(text);
      }
      expect([...set]).toEqual([...known]);
      expect(set.size).toBe(known.size);
      expect(others.map((text) => set.has(text))).toEqual(others.map((text) => known.has(text)));
    }),
    { numRuns: 30 },
  );
});
