import type { Candidate, CandidatesAnswer, CandidatesQuery } from '@fleetbook/contracts';
import type { Node } from '@fleetbook/domain';
import { figuresOfNode } from '../queries/figures.ts';
import { reasonsFromColumns } from './column-reasons.ts';
import { demandOf, type FleetDemand } from './demand.ts';
import { createNodeJudge, DEFAULT_WORK_LIMIT, type NodeJudge } from './judge.ts';
import type { NodeTable } from './node-table.ts';
import { findPossibleRows, keepsAmountRules } from './possible-rows.ts';
import { FRONT_ROWS, type Order, pickFront, rankRows } from './ranking.ts';
import type { ReasonMemo } from './reason-memo.ts';
import { createReasonTally, type ReasonTally } from './reasons.ts';
import { scanFleet } from './scan.ts';
import type { Slices } from './slices.ts';

const DEFAULT_CANDIDATES = 10;

/** Steps after which others may be due: far below a slice's time, so that most questions keep nothing of the fleet. */
const STEPS_PER_TURN = 300;

export interface SearchMeans {
  /** Search steps for one node, as the decider has. */
  readonly fitWorkLimit: number;
  readonly slices: Slices;
  readonly memo: ReasonMemo;
}

/**
 * The best nodes for a request, judged by the decider's own rules. The whole answer is of the moment it is asked:
 * what is folded while a long search pauses does not show in it.
 */
export function findCandidates(
  table: NodeTable,
  query: CandidatesQuery,
  { fitWorkLimit, slices, memo }: SearchMeans,
): Promise<CandidatesAnswer> {
  table.refresh();
  const judge = createNodeJudge(query.request, memo, {
    fitWorkLimit,
    workLimit: query.workLimit ?? DEFAULT_WORK_LIMIT,
  });
  return new Search(table, query, judge, slices).answer();
}

/** What is kept of the fleet once a few rows were not enough, or others may be folded meanwhile. */
interface HeldFleet {
  /** Every row that may serve the request, best first. */
  readonly ranked: Iterable<Node>;
  /** What the columns alone tell of the nodes that do not serve it. */
  readonly tally: ReasonTally;
  /** Nodes whose reason the columns do not tell. */
  readonly undecided: readonly Node[];
}

class Search {
  readonly #table: NodeTable;
  readonly #query: CandidatesQuery;
  readonly #judge: NodeJudge;
  readonly #slices: Slices;
  readonly #demand: FleetDemand;
  readonly #order: Order;
  readonly #nodes: number;
  readonly #candidates: Candidate[] = [];
  readonly #classes: ReadonlySet<string>;
  #held: HeldFleet | undefined;
  #turnEndsAt = STEPS_PER_TURN;

  constructor(table: NodeTable, query: CandidatesQuery, judge: NodeJudge, slices: Slices) {
    this.#table = table;
    this.#query = query;
    this.#judge = judge;
    this.#slices = slices;
    this.#demand = demandOf(query.request);
    this.#order = { strategy: query.strategy ?? 'pack', seed: query.seed };
    this.#nodes = table.nodeCount;
    this.#classes = new Set(this.#demand.classes.map((each) => each.class));
  }

  async answer(): Promise<CandidatesAnswer> {
    const front = this.#front();
    await this.#take(front);
    if (front.length === FRONT_ROWS && this.#isWanting) {
      const tried = new Set(front);
      await this.#take(this.#hold().ranked, tried);
    }
    const reasons = this.#candidates.length > 0 ? [] : await this.#explain();
    return { candidates: this.#candidates, nodes: this.#nodes, isComplete: this.#judge.isComplete, reasons };
  }

  get #isWanting(): boolean {
    return this.#candidates.length < (this.#query.limit ?? DEFAULT_CANDIDATES);
  }

  #front(): readonly Node[] {
    const table = this.#table;
    const { classes: demands } = this.#demand;
    const { rows, scores } = table.workspace();
    const possible = rows.subarray(0, findPossibleRows(table, this.#demand, this.#query, rows));
    const passes = keepsAmountRules(table, demands);
    const front = pickFront(table, possible, scores, { demands, order: this.#order, passes });
    return front.flatMap((row) => table.records[row] ?? []);
  }

  async #take(nodes: Iterable<Node>, tried?: ReadonlySet<Node>): Promise<void> {
    for (const node of nodes) {
      if (!this.#isWanting) {
        return;
      }
      if (tried?.has(node)) {
        continue;
      }
      const judgement = this.#judge.judge(node);
      if (judgement.kind === 'fits') {
        this.#candidates.push(this.#candidateOf(node, judgement.charge));
      }
      const pause = this.#pause();
      if (pause !== undefined) {
        await pause;
      }
    }
  }

  #candidateOf(node: Node, charge: Candidate['charge']): Candidate {
    const figures = figuresOfNode(node, this.#classes);
    return { node: node.id, generation: node.generation, charge, classes: figures };
  }

  async #explain(): Promise<CandidatesAnswer['reasons']> {
    const { tally, undecided } = this.#hold();
    for (const node of undecided) {
      const judgement = this.#judge.judge(node);
      if (judgement.kind === 'refused') {
        tally.add(judgement.refusal);
      }
      const pause = this.#pause();
      if (pause !== undefined) {
        await pause;
      }
    }
    return tally.counts();
  }

  #hold(): HeldFleet {
    this.#held ??= holdFleet(this.#table, this.#query, this.#demand, this.#order);
    return this.#held;
  }

  /** Others are folded only while it is waited for: what the fleet is now is kept before. */
  #pause(): Promise<void> | undefined {
    if (this.#judge.steps < this.#turnEndsAt) {
      return undefined;
    }
    this.#turnEndsAt = this.#judge.steps + STEPS_PER_TURN;
    const pause = this.#slices.pause();
    if (pause !== undefined) {
      this.#hold();
    }
    return pause;
  }
}

function holdFleet(table: NodeTable, query: CandidatesQuery, demand: FleetDemand, order: Order): HeldFleet {
  const { possible, open, outside, records } = scanFleet(table, demand, query);
  const passes = keepsAmountRules(table, demand.classes);
  const ranked = rankRows(table, possible.filter(passes), demand.classes, order);
  const { refusals, undecided } = reasonsFromColumns(table, query.request, open);
  const tally = createReasonTally(outside);
  for (const { refusal, nodes } of refusals) {
    tally.add(refusal, nodes);
  }
  return {
    ranked: recordsOf(ranked, records),
    tally,
    undecided: undecided.flatMap((row) => records[row] ?? []),
  };
}

function* recordsOf(rows: Iterable<number>, records: readonly (Node | undefined)[]): Iterable<Node> {
  for (const row of rows) {
    const node = records[row];
    if (node !== undefined) {
      yield node;
    }
  }
}
