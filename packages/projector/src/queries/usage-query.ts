import type { Figures, UsageAnswer, UsageQuery } from '@fleetbook/contracts';
import { isRetired, succeed } from '@fleetbook/domain';
import type { QuestionView } from '../view/question-view.ts';
import { createFigureSums, figures, figuresOfNode } from './figures.ts';
import { type Answer, notFound } from './node-queries.ts';

export function answerUsage(view: QuestionView, query: UsageQuery): Answer<UsageAnswer> {
  if (query.node !== undefined) {
    return usageOfNode(view, query.node);
  }
  if (query.tenant !== undefined) {
    return succeed(usageOfTenant(view, query.tenant));
  }
  return succeed(query.aggregate === undefined ? usageOfCell(view) : usageOfAggregate(view, query.aggregate));
}

function usageOfNode({ ledger }: QuestionView, id: string): Answer<UsageAnswer> {
  const node = ledger.nodes.get(id);
  if (node === undefined) {
    return notFound('node', id);
  }
  return succeed({ scope: 'node', id, nodes: 1, claims: node.claimCount, classes: figuresOfNode(node) });
}

/** Of all nodes but retired ones: those are gone for good, and hold nothing. */
function usageOfCell({ ledger, table }: QuestionView): UsageAnswer {
  table.refresh();
  let nodes = 0;
  let claims = 0;
  for (const node of ledger.nodes.values()) {
    nodes += Number(!isRetired(node));
    claims += node.claimCount;
  }
  return { scope: 'cell', nodes, claims, classes: table.classNames().flatMap(sumColumns) };

  function sumColumns(name: string): readonly Figures[] {
    const columns = table.classColumns(name);
    if (columns === undefined) {
      return [];
    }
    const [total, reserved] = [sumOf(columns.total), sumOf(columns.reserved)];
    const [capacity, charged] = [sumOf(columns.capacity), sumOf(columns.charged)];
    if (!columns.present.some((flag) => flag === 1)) {
      return [];
    }
    const isExact = [total, reserved, capacity, charged].every((sum) => Number.isSafeInteger(sum));
    return isExact ? [figures(name, { total, reserved, capacity, charged })] : sumExactly(name);
  }

  function sumExactly(name: string): readonly Figures[] {
    const sums = createFigureSums();
    const counted = Array.from(ledger.nodes.values()).filter((node) => !isRetired(node));
    for (const inventory of counted.flatMap(({ tree }) => tree.providers.flatMap((each) => each.inventories))) {
      if (inventory.class === name) {
        sums.add(inventory);
      }
    }
    return sums.all();
  }
}

/**
 * Of the providers in the aggregate, vanished ones too, those of retired nodes not. A claim counts when it holds
 * something on one of them.
 */
function usageOfAggregate({ ledger, table }: QuestionView, aggregate: string): UsageAnswer {
  table.refresh();
  const sums = createFigureSums();
  let nodes = 0;
  let claims = 0;
  for (const node of table.records) {
    if (node === undefined || isRetired(node)) {
      continue;
    }
    const providers = node.tree.providers.filter((each) => each.aggregates.includes(aggregate));
    if (providers.length === 0) {
      continue;
    }
    nodes += 1;
    for (const inventory of providers.flatMap((provider) => provider.inventories)) {
      sums.add(inventory);
    }
    const ids = new Set(providers.map((provider) => provider.id));
    for (const id of ledger.heldBy.get(node.id)) {
      const instance = ledger.instances.get(id);
      claims += instance?.status === 'held' && instance.claim.charge.some((line) => ids.has(line.provider)) ? 1 : 0;
    }
  }
  return { scope: 'aggregate', id: aggregate, nodes, claims, classes: sums.all() };
}

/** A tenant that holds nothing is unknown to the ledger: its usage is nothing. */
function usageOfTenant({ tenants }: QuestionView, tenant: string): UsageAnswer {
  const { nodes, claims, charged } = tenants.of(tenant);
  return { scope: 'tenant', id: tenant, nodes, claims, classes: charged };
}

/** Exact as long as it is a safe integer: no figure is negative. */
function sumOf(column: Float64Array): number {
  let sum = 0;
  for (const value of column) {
    sum += value;
  }
  return sum;
}
