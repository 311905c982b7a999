import type { AtomicBatch, BatchPart } from '../command.ts';
import type { Change, Inventory, Ledger, Node } from '../ledger.ts';
import { ProviderTree } from '../provider-tree.ts';
import { withoutUnits } from '../units.ts';
import { type Credits, inventoriesOf, placeKey } from './batch-credits.ts';
import type { See } from './batch-trial.ts';

/** The nodes that a command may charge. */
const nodesOf = (command: BatchPart): readonly string[] => {
  if (command.type === 'ClaimMove') return [command.destination];
  if (command.type === 'ClaimInstance') return [command.node, ...(command.alternates ?? [])];
  return command.type === 'RebuildInstance' ? [command.node] : [];
};

/** Every node that a command may charge, with inventories seen otherwise than they are. */
const seenNodes = (
  ledger: Ledger,
  command: BatchPart,
  see: (inventory: Inventory, key: string) => Inventory,
): readonly Change[] =>
  nodesOf(command).flatMap((node): Change[] => {
    const before = ledger.nodes.get(node);
    if (before === undefined) return [];
    const providers = before.tree.providers.map((provider) => ({
      ...provider,
      inventories: provider.inventories.map((each) =>
        each.isVanished ? each : see(each, placeKey(node, provider.id, each.class)),
      ),
    }));
    return [{ table: 'nodes', key: node, before, after: { ...before, tree: ProviderTree.of(providers) } }];
  });

/** Every part finds room for all that it asks for. */
export const seeRoom =
  (ledger: Ledger): See =>
  (command) =>
    seenNodes(ledger, command, (inventory) => ({
      ...inventory,
      capacity: Number.MAX_SAFE_INTEGER,
      takenUnits: [],
    }));

/**
 * What the batch gives back can be taken before, also above a capacity that shrank: only what it adds has to fit.
 * Once it is given back there is as much as there is. With `isLasting` the amounts can be taken then as well, to find
 * out by how much a batch is too large.
 */
export const seeGivenBack = (ledger: Ledger, { commands }: AtomicBatch, credits: Credits, isLasting: boolean): See => {
  const nodes = [...new Set(commands.flatMap(nodesOf))].flatMap((id) => ledger.nodes.get(id) ?? []);
  const before = new Map(nodes.flatMap((node) => [...inventoriesOf(node)]));
  return (command, place) =>
    seenNodes(ledger, command, (inventory, key) => {
      const lent = credits.get(key)?.filter(({ from }) => from <= place) ?? [];
      const due = lent.filter(({ until }) => place < until);
      const amount = (isLasting ? lent : due).reduce((sum, credit) => sum + credit.amount, 0);
      const capacity = Math.max(inventory.capacity, before.get(key)?.charged ?? 0) + amount;
      const takenUnits = due.reduce((taken, { units }) => withoutUnits(taken, units), inventory.takenUnits);
      return { ...inventory, capacity: Math.min(Number.MAX_SAFE_INTEGER, capacity), takenUnits };
    });
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
  const inventories = inventoriesOf(before);
  for (const provider of after.tree.providers) {
    for (const inventory of provider.inventories) {
      const requested =
        inventory.charged - (inventories.get(placeKey(after.id, provider.id, inventory.class))?.charged ?? 0);
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
