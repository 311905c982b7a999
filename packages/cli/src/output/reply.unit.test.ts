import { fleetbookError } from '@fleetbook/contracts';
import { describe, expect, it } from 'vitest';
import { nextStepFor } from './next-steps.ts';
import { refusalLines } from './reply.ts';

describe('the lines of a refusal', () => {
  it('name who holds what on a node that is to be retired', () => {
    const holders = [
      { instance: 'i1', claimId: 'c1' },
      { instance: 'i2', moveId: 'm2', state: 'left-behind' },
    ];
    const error = fleetbookError('NODE_NOT_EMPTY', { node: 'n1', count: 5, holders, more: 3 });
    expect(refusalLines(error)).toEqual([
      'holds i1 (claim c1)',
      'holds i2 (move m2, left-behind)',
      'and 3 more',
      nextStepFor(error),
    ]);
  });

  it('say of each node that was tried why it takes no claims', () => {
    const nodes = [
      { node: 'n1', code: 'INVENTORY_STALE', reason: 'silent', since: 0, rules: [] },
      { node: 'n2', code: 'NODE_NOT_FOUND', rules: [] },
    ];
    expect(refusalLines(fleetbookError('INVENTORY_STALE', { node: 'n1', nodes })).slice(0, 2)).toEqual([
      'n1 INVENTORY_STALE since 1970-01-01T00:00:00.000Z: silent',
      'n2 NODE_NOT_FOUND',
    ]);
  });

  it('are none where the message says it all', () => {
    expect(refusalLines(fleetbookError('NODE_DOWN', { node: 'n1', reason: 'power' }))).toEqual([]);
  });
});

describe('the next step after NOT_FOUND', () => {
  it('speaks of a question, not of a command', () => {
    expect(nextStepFor(fleetbookError('NOT_FOUND', { kind: 'node', id: 'n9' }))).not.toContain('command');
  });
});
