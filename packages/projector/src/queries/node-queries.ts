import {
  type FleetbookError,
  fleetbookError,
  type InstanceAnswer,
  type InstanceQuery,
  type NodeAnswer,
  type NodeQuery,
  type NodeSummary,
  type NodesAnswer,
  type NodesQuery,
} from '@fleetbook/contracts';
import { type Claim, fail, type HeldInstance, type Ledger, type Node, type Result, succeed } from '@fleetbook/domain';
import type { InventoryView } from '../view/inventory-view.ts';
import { figuresOfNode, providerView } from './figures.ts';

const DEFAULT_NODES = 100;
const MAX_HELD = 1_000;

export type Answer<Value> = Result<Value, FleetbookError>;

export function answerNode({ ledger }: InventoryView, query: NodeQuery): Answer<NodeAnswer> {
  const node = ledger.nodes.get(query.node);
  if (node === undefined) {
    return notFound('node', query.node);
  }
  return succeed({
    ...summaryOf(node),
    bootId: node.bootId,
    providers: node.providers.map(providerView),
    held: heldOn(ledger, node.id),
  });
}

export function answerNodes({ ledger, table }: InventoryView, query: NodesQuery): Answer<NodesAnswer> {
  table.refresh();
  const limit = query.limit ?? DEFAULT_NODES;
  const found: NodeSummary[] = [];
  const order = table.order();
  for (let place = placeAfter(order, (row) => table.idAt(row), query.after); place < order.length; place += 1) {
    const node = ledger.nodes.get(table.idAt(order[place] ?? 0));
    if (node !== undefined && isAskedFor(node, query)) {
      if (found.length === limit) {
        return succeed({ nodes: found, next: found.at(-1)?.node ?? '' });
      }
      found.push(summaryOf(node));
    }
  }
  return succeed({ nodes: found });
}

export function answerInstance({ ledger }: InventoryView, query: InstanceQuery): Answer<InstanceAnswer> {
  const instance = ledger.instances.get(query.instance);
  if (instance === undefined) {
    return notFound('instance', query.instance);
  }
  return succeed(
    instance.status === 'held'
      ? { instance: instance.id, status: 'held', claim: claimView(instance.claim) }
      : { instance: instance.id, status: 'ended' },
  );
}

export function notFound(kind: string, id: string): Answer<never> {
  return fail(fleetbookError('NOT_FOUND', { kind, id }));
}

function summaryOf(node: Node): NodeSummary {
  return {
    node: node.id,
    owner: node.owner,
    incarnation: node.incarnation,
    status: node.status,
    inventoryStatus: node.inventoryStatus,
    generation: node.generation,
    claimCount: node.claimCount,
    classes: figuresOfNode(node),
  };
}

export function heldOn(ledger: Ledger, node: string): readonly HeldInstance[] {
  const ids = Array.from(ledger.heldBy.get(node) ?? []).sort();
  return ids.slice(0, MAX_HELD).flatMap((id) => {
    const instance = ledger.instances.get(id);
    return instance?.status === 'held' ? [{ instance: id, claimId: instance.claim.claimId }] : [];
  });
}

function claimView(claim: Claim): Extract<InstanceAnswer, { readonly status: 'held' }>['claim'] {
  return {
    claimId: claim.claimId,
    node: claim.node,
    status: claim.status,
    ...(claim.tenant === undefined ? {} : { tenant: claim.tenant }),
    ...(claim.labels === undefined ? {} : { labels: claim.labels }),
    claimant: claim.claimant,
    charge: claim.charge,
  };
}

function isAskedFor(node: Node, { status, trait, aggregate }: NodesQuery): boolean {
  return (
    (status === undefined || node.status.kind === status) &&
    (trait === undefined || node.providers.some((each) => !each.isVanished && each.traits.includes(trait))) &&
    (aggregate === undefined || node.providers.some((each) => !each.isVanished && each.aggregates.includes(aggregate)))
  );
}

function placeAfter(order: readonly number[], idAt: (row: number) => string, after: string | undefined): number {
  if (after === undefined) {
    return 0;
  }
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (idAt(order[middle] ?? 0) <= after) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
