import { describe, expect, it } from 'vitest';
import { addCharge } from './evolve/charge-providers.ts';
import { ProviderTree } from './provider-tree.ts';
import { inventory, provider, unitInventory } from './testing/node-record.ts';

const PROVIDERS = [
  provider('root', [inventory('VCPU', 100), inventory('MEMORY_MB', 100)]),
  provider('gpu-0', [unitInventory('SLOT', ['a', 'b', 'c'])]),
];
const vcpu = (amount: number) => ({ provider: 'root', class: 'VCPU', amount });

describe('a tree of providers', () => {
  it('has the sums of its charges, however many were added before somebody looked', () => {
    for (const count of [1, 2, 15, 16, 17, 40]) {
      let tree = ProviderTree.of(PROVIDERS);
      let providers: readonly (typeof PROVIDERS)[number][] = PROVIDERS;
      const trees: (readonly [ProviderTree, typeof providers])[] = [];
      for (let amount = 1; amount <= count; amount += 1) {
        tree = tree.charge([vcpu(amount)]);
        providers = addCharge(providers, [vcpu(amount)]);
        trees.push([tree, providers]);
        if (amount % 5 === 0) expect(tree.providers).toEqual(providers);
      }
      for (const [each, expected] of trees) expect(each.providers).toEqual(expected);
    }
  });

  it('stays as it is when another is made of it', () => {
    const tree = ProviderTree.of(PROVIDERS);
    const charged = tree.charge([{ provider: 'gpu-0', class: 'SLOT', amount: 2, units: ['b', 'a'] }]);
    const freed = charged.free([{ provider: 'gpu-0', class: 'SLOT', amount: 1, units: ['a'] }]);
    const takenIn = ({ providers }: ProviderTree) => providers[1]?.inventories[0]?.takenUnits;
    expect([tree, charged, freed].map(takenIn)).toEqual([[], ['a', 'b'], ['b']]);
    expect(tree.providers).toBe(PROVIDERS);
  });

  it('refuses at once to charge what it does not have, and to free more than is charged', () => {
    const tree = ProviderTree.of(PROVIDERS);
    expect(() => tree.charge([vcpu(1), { provider: 'gpu-9', class: 'SLOT', amount: 1 }])).toThrow('gpu-9');
    expect(() => tree.charge([{ provider: 'root', class: 'SLOT', amount: 1 }])).toThrow('has no SLOT');
    expect(() => tree.charge([vcpu(2)]).free([vcpu(3)])).toThrow('exceeds');
  });

  it('gives equal lines as one record, and none that it does not have', () => {
    const tree = ProviderTree.of(PROVIDERS);
    const first = tree.share([vcpu(1)]);
    const [line] = tree.charge(first).share([vcpu(1)]);
    expect(first).toEqual([vcpu(1)]);
    expect(line).toBe(first[0]);
    expect(tree.share([vcpu(2)])).toEqual([vcpu(2)]);
    expect(tree.share([vcpu(2)])).toBe(tree.share([vcpu(2)]));
    expect(tree.share([vcpu(2), vcpu(2)])).toEqual([vcpu(2), vcpu(2)]);
    expect(tree.share([])).toEqual([]);
    expect(() => tree.share([{ provider: 'gpu-9', class: 'SLOT', amount: 1 }])).toThrow('gpu-9');
  });
});
