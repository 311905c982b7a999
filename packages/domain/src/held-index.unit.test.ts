import { describe, expect, it } from 'vitest';
import { HeldIndex } from './held-index.ts';
import { InstanceTable } from './instance-table.ts';
import type { Instance } from './ledger.ts';

const heldOn = (id: string, node: string): Instance => ({
  status: 'held',
  id,
  claim: {
    ...{ claimId: `claim-${id}`, node, status: 'confirmed', requestText: '{}', charge: [] },
    claimant: { role: 'scheduler', id: 'scheduler-1' },
  },
});

describe('the index of what is held on a node', () => {
  it('names what the table has there, however often it came and went', () => {
    const instances = new InstanceTable();
    const index = new HeldIndex(instances);
    for (let round = 0; round < 300; round += 1) {
      const [id, node] = [`i-${round % 70}`, `node-${round % 3}`];
      instances.set(id, heldOn(id, node));
      index.add(node, id);
      if (round % 4 === 0) instances.set(`i-${round % 50}`, { status: 'ended', id: `i-${round % 50}` });
      for (const each of ['node-0', 'node-1', 'node-2', 'node-9']) {
        const expected = [...instances.values()].filter((one) => one.status === 'held' && one.claim.node === each);
        expect([...index.get(each)].sort()).toEqual(expected.map((one) => one.id).sort());
      }
    }
  });
});
