import fc from 'fast-check';
import { expect } from 'vitest';
import type * as z from 'zod';
import type { JsonObject } from '../json/reader.ts';

export interface Recognising {
  readonly bodies: fc.Arbitrary<object>;
  readonly schema: z.ZodType;
  readonly isQuick: (body: JsonObject) => boolean;
  readonly numRuns: number;
}

/** Holds what is recognised without a schema to what that reads; of both, some are met. */
export function holdToSchema(
  { bodies, schema, isQuick, numRuns }: Recognising,
  compare: (read: unknown, body: object) => void,
): void {
  let recognised = 0;
  let refused = 0;
  fc.assert(
    fc.property(bodies, (body) => {
      const parsed = schema.safeParse(body);
      if (isQuick({ ...body })) {
        recognised += 1;
        compare(parsed.success && parsed.data, body);
      }
      refused += parsed.success ? 0 : 1;
    }),
    { numRuns },
  );
  expect(recognised).toBeGreaterThan(50);
  expect(refused).toBeGreaterThan(50);
}

/** Field for field in the same order. */
export function expectSameText(read: unknown, body: object): void {
  expect(read && JSON.stringify(read)).toBe(JSON.stringify(body));
}
