import {
  type FleetbookError,
  fleetbookError,
  type NodeAnswer,
  type NodeQuery,
  type NodeSummary,
  type NodesAnswer,
  type NodesQuery,
} from '@fleetbook/contracts';
import { fail, isSuspect, type Ledger, type Node, type Result, succeed } from '@fleetbook/domain';
import type { QuestionView } from '../view/question-view.ts';
import { figuresOfNode, providerView } from './figures.ts';
import { heldOn, sidesOn } from './holdings.ts';
import { settingsView } from './settings-view.ts';

const DEFAULT_NODES = 100;
const MAX_DRIFTS = 1_000;

export type Answer<Value> = Result<Value, FleetbookError>;

export function answerNode({ ledger }: QuestionView, query: NodeQuery): Answer<NodeAnswer> {
  const node = ledger.nodes.get(query.node);
  if (node === undefined) {
    return notFound('node', query.node);
  }
  return succeed({
    ...summaryOf(ledger, node),
    bootId: node.bootId,
    ...(node.transferTo === undefined ? {} : { transferTo: node.transferTo }),
    failedBuilds: node.failedBuilds ?? 0,
    providers: node.tree.providers.map(providerView),
    held: heldOn(ledger, node.id),
    sides: sidesOn(ledger, node.id),
    settings: settingsView(ledger, node),
    drifts: (node.drifts ?? []).slice(0, MAX_DRIFTS),
  });
}

export function answerNodes({ ledger, table }: QuestionView, query: NodesQuery): Answer<NodesAnswer> {
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
      found.push(summaryOf(ledger, node));
    }
  }
  return succeed({ nodes: found });
}

export function notFound(kind: string, id: string): Answer<never> {
  return fail(fleetbookError('NOT_FOUND', { kind, id }));
}

function summaryOf(ledger: Ledger, node: Node): NodeSummary {
  return {
    node: node.id,
    owner: node.owner,
    incarnation: node.incarnation,
    status: node.status,
    inventoryStatus: node.inventoryStatus,
    generation: node.generation,
    claimCount: node.claimCount,
    sideCount: ledger.sidesOn.get(node.id)?.size ?? 0,
    isSuspect: isSuspect(node),
    ...(node.owesReport === undefined ? {} : { owesReport: node.owesReport }),
    classes: figuresOfNode(node),
  };
}

function isAskedFor(node: Node, { status, trait, aggregate }: NodesQuery): boolean {
  return (
    (status === undefined || node.status.kind === status) &&
    (trait === undefined || node.tree.providers.some(({ traits }) => traits.includes(trait))) &&
    (aggregate === undefined || node.tree.providers.some(({ aggregates }) => aggregates.includes(aggregate)))
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
