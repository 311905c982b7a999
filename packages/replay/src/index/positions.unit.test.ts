import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findIn, hashIn, PositionNotes } from './positions.ts';

const SECRET = 'c0ffee00'.repeat(8);
const FIRST = 1_000;

/** As a reader finds them: in the last chunk that begins at the hash or before it. */
function findEncoded(notes: PositionNotes, key: string): readonly number[] {
  const hash = hashIn(SECRET, key);
  const chunk = notes.encode().findLast(({ firstHash }) => firstHash <= hash);
  return chunk === undefined ? [] : findIn(chunk.bytes, hash, FIRST);
}

describe('the positions of a segment', () => {
  it('are found under their keys in the order of the events, each once, as noted and as encoded', () => {
    const entry = fc.tuple(fc.constantFrom('n:a', 'n:b', 'i:a', 'i:ä', 'm:'), fc.nat({ max: 65_535 }));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 60 }), (entries) => {
        const notes = new PositionNotes(FIRST, SECRET);
        const sorted = entries.toSorted(([, left], [, right]) => left - right);
        for (const [key, distance] of sorted) {
          notes.add(key, FIRST + distance);
        }
        for (const key of ['n:a', 'n:b', 'i:a', 'i:ä', 'm:', 'other']) {
          const numbers = sorted.flatMap(([of, distance]) => (of === key ? [FIRST + distance] : []));
          const expected = Array.from(new Set(numbers));
          expect(notes.find(key)).toEqual(expected);
          expect(findEncoded(notes, key)).toEqual(expected);
        }
      }),
    );
  });

  it('are cut into chunks between keys', () => {
    const notes = new PositionNotes(FIRST, SECRET);
    const keys = Array.from({ length: 3_000 }, (_unused, index) => `i:job-${index}`);
    for (const [index, key] of keys.entries()) {
      notes.add('n:busy', FIRST + index);
      notes.add(key, FIRST + index);
      for (let again = 0; again < 10; again += 1) {
        notes.add(key, FIRST + index + 10_000 + again);
      }
    }
    expect(notes.encode().length).toBeGreaterThan(2);
    expect(findEncoded(notes, 'n:busy')).toHaveLength(keys.length);
    for (const key of keys.filter((_key, index) => index % 100 === 0)) {
      expect(findEncoded(notes, key)).toEqual(notes.find(key));
      expect(notes.find(key)).toHaveLength(11);
    }
  });
});
