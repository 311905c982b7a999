import { expect } from 'vitest';
import { canonicalRecords } from '../canonical.ts';
import type { Change, Inventory, Ledger } from '../ledger.ts';
import type { ChargeLine } from '../request.ts';
import { isOpen } from '../tables/move-table.ts';

const sorted = (index: ReadonlyMap<string | number, ReadonlySet<string>>) =>
  [...index].map(([key, ids]): [string, readonly string[]] => [String(key), [...ids].sort()]).sort();

/** Everything a ledger holds, its indexes included, in an order of its own. */
export const stateOf = (ledger: Ledger) => ({
  records: [...canonicalRecords(ledger)].sort(),
  nodes: [...ledger.nodes].map(([id, node]) => [id, { ...node, tree: node.tree.providers }]).sort(),
  instances: [...ledger.instances].sort(),
  moves: [...ledger.moves].sort(),
  cell: ledger.cell,
  providerNode: [...ledger.providerNode].sort(),
  heldBy: sorted(new Map([...ledger.nodes.keys()].map((node) => [node, ledger.heldBy.get(node)]))),
  sidesOn: sorted(ledger.sidesOn),
  expiring: sorted(ledger.expiring),
  finished: sorted(ledger.finished),
});

export const inventoriesOf = (ledger: Ledger): Map<string, Inventory> =>
  new Map(
    [...ledger.nodes.values()].flatMap((node) =>
      node.tree.providers.flatMap((provider) =>
        provider.inventories.map((each): [string, Inventory] => [`${node.id} ${provider.id} ${each.class}`, each]),
      ),
    ),
  );

const heldCharges = (ledger: Ledger) => {
  const amounts = new Map<string, number>();
  const units = new Map<string, string[]>();
  const add = (node: string, charge: readonly ChargeLine[]): void => {
    for (const line of charge) {
      const key = `${node} ${line.provider} ${line.class}`;
      amounts.set(key, (amounts.get(key) ?? 0) + line.amount);
      units.set(key, [...(units.get(key) ?? []), ...(line.units ?? [])]);
    }
  };
  for (const instance of ledger.instances.values()) {
    if (instance.status === 'held') add(instance.claim.node, instance.claim.charge);
  }
  for (const { other } of ledger.moves.values()) if (other !== undefined) add(other.node, other.counted);
  return { amounts, units };
};

/** Sums are those of the live charges, units have one owner, and the indexes say what the tables say. */
export const checkCharges = (ledger: Ledger): void => {
  const { amounts, units } = heldCharges(ledger);
  const inventories = inventoriesOf(ledger);
  for (const [key, inventory] of inventories) {
    expect(inventory.charged, key).toBe(amounts.get(key) ?? 0);
    expect([...inventory.takenUnits].sort(), key).toEqual((units.get(key) ?? []).sort());
    expect(new Set(inventory.takenUnits).size, key).toBe(inventory.takenUnits.length);
  }
  for (const key of amounts.keys()) expect(inventories.has(key), key).toBe(true);
  for (const node of ledger.nodes.values()) {
    expect(ledger.heldBy.get(node.id).size).toBe(node.claimCount);
    const sides = [...ledger.moves.values()].filter((move) => move.other?.node === node.id);
    expect(ledger.sidesOn.get(node.id)?.size ?? 0).toBe(sides.length);
  }
};

/** An instance runs on one node at most, or on two that one open move names; moves and instances agree on it. */
export const checkPlaces = (ledger: Ledger): void => {
  for (const move of ledger.moves.values()) {
    const instance = ledger.instances.get(move.instance);
    const openOf = instance === undefined || instance.status === 'ended' ? undefined : instance.moveId;
    if (isOpen(move)) {
      expect(openOf, move.id).toBe(move.id);
      expect(move.other?.state, move.id).toBe('held');
      const place = move.otherSide === 'destination' ? move.source : move.destination;
      if (instance?.status === 'held') expect(instance.claim.node, move.id).toBe(place);
      expect(move.other?.node, move.id).toBe(move.otherSide === 'source' ? move.source : move.destination);
    } else {
      expect(openOf, move.id).not.toBe(move.id);
      expect(move.other?.state, move.id).not.toBe('held');
    }
  }
  for (const instance of ledger.instances.values()) {
    if (instance.status === 'ended' || instance.moveId === undefined) continue;
    const move = ledger.moves.get(instance.moveId);
    expect(move !== undefined && isOpen(move), instance.id).toBe(true);
  }
};

/** No sum above capacity that was not there before. */
export const checkGrowth = (before: ReadonlyMap<string, Inventory>, after: ReadonlyMap<string, Inventory>): void => {
  for (const [key, inventory] of after) {
    if (inventory.charged > (before.get(key)?.charged ?? 0)) {
      expect(inventory.charged, key).toBeLessThanOrEqual(inventory.capacity);
    }
  }
};

/** A snapshot: the changes that make an empty ledger equal to another. */
export const changesTo = (ledger: Ledger): Change[] => [
  ...[...ledger.nodes].map(([key, after]): Change => ({ table: 'nodes', key, before: undefined, after })),
  ...[...ledger.instances].map(([key, after]): Change => ({ table: 'instances', key, before: undefined, after })),
  ...[...ledger.moves].map(([key, after]): Change => ({ table: 'moves', key, before: undefined, after })),
];
