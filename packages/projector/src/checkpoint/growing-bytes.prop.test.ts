import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GrowingBytes } from './growing-bytes.ts';

describe('growing bytes', () => {
  it('are the parts joined, whatever length was expected', () => {
    const part = fc
      .uint8Array({ maxLength: 4 })
      .chain((bytes) =>
        fc.constantFrom(1, 20_000).map((times) => Buffer.concat(Array.from({ length: times }, () => bytes))),
      );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.nat(200_000), (parts, expectedBytes) => {
        const bytes = new GrowingBytes(expectedBytes);
        for (const each of parts) {
          bytes.add(each);
        }
        expect(Buffer.compare(Buffer.from(bytes.all()), Buffer.concat(parts))).toBe(0);
      }),
      { numRuns: 30 },
    );
  });
});
