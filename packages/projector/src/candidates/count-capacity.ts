import type { CapacityAnswer, CapacityGroup, CapacityQuery } from '@fleetbook/contracts';
import {
  type ChargeLine,
  judgeCandidate,
  type Node,
  type PreparedDemand,
  type Provider,
  prepareDemand,
} from '@fleetbook/domain';
import { demandOf } from './demand.ts';
import { DEFAULT_WORK_LIMIT } from './judge.ts';
import type { NodeTable } from './node-table.ts';
import { refusalOf } from './reason-memo.ts';
import { createReasonTally } from './reasons.ts';
import { scanFleet } from './scan.ts';
import type { Slices } from './slices.ts';

interface Work {
  left: number;
}

interface GroupSums {
  readonly names: readonly string[];
  nodes: number;
  fittingNodes: number;
  fits: number;
}

/** How many of a request the fleet takes: on each node one after the other, as claims would be charged. */
export async function countCapacity(
  table: NodeTable,
  query: CapacityQuery,
  fitWorkLimit: number,
  slices: Slices,
): Promise<CapacityAnswer> {
  table.refresh();
  const scan = scanFleet(table, demandOf(query.request), query);
  const demand = prepareDemand({ request: query.request });
  const work: Work = { left: query.workLimit ?? DEFAULT_WORK_LIMIT };
  const tally = createReasonTally(scan.outside);
  const groups = createGroups(query.groupBy ?? 'traits');
  let isComplete = true;
  for (const row of scan.open) {
    const node = scan.records[row];
    if (node === undefined) {
      continue;
    }
    const fits = countFits(node, demand, fitWorkLimit, work);
    isComplete &&= fits.isComplete;
    groups.add(node, fits.count);
    if (fits.count === 0) {
      const result = judgeCandidate(node, demand, fitWorkLimit);
      if (result.kind !== 'fits') {
        tally.add(refusalOf(result));
      }
    }
    const pause = slices.pause();
    if (pause !== undefined) {
      await pause;
    }
  }
  return { nodes: scan.filtered, ...groups.totals(), groups: groups.all(), isComplete, reasons: tally.counts() };
}

function countFits(
  node: Node,
  demand: PreparedDemand,
  fitWorkLimit: number,
  work: Work,
): { readonly count: number; readonly isComplete: boolean } {
  let count = 0;
  let filled = node;
  for (;;) {
    if (work.left <= 0) {
      return { count, isComplete: false };
    }
    work.left -= Math.max(1, node.providers.length);
    const result = judgeCandidate(filled, demand, fitWorkLimit);
    if (result.kind !== 'fits' || result.charge.length === 0) {
      return { count, isComplete: result.kind === 'refused' };
    }
    count += 1;
    filled = withCharge(filled, result.charge);
  }
}

/** The node as it would be after a claim of this charge. */
function withCharge(node: Node, charge: readonly ChargeLine[]): Node {
  return { ...node, providers: node.providers.map((provider) => chargeProvider(provider, charge)) };
}

function chargeProvider(provider: Provider, charge: readonly ChargeLine[]): Provider {
  const lines = charge.filter((line) => line.provider === provider.id);
  if (lines.length === 0) {
    return provider;
  }
  const inventories = provider.inventories.map((inventory) => {
    const line = lines.find((each) => each.class === inventory.class);
    return line === undefined
      ? inventory
      : {
          ...inventory,
          charged: inventory.charged + line.amount,
          takenUnits: [...inventory.takenUnits, ...(line.units ?? [])],
        };
  });
  return { ...provider, inventories };
}

function createGroups(groupBy: 'traits' | 'aggregates') {
  const groups = new Map<string, GroupSums>();
  return {
    add(node: Node, fits: number): void {
      const names = namesOf(node, groupBy);
      const key = names.join(' ');
      const group = groups.get(key) ?? { names, nodes: 0, fittingNodes: 0, fits: 0 };
      group.nodes += 1;
      group.fittingNodes += fits > 0 ? 1 : 0;
      group.fits += fits;
      groups.set(key, group);
    },
    totals() {
      let fittingNodes = 0;
      let fits = 0;
      for (const group of groups.values()) {
        fittingNodes += group.fittingNodes;
        fits += group.fits;
      }
      return { fittingNodes, fits };
    },
    all(): readonly CapacityGroup[] {
      const sorted = Array.from(groups).sort(
        ([leftKey, left], [rightKey, right]) => right.fits - left.fits || (leftKey < rightKey ? -1 : 1),
      );
      return sorted.map(([, group]) => ({ ...group }));
    },
  };
}

function namesOf(node: Node, groupBy: 'traits' | 'aggregates'): readonly string[] {
  const offered = node.providers.filter((provider) => !provider.isVanished);
  return Array.from(new Set(offered.flatMap((provider) => provider[groupBy]))).sort();
}
