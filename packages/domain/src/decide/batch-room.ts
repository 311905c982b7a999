import type { AtomicBatch } from '../command.ts';
import { increaseOver, sumOf } from '../evolve/counted.ts';
import type { Change, Instance, Inventory, Ledger, Move, Node } from '../ledger.ts';
import { ProviderTree } from '../provider-tree.ts';
import type { ChargeLine } from '../request.ts';
import { withoutUnits } from '../units.ts';

/** Every node a batch may charge, seen through some change of its inventories. */
export const seenNodes = (
  ledger: Ledger,
  { commands }: AtomicBatch,
  see: (node: Node, inventory: Inventory, provider: string) => Inventory,
): readonly Change[] => {
  const ids = new Set(
    commands.flatMap((command) => {
      if (command.type === 'ClaimMove') return [command.destination];
      if (command.type === 'ClaimInstance') return [command.node, ...(command.alternates ?? [])];
      return command.type === 'RebuildInstance' ? [command.node] : [];
    }),
  );
  return [...ids].flatMap((key): Change[] => {
    const before = ledger.nodes.get(key);
    if (before === undefined) return [];
    const providers = before.tree.providers.map((provider) => ({
      ...provider,
      inventories: provider.inventories.map((inventory) => see(before, inventory, provider.id)),
    }));
    return [{ table: 'nodes', key, before, after: { ...before, tree: ProviderTree.of(providers) } }];
  });
};

type Holdings = Map<string, Map<string, readonly ChargeLine[]>>;

const hold = (holdings: Holdings, instance: string, node: string, charge: readonly ChargeLine[]): void => {
  const ofNode = holdings.get(node) ?? new Map<string, readonly ChargeLine[]>();
  const held = ofNode.get(instance);
  ofNode.set(instance, held === undefined ? charge : sumOf([...held, ...charge]));
  holdings.set(node, ofNode);
};

const holdingsOf = (instances: Iterable<Instance | undefined>, moves: Iterable<Move | undefined>): Holdings => {
  const holdings: Holdings = new Map();
  for (const instance of instances) {
    if (instance?.status === 'held') hold(holdings, instance.id, instance.claim.node, instance.claim.charge);
  }
  for (const move of moves) {
    if (move?.other !== undefined) hold(holdings, move.instance, move.other.node, move.other.counted);
  }
  return holdings;
};

/** What the instances of a batch hold before it on each node and no longer after it. */
export const givenBack = (changes: readonly Change[]): ReadonlyMap<string, readonly ChargeLine[]> => {
  const instances = { before: new Map<string, Instance | undefined>(), after: new Map<string, Instance | undefined>() };
  const moves = { before: new Map<string, Move | undefined>(), after: new Map<string, Move | undefined>() };
  for (const change of changes) {
    if (change.table === 'instances') {
      if (!instances.before.has(change.key)) instances.before.set(change.key, change.before);
      instances.after.set(change.key, change.after);
    } else if (change.table === 'moves') {
      if (!moves.before.has(change.key)) moves.before.set(change.key, change.before);
      moves.after.set(change.key, change.after);
    }
  }
  const before = holdingsOf(instances.before.values(), moves.before.values());
  const after = holdingsOf(instances.after.values(), moves.after.values());
  return new Map(
    [...before].map(([node, held]) => [
      node,
      [...held].flatMap(([instance, charge]) => increaseOver(after.get(node)?.get(instance) ?? [], charge)),
    ]),
  );
};

export const seeRoom = (_: Node, inventory: Inventory): Inventory => ({
  ...inventory,
  capacity: inventory.isVanished ? inventory.capacity : Number.MAX_SAFE_INTEGER,
  takenUnits: [],
});

/** What will have been given back when the batch is done can be taken again within it. */
export const seeGivenBack =
  (credits: ReadonlyMap<string, readonly ChargeLine[]>) =>
  (node: Node, inventory: Inventory, provider: string): Inventory => {
    const lines = credits.get(node.id)?.filter((line) => line.provider === provider && line.class === inventory.class);
    if (lines === undefined || lines.length === 0) return inventory;
    const amount = lines.reduce((sum, line) => sum + line.amount, 0);
    const units = lines.flatMap((line) => line.units ?? []);
    const capacity = Math.min(Number.MAX_SAFE_INTEGER, inventory.capacity + amount);
    return { ...inventory, capacity, takenUnits: withoutUnits(inventory.takenUnits, units) };
  };

/** An inventory that a batch as a whole charges too much; `requested` is what the batch adds to it. */
export interface Overcharge {
  readonly rule: 'UNIT_TAKEN' | 'NO_CAPACITY';
  readonly node: string;
  readonly provider: string;
  readonly class: string;
  readonly requested: number;
}

const overchargeOf = (before: Node, after: Node): Overcharge | undefined => {
  const charged = new Map(
    before.tree.providers.flatMap((provider) =>
      provider.inventories.map((each): [string, number] => [`${provider.id} ${each.class}`, each.charged]),
    ),
  );
  for (const provider of after.tree.providers) {
    for (const inventory of provider.inventories) {
      const requested = inventory.charged - (charged.get(`${provider.id} ${inventory.class}`) ?? 0);
      const place = { node: after.id, provider: provider.id, class: inventory.class, requested };
      const { takenUnits } = inventory;
      if (new Set(takenUnits).size < takenUnits.length) return { rule: 'UNIT_TAKEN', ...place };
      if (requested > 0 && inventory.charged > inventory.capacity) return { rule: 'NO_CAPACITY', ...place };
    }
  }
  return undefined;
};

/** The first inventory that some changes, all of them together, charge beyond its capacity or with a unit twice. */
export const overchargeBy = (changes: readonly Change[]): Overcharge | undefined => {
  const before = new Map<string, Node>();
  const after = new Map<string, Node>();
  for (const change of changes) {
    if (change.table !== 'nodes' || change.before === undefined || change.after === undefined) continue;
    if (!before.has(change.key)) before.set(change.key, change.before);
    after.set(change.key, change.after);
  }
  for (const [id, node] of after) {
    const overcharge = overchargeOf(before.get(id) ?? node, node);
    if (overcharge !== undefined) return overcharge;
  }
  return undefined;
};
