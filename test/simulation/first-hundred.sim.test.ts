import { describe } from 'vitest';
import { itHoldsFor } from './seeds.ts';

describe('a cell under faults keeps every invariant', () => {
  itHoldsFor(1, 100);
});
