import {
  auditOf,
  findDrifts,
  type Inventory,
  isSkippedByAudit,
  type JsonValue,
  type Ledger,
  mergeReport,
  type Node,
  type Provider,
} from '@fleetbook/domain';
import type { NodeExport } from './node-export.ts';

/** One thing that a node says otherwise than the ledger. */
export interface NodeDifference {
  /** A kind of drift, or what of the node, a provider or an inventory differs. */
  readonly kind: string;
  /** The instance, or the provider and class. */
  readonly about: string;
  /** What the ledger has and what the node says; absent where the kind says it all. */
  readonly ledger?: JsonValue;
  readonly node?: JsonValue;
  /** Of a drift. */
  readonly details?: JsonValue;
}

export interface NodeComparison {
  readonly node: string;
  readonly differences: readonly NodeDifference[];
  /** Instances that are on their way, unconfirmed, or changed since the node was asked: nothing is said of them. */
  readonly passedOver: readonly string[];
}

/** Compares a node with what the ledger has of it: guests by the rules of an audit, inventory figure by figure. */
export function compareNode(ledger: Ledger, said: NodeExport): NodeComparison {
  const node = ledger.nodes.get(said.node);
  if (node === undefined) {
    return { node: said.node, differences: [{ kind: 'node-unknown', about: said.node }], passedOver: [] };
  }
  const { incarnation, inventory, guests } = said;
  const isOther = incarnation !== undefined && incarnation !== node.incarnation;
  const audit = guests === undefined ? undefined : auditOf(ledger, node, guests);
  const passedOver = new Set([...ledger.heldBy.get(node.id), ...(audit?.guests.keys() ?? [])]);
  return {
    node: node.id,
    differences: [
      ...(isOther ? [figure('incarnation-differs', node.id, node.incarnation, incarnation)] : []),
      ...(inventory === undefined ? [] : inventoryDifferences(node, mergeReport(node, inventory))),
      ...(audit === undefined ? [] : findDrifts(audit)).map(({ kind, instance, moveId, details }) => ({
        kind,
        about: moveId === undefined ? instance : `${instance}, move ${moveId}`,
        details,
      })),
    ],
    passedOver: audit === undefined ? [] : [...passedOver].filter((id) => isSkippedByAudit(audit, id)),
  };
}

function figure(kind: string, about: string, ledger: JsonValue, node: JsonValue): NodeDifference {
  return { kind, about, ledger, node };
}

/** From what the ledger has to what it would have, had the node reported that. */
function inventoryDifferences({ tree }: Node, reported: readonly Provider[]): readonly NodeDifference[] {
  const [known, said] = [byId(tree.providers), byId(reported)];
  return [...new Set([...known.keys(), ...said.keys()])].flatMap((id): readonly NodeDifference[] => {
    const [before, after] = [known.get(id), said.get(id)];
    if (before === undefined || after === undefined) {
      return [{ kind: before === undefined ? 'provider-unknown' : 'provider-missing', about: id }];
    }
    return providerDifferences(before, after);
  });
}

/** What has vanished stays in a tree only as long as something is charged on it. */
function byId(providers: readonly Provider[]): ReadonlyMap<string, Provider> {
  return new Map(providers.filter(({ isVanished }) => !isVanished).map((provider) => [provider.id, provider]));
}

function providerDifferences(before: Provider, after: Provider): readonly NodeDifference[] {
  const lists = (['parent', 'traits', 'aggregates'] as const)
    .map((name) => ({ name, ledger: before[name] ?? '', node: after[name] ?? '' }))
    .filter(({ ledger, node }) => JSON.stringify(ledger) !== JSON.stringify(node));
  const [known, said] = [byClass(before.inventories), byClass(after.inventories)];
  return [
    ...lists.map(({ name, ledger, node }) => figure(`${name}-differs`, before.id, ledger, node)),
    ...[...new Set([...known.keys(), ...said.keys()])].flatMap((name) =>
      classDifferences(`${before.id} ${name}`, known.get(name), said.get(name)),
    ),
  ];
}

function byClass(inventories: readonly Inventory[]): ReadonlyMap<string, Inventory> {
  return new Map(inventories.filter(({ isVanished }) => !isVanished).map((each) => [each.class, each]));
}

const FIGURES = ['total', 'reserved', 'minUnit', 'maxUnit', 'stepSize', 'allocationRatioMillionths', 'units'] as const;

function classDifferences(
  about: string,
  before: Inventory | undefined,
  after: Inventory | undefined,
): readonly NodeDifference[] {
  if (before === undefined || after === undefined) {
    return [{ kind: before === undefined ? 'class-unknown' : 'class-missing', about }];
  }
  return FIGURES.map((name) => ({ name, ledger: before[name] ?? [], node: after[name] ?? [] }))
    .filter(({ ledger, node }) => JSON.stringify(ledger) !== JSON.stringify(node))
    .map(({ name, ledger, node }) => figure(`${name}-differs`, about, ledger, node));
}
