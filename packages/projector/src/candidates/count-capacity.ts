import type { CapacityAnswer, CapacityGroup, CapacityQuery } from '@fleetbook/contracts';
import { type Node, prepareDemand } from '@fleetbook/domain';
import type { Slices } from '@fleetbook/operations';
import { countOnNode, type NodeCount } from './count-on-node.ts';
import { DEFAULT_WORK_LIMIT } from './judge.ts';
import type { NodeTable } from './node-table.ts';
import { createReasonTally } from './reasons.ts';
import { closedNodes, scanFleet } from './scan.ts';

type Counts = Omit<CapacityGroup, 'names'>;

const NONE: Counts = { nodes: 0, fittingNodes: 0, unprovedNodes: 0, fits: 0, isComplete: true };

const NOT_TRIED: NodeCount = { fits: 0, isComplete: false, refusal: { reason: 'REQUEST_TOO_COMPLEX' } };

const CLOSED: NodeCount = { fits: 0, isComplete: true };

/**
 * How many of a request the fleet takes: on each node one after the other, as claims would be charged. The work is
 * shared out evenly, so that one node on which many fit leaves enough for the others.
 */
export async function countCapacity(
  table: NodeTable,
  query: CapacityQuery,
  fitWorkLimit: number,
  slices: Slices,
): Promise<CapacityAnswer> {
  table.refresh();
  const scan = scanFleet(table, query);
  // As they are now: others are folded between slices.
  const nodes = Array.from(scan.open, (row) => table.records[row]);
  const demand = prepareDemand({ request: query.request });
  const tally = createReasonTally(scan.outside);
  const groups = createGroups(query.groupBy ?? 'traits');
  for (const node of closedNodes(table, query)) {
    groups.add(node, CLOSED);
  }
  let left = query.workLimit ?? DEFAULT_WORK_LIMIT;
  let rowsLeft = nodes.length;
  for (const node of nodes) {
    const workLimit = Math.max(1, Math.floor(left / rowsLeft));
    rowsLeft -= 1;
    if (node === undefined) {
      continue;
    }
    let counted = NOT_TRIED;
    if (left > 0) {
      const { steps, ...count } = await countOnNode(node, demand, { fitWorkLimit, workLimit, slices });
      left -= steps;
      counted = count;
    }
    groups.add(node, counted);
    if (counted.refusal !== undefined) {
      tally.add(counted.refusal);
    }
    const pause = slices.pause();
    if (pause !== undefined) {
      await pause;
    }
  }
  return { ...groups.totals(), groups: groups.all(), reasons: tally.counts() };
}

function createGroups(groupBy: 'traits' | 'aggregates') {
  const groups = new Map<string, CapacityGroup>();
  return {
    add(node: Node, { fits, isComplete }: NodeCount): void {
      const names = namesOf(node, groupBy);
      const key = names.join(' ');
      const one: Counts = {
        nodes: 1,
        fittingNodes: fits > 0 ? 1 : 0,
        unprovedNodes: fits === 0 && !isComplete ? 1 : 0,
        fits,
        isComplete,
      };
      groups.set(key, { names, ...sumOf(groups.get(key) ?? NONE, one) });
    },
    totals: () => Array.from(groups.values()).reduce<Counts>(sumOf, NONE),
    all(): readonly CapacityGroup[] {
      const sorted = Array.from(groups).sort(
        ([leftKey, left], [rightKey, right]) => right.fits - left.fits || (leftKey < rightKey ? -1 : 1),
      );
      return sorted.map(([, group]) => group);
    },
  };
}

function sumOf(left: Counts, right: Counts): Counts {
  const fits = left.fits + right.fits;
  return {
    nodes: left.nodes + right.nodes,
    fittingNodes: left.fittingNodes + right.fittingNodes,
    unprovedNodes: left.unprovedNodes + right.unprovedNodes,
    fits: Math.min(fits, Number.MAX_SAFE_INTEGER),
    isComplete: left.isComplete && right.isComplete && Number.isSafeInteger(fits),
  };
}

function namesOf(node: Node, groupBy: 'traits' | 'aggregates'): readonly string[] {
  const offered = node.tree.providers.filter((provider) => !provider.isVanished);
  return Array.from(new Set(offered.flatMap((provider) => provider[groupBy]))).sort();
}
