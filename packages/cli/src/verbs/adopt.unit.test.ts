import { expect, it } from 'vitest';
import { planSummary } from './adopt.ts';

it('a plan of adoptions counts apart what is held already', () => {
  const outlooks = ['adopt', 'adopt-above-capacity', 'held-here', 'refuse'] as const;
  const plan = outlooks.map((outlook) => ({ instance: 'i-1', node: 'node-1', outlook, charge: [] }));
  expect(planSummary(plan)).toBe('2 of 4 would be taken, 1 held already, 1 refused; nothing was sent');
});
