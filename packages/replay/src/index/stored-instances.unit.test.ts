import { type Instance, placeOf } from '@fleetbook/domain';
import { describe, expect, it } from 'vitest';
import { lineOfInstance, StoredInstances } from './stored-instances.ts';

const ENDED: Instance = { id: 'i-1', status: 'ended', touchedAt: 7 };
const HELD: Instance = {
  id: 'i-2',
  status: 'held',
  claim: {
    ...{ claimId: 'c-2', node: 'n-1', status: 'unconfirmed', requestText: '{}', charge: [] },
    claimant: { role: 'scheduler', id: 's-1' },
    expiry: { ttlMs: 1_000, expiresAt: 12_500 },
  },
};

function stored() {
  const instances = new StoredInstances();
  const places: unknown[] = [];
  const lines = [ENDED, HELD].map((instance) => lineOfInstance(instance, placeOf(instance)));
  instances.store(lines.join('\n'), (id, place) => void places.push({ id, ...place }));
  return { instances, places };
}

describe('the instances of a saved state', () => {
  it('tell where each stands before any is read', () => {
    expect(stored().places).toEqual([
      { id: 'i-1', node: undefined, expiry: undefined },
      { id: 'i-2', node: 'n-1', expiry: 12 },
    ]);
  });

  it('are a map of all of them, whichever have been read', () => {
    for (const read of [[], ['i-1'], ['i-2', 'i-1']]) {
      const { instances } = stored();
      read.forEach((id) => void instances.get(id));
      expect([instances.size, instances.has('i-1'), instances.has('i-3')]).toEqual([2, true, false]);
      expect(Object.fromEntries(instances)).toEqual({ 'i-1': ENDED, 'i-2': HELD });
      expect(instances.get('i-2')).toEqual(HELD);
      expect(instances.get('i-3')).toBeUndefined();
    }
  });

  it('are replaced and taken out before they are read', () => {
    const { instances } = stored();
    instances.set('i-1', HELD);
    expect([instances.delete('i-2'), instances.delete('i-2')]).toEqual([true, false]);
    expect(Array.from(instances)).toEqual([['i-1', HELD]]);
    instances.clear();
    expect(instances.size).toBe(0);
  });
});
