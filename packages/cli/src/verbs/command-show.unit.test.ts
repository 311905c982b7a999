import type { LedgerEvent } from '@fleetbook/domain';
import { describe, expect, it } from 'vitest';
import { otherFacts } from '../output/other-decisions.ts';
import { firstsOf, whatNext } from './command-show.ts';

function eventOf(number: number, index = 0): LedgerEvent {
  const facts = { at: 1, commandId: 'night-7', index, count: 2, actor: { role: 'scheduler', id: 's-20' } } as const;
  return { type: 'NodeEnabled', schemaVersion: 1, number, data: {}, ...facts };
}

describe('of several commands with one id', () => {
  it('the first that was recorded counts', () => {
    const newestFirst = [eventOf(9, 1), eventOf(8), eventOf(3, 1), eventOf(2)];
    expect(firstsOf(newestFirst).map(({ number }) => number)).toEqual([2, 8]);
  });

  it('the others are named with who sent them, what they came to and how to look at them', () => {
    const actor = { role: 'scheduler', id: 's-21' } as const;
    expect(otherFacts([{ number: 975, outcome: 'accepted', actor }])).toEqual([
      ['also', 'scheduler s-21 used this id: accepted, event 975 (fleetbook explain 975)'],
    ]);
  });
});

describe('a command without an outcome', () => {
  it('may be on its way, unless it is on record and only its outcome is forgotten', () => {
    expect(whatNext('h.9', undefined)).toBe('Not found up to h.9: it may still be on its way, or changed nothing.');
    expect(whatNext('h.9', eventOf(4, 0))).toBe(
      'It is recorded at event 4, and its outcome remembered no longer: ask with --as-of 5.',
    );
  });
});
