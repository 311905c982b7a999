import { describe, expect, it } from 'vitest';
import { HeldIndex } from './held-index.ts';
import { InstanceTable } from './instance-table.ts';
import type { HeldRecord } from './ledger.ts';

const heldOn = (id: string, node: string): HeldRecord => ({
  status: 'held',
  id,
  claim: {
    ...{ claimId: `claim-${id}`, node, status: 'confirmed', requestText: '{}', charge: [] },
    claimant: { role: 'scheduler', id: 'scheduler-1' },
  },
});

describe('the index of what is held on a node', () => {
  it.each([
    ['ids', (instances: InstanceTable) => new HeldIndex(instances)],
    ['rows', (instances: InstanceTable) => instances.held],
  ])('names what the table has there, however often it came and went, by its %s', (_by, indexOf) => {
    const instances = new InstanceTable();
    const index = indexOf(instances);
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

  it('is true when rows of the table have been given to others', () => {
    const instances = new InstanceTable();
    const hold = (number: number, node: string): void => {
      instances.set(`i-${number}`, heldOn(`i-${number}`, node));
      instances.held.add(node, `i-${number}`);
    };
    for (let number = 0; number < 6_000; number += 1) hold(number, `node-${number % 2}`);
    for (let number = 0; number < 5_996; number += 1) instances.delete(`i-${number}`);
    expect([...instances.held.get('node-0')]).toEqual(['i-5996', 'i-5998']);
    hold(1, 'node-0');
    hold(2, 'node-1');
    expect(instances.rows).toBe(6_000);
    expect([...instances.held.get('node-0')].sort()).toEqual(['i-1', 'i-5996', 'i-5998']);
    expect([...instances.held.get('node-1')].sort()).toEqual(['i-2', 'i-5997', 'i-5999']);
  });

  it('comes with rows that are appended, over several pages, and goes on from there', () => {
    const instances = new InstanceTable(3);
    for (let number = 0; number < 10_000; number += 1) {
      const id = `i-${number}`;
      const plain = heldOn(id, `node-${number % 7}`);
      // Of every other hundredth the columns hold no more than that it is there.
      instances.set(id, number % 200 === 0 ? { ...plain, moveId: 'move-1' } : plain);
    }
    const again = new InstanceTable(3);
    for (const columns of instances.capture().stretches(1_000)) again.append(columns);
    expect([...again]).toEqual([...instances]);
    const expected = [...instances.keys()].filter((_id, number) => number % 7 === 3);
    expect([...again.held.get('node-3')]).toEqual(expected);
    for (const id of expected.slice(1)) again.delete(id);
    for (let number = 0; number < 2_000; number += 1) {
      again.set('i-other', heldOn('i-other', 'node-3'));
      again.held.add('node-3', 'i-other');
    }
    expect([...again.held.get('node-3')]).toEqual(['i-3', 'i-other']);
  });
});
