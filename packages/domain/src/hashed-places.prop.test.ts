import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HashedPlaces } from './hashed-places.ts';

/** Of two segments, from the first places of each to the last, some of them the same place. */
const anyHash = fc
  .record({ segment: fc.constantFrom(0, 7), rest: fc.constantFrom(0, 1, 2 ** 19, 2 ** 21, 2 ** 22 - 2, 2 ** 22 - 1) })
  .map(({ segment, rest }) => (rest * 1_024 + segment) | 0);

const anyStep = fc.record({ hash: anyHash, isAdded: fc.boolean(), place: fc.nat() });

it('places of hashes find every row that was added and not removed, however many share one', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 200 }), (steps) => {
      const hashes: number[] = [];
      const places = new HashedPlaces((row) => hashes[row] ?? 0);
      const there: number[] = [];
      for (const { hash, isAdded, place } of steps) {
        const row = there[place % Math.max(1, there.length)];
        if (isAdded || row === undefined) {
          there.push(hashes.push(hash) - 1);
          places.add(hash, hashes.length - 1);
        } else {
          places.remove(hashes[row] ?? 0, row);
          there.splice(there.indexOf(row), 1);
        }
      }
      const found = hashes.flatMap((hash, row) => (places.find(hash, (each) => each === row) < 0 ? [] : [row]));
      expect(found).toEqual(there.toSorted((left, right) => left - right));
    }),
    { numRuns: 300 },
  );
});
