import { fleetbookError } from '@fleetbook/contracts';
import { describe, expect, it } from 'vitest';
import { nextStepFor } from './next-steps.ts';
import { reasonsBesideTable, refusalLines } from './reply.ts';

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

  it('say which part of a batch it is about, and that the figures are those before the batch', () => {
    const rules = [
      { group: '', class: 'VCPU', rule: 'NO_CAPACITY', requested: 3, capacity: 8, charged: 0, headroom: 8 },
    ];
    expect(refusalLines(fleetbookError('NO_CAPACITY', { node: 'n1', part: 2, rules })).slice(0, 2)).toEqual([
      'part 2 of the batch, from 0; all figures are those before the batch',
      'VCPU NO_CAPACITY: requested 3, capacity 8, charged 0, headroom 8',
    ]);
  });

  it('name the provider that a command names and a node does not have', () => {
    const error = fleetbookError('UNKNOWN_PROVIDER', { node: 'n1', provider: 'p9' });
    expect(refusalLines(error)).toEqual(['provider p9', nextStepFor(error)]);
  });

  it('are of a table of rules those beside it: what a rebuild would need beyond what it holds', () => {
    const held = { group: '', class: 'VCPU', requested: 7, held: 5 };
    const short = { ...held, rule: 'NO_CAPACITY', capacity: 8 };
    const details = { node: 'n1', rules: [held, short] };
    expect(reasonsBesideTable({ code: 'REBUILD_GROWS', details })).toEqual([
      'VCPU: requested 7, of it held by the instance 5',
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
