import type { Candidate, CandidatesAnswer, CandidatesQuery } from '@fleetbook/contracts';
import { judgeCandidate, type Node, type PreparedDemand, prepareDemand } from '@fleetbook/domain';
import { figuresOfNode } from '../queries/figures.ts';
import type { NodeTable } from './node-table.ts';
import { rankRows } from './ranking.ts';
import type { ReasonMemo } from './reason-memo.ts';
import { createReasonTally } from './reasons.ts';
import { type FleetScan, scanFleet } from './scan.ts';
import type { Slices } from './slices.ts';

const DEFAULT_CANDIDATES = 10;

/** Search steps of one question over all nodes, when it states no limit of its own. A step looks at one provider. */
export const DEFAULT_WORK_LIMIT = 1_000_000;

export interface SearchMeans {
  /** Search steps for one node, as the decider has. */
  readonly fitWorkLimit: number;
  readonly slices: Slices;
  readonly memo: ReasonMemo;
}

interface Search extends SearchMeans {
  readonly query: CandidatesQuery;
  readonly scan: FleetScan;
  readonly demand: PreparedDemand;
}

interface Work {
  left: number;
}

/**
 * The best nodes for a request, judged by the decider's own rules. The whole answer is of the moment it is asked:
 * what is folded while a long search pauses does not show in it.
 */
export async function findCandidates(
  table: NodeTable,
  query: CandidatesQuery,
  { fitWorkLimit, slices, memo }: SearchMeans,
): Promise<CandidatesAnswer> {
  const scan = scanFleet(table, query.request, query);
  const order = { strategy: query.strategy ?? 'pack', seed: query.seed };
  const ranked = rankRows(table, scan.possible, scan.demand.classes, order);
  const demand = prepareDemand({ request: query.request });
  const search: Search = { query, scan, demand, fitWorkLimit, slices, memo };
  const work = { left: query.workLimit ?? DEFAULT_WORK_LIMIT };
  const found = await takeBest(search, ranked, work);
  if (found.candidates.length > 0) {
    return { candidates: found.candidates, nodes: scan.nodes, isComplete: found.isComplete, reasons: [] };
  }
  const explained = await explain(search, work);
  return { candidates: [], nodes: scan.nodes, ...explained };
}

async function takeBest(
  { query, scan, demand, fitWorkLimit, slices }: Search,
  ranked: Iterable<number>,
  work: Work,
): Promise<{ readonly candidates: readonly Candidate[]; readonly isComplete: boolean }> {
  const limit = query.limit ?? DEFAULT_CANDIDATES;
  const candidates: Candidate[] = [];
  let isComplete = true;
  const classes = new Set(scan.demand.classes.map((each) => each.class));
  for (const row of ranked) {
    const node = scan.records[row];
    if (node === undefined) {
      continue;
    }
    if (work.left <= 0) {
      return { candidates, isComplete: false };
    }
    work.left -= stepsOf(node);
    const result = judgeCandidate(node, demand, fitWorkLimit);
    if (result.kind === 'fits') {
      candidates.push(candidateOf(node, result.charge, classes));
    }
    isComplete &&= result.kind !== 'too-complex';
    if (candidates.length >= limit) {
      break;
    }
    const pause = slices.pause();
    if (pause !== undefined) {
      await pause;
    }
  }
  return { candidates, isComplete };
}

/** Judges every node once more, now for the rule it breaks first. */
async function explain(
  { query, scan, demand, fitWorkLimit, slices, memo }: Search,
  work: Work,
): Promise<Pick<CandidatesAnswer, 'reasons' | 'isComplete'>> {
  const tally = createReasonTally(scan.outside);
  const refusalBy = memo.judge(JSON.stringify(query.request), demand, fitWorkLimit);
  let isComplete = true;
  for (const rows of [scan.possible, scan.impossible]) {
    for (const row of rows) {
      const node = scan.records[row];
      if (node !== undefined) {
        const refusal = refusalBy(node);
        tally.add(refusal);
        isComplete &&= refusal !== undefined && refusal.reason !== 'REQUEST_TOO_COMPLEX';
        const pause = slices.pause();
        if (pause !== undefined) {
          await pause;
        }
      }
    }
  }
  return { reasons: tally.counts(), isComplete: isComplete && work.left > 0 };
}

function stepsOf(node: Node): number {
  return Math.max(1, node.providers.length);
}

function candidateOf(node: Node, charge: Candidate['charge'], classes: ReadonlySet<string>): Candidate {
  const { id, generation } = node;
  const figures = figuresOfNode(node).filter((each) => classes.has(each.class));
  return { node: id, generation, charge, classes: figures };
}
