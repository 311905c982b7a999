import { fleetbookError } from '@fleetbook/contracts';
import { describe, expect, it } from 'vitest';
import { asRefused, insteadText } from './what-if.ts';

const RULES = [{ group: '', class: 'VCPU', rule: 'NO_CAPACITY', requested: 9, capacity: 64, charged: 60, headroom: 4 }];
const SHORT = 'VCPU NO_CAPACITY: requested 9, capacity 64, charged 60, headroom 4';

describe('an inserted command that would have been refused', () => {
  it('is told with the rules that it breaks, and not to be sent again', () => {
    const { next } = asRefused(fleetbookError('NO_CAPACITY', { node: 'n-1', rules: RULES }));
    expect(next).toEqual([SHORT, expect.stringContaining('just after --from')]);
  });

  it('is told apart from a question that cannot be asked', () => {
    expect(asRefused(fleetbookError('INVALID_FIELD', { path: 'until', rule: 'not before from' })).next).toBeUndefined();
  });
});

describe('what comes out otherwise under the same name', () => {
  it('is told with its figures', () => {
    const instead = { outcome: 'refused', code: 'NO_CAPACITY', details: { node: 'n-1', rules: RULES } } as const;
    const recorded = { types: ['CommandRejected'], code: 'NO_CAPACITY' } as const;
    expect(insteadText({ recorded, instead })).toBe(`NO_CAPACITY, on other figures; ${SHORT}`);
    expect(insteadText({ recorded: { ...recorded, code: 'NODE_DOWN' }, instead })).toBe('NO_CAPACITY');
  });

  it('is told to have other contents', () => {
    const types = ['InstanceClaimed'] as const;
    const instead = { outcome: 'accepted', types } as const;
    expect(insteadText({ recorded: { types }, instead })).toBe('InstanceClaimed, with other contents');
    expect(insteadText({ recorded: { types: ['CommandRejected'], code: 'NO_CAPACITY' }, instead })).toBe(
      'InstanceClaimed',
    );
  });
});
