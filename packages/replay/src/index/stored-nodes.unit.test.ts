import { emptyLedger, InstanceTable, install, type Node, ProviderTree } from '@fleetbook/domain';
import { describe, expect, it } from 'vitest';
import { lineOfNode, StoredNodes } from './stored-nodes.ts';

function nodeOf(id: string, providers: readonly string[]): Node {
  const tree = ProviderTree.of(
    providers.map((provider) => ({ id: provider, traits: [], aggregates: [], inventories: [], isVanished: false })),
  );
  return {
    ...{
      id,
      owner: 'agent',
      bootId: 'boot-1',
      bootIds: ['boot-1'],
      incarnation: 1,
      tree,
      claimCount: 0,
      generation: 4,
    },
    status: { kind: 'enabled' },
    inventoryStatus: { kind: 'reported', sequence: 1 },
  };
}

const ONE = nodeOf('n-1', ['n-1', 'n-1.gpu']);
const OTHER = nodeOf('n-2', []);

function stored() {
  const nodes = new StoredNodes();
  const places: unknown[] = [];
  for (const node of [ONE, OTHER]) {
    nodes.store(lineOfNode(node), (place) => void places.push(place));
  }
  return { nodes, places };
}

describe('the nodes of a saved state', () => {
  it('tell what the indexes have to know before any is read', () => {
    expect(stored().places).toEqual([
      { id: 'n-1', providers: ['n-1', 'n-1.gpu'], hasDrifts: false },
      { id: 'n-2', providers: [], hasDrifts: false },
    ]);
  });

  it('are a table of all of them, whichever have been read', () => {
    for (const read of [[], ['n-2'], ['n-2', 'n-1']]) {
      const { nodes } = stored();
      read.forEach((id) => void nodes.get(id));
      expect([nodes.size, nodes.has('n-1'), nodes.has('n-3'), nodes.get('n-3')]).toEqual([2, true, false, undefined]);
      expect(Array.from(nodes.keys()).toSorted()).toEqual(['n-1', 'n-2']);
      expect(Object.fromEntries(nodes)).toEqual({ 'n-1': ONE, 'n-2': OTHER });
    }
  });

  it('are charged, replaced and taken out before they are read', () => {
    const { nodes } = stored();
    const ledger = emptyLedger(new InstanceTable(), nodes);
    const change = nodes.chargeOf('n-1', [], 9);
    install(ledger, change === undefined ? [] : [change]);
    expect(nodes.get('n-1')).toMatchObject({ claimCount: 1, generation: 9 });
    nodes.set('n-2', ONE);
    expect([nodes.delete('n-1'), nodes.delete('n-1')]).toEqual([true, false]);
    expect(Object.fromEntries(nodes)).toEqual({ 'n-2': ONE });
  });

  it('are texts as long as nobody asks for them', () => {
    const { nodes } = stored();
    nodes.get('n-1');
    expect([nodes.unread('n-1'), nodes.unread('n-2')]).toEqual([undefined, expect.stringContaining('"n-2"')]);
  });
});
