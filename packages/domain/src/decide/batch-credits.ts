import type { AtomicBatch, BatchPart } from '../command.ts';
import type { Change, Inventory, Ledger, Node } from '../ledger.ts';

/** What a part of a batch gives back: the parts from `from` on may take it, those before `until` in advance. */
export interface Credit {
  readonly amount: number;
  readonly units: readonly string[];
  readonly from: number;
  readonly until: number;
}

/** By `placeKey`. */
export type Credits = ReadonlyMap<string, readonly Credit[]>;

export const placeKey = (node: string, provider: string, name: string): string => `${node} ${provider} ${name}`;

/** The inventories of a node by `placeKey`. */
export const inventoriesOf = (node: Node): ReadonlyMap<string, Inventory> =>
  new Map(
    node.tree.providers.flatMap(({ id, inventories }) =>
      inventories.map((each): [string, Inventory] => [placeKey(node.id, id, each.class), each]),
    ),
  );

/** The units of one list that are not in another; one that is there twice counts twice. */
const unitsBeyond = (units: readonly string[], others: readonly string[]): readonly string[] => {
  const left = [...others];
  return units.filter((unit) => {
    const place = left.indexOf(unit);
    if (place >= 0) left.splice(place, 1);
    return place < 0;
  });
};

const givenBack = (before: Node, after: Node) => {
  const inventories = inventoriesOf(after);
  return [...inventoriesOf(before)].flatMap(([key, { charged, takenUnits }]) => {
    const left = inventories.get(key);
    const amount = Math.max(0, charged - (left?.charged ?? 0));
    const units = unitsBeyond(takenUnits, left?.takenUnits ?? []);
    return amount === 0 && units.length === 0 ? [] : [{ key, amount, units }];
  });
};

/** What the batch itself claims for an instance that was not there can be taken from that claim on, the rest always. */
const lentFrom = (ledger: Ledger, { commands }: AtomicBatch, { instance }: BatchPart): number =>
  ledger.instances.has(instance) ? 0 : commands.findIndex((command) => command.instance === instance);

/** What each part of a batch gives back. `changes`: what each of them changes, in their order. */
export const creditsOf = (ledger: Ledger, batch: AtomicBatch, changes: readonly (readonly Change[])[]): Credits => {
  const credits = new Map<string, Credit[]>();
  for (const [until, command] of batch.commands.entries()) {
    const from = lentFrom(ledger, batch, command);
    for (const change of changes[until] ?? []) {
      if (change.table !== 'nodes' || change.before === undefined || change.after === undefined) continue;
      for (const { key, amount, units } of givenBack(change.before, change.after)) {
        credits.set(key, [...(credits.get(key) ?? []), { amount, units, from, until }]);
      }
    }
  }
  return credits;
};
