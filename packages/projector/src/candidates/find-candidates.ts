import type { Candidate, CandidatesAnswer, CandidatesQuery } from '@fleetbook/contracts';
import type { Node } from '@fleetbook/domain';
import type { Slices } from '@fleetbook/operations';
import { figuresOfNode } from '../queries/figures.ts';
import { demandOf, type FleetDemand } from './demand.ts';
import { type FleetReasons, reasonsOfFleet } from './fleet-reasons.ts';
import { frontRowsFor, pickFront } from './front.ts';
import { createNodeJudge, DEFAULT_WORK_LIMIT, type Judgement, type NodeJudge } from './judge.ts';
import type { NodeTable } from './node-table.ts';
import { findPossibleRows, keepsAmountRules } from './possible-rows.ts';
import { type Order, rankRows } from './ranking.ts';
import type { ReasonMemo } from './reason-memo.ts';
import { takeTurns } from './take-turns.ts';

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
  return new Search(table, query, judge, { slices, memo }).answer();
}

class Search {
  readonly #table: NodeTable;
  readonly #query: CandidatesQuery;
  readonly #judge: NodeJudge;
  readonly #slices: Slices;
  readonly #memo: ReasonMemo;
  readonly #demand: FleetDemand;
  readonly #order: Order;
  readonly #nodes: number;
  readonly #candidates: Candidate[] = [];
  readonly #classes: ReadonlySet<string>;
  #isFrontAll = true;
  #rest: Iterable<Node> | undefined;
  #reasons: FleetReasons | undefined;
  #turnEndsAt = STEPS_PER_TURN;

  constructor(
    table: NodeTable,
    query: CandidatesQuery,
    judge: NodeJudge,
    { slices, memo }: Pick<SearchMeans, 'slices' | 'memo'>,
  ) {
    this.#table = table;
    this.#query = query;
    this.#judge = judge;
    this.#slices = slices;
    this.#memo = memo;
    this.#demand = demandOf(query.request);
    this.#order = { strategy: query.strategy ?? 'pack', seed: query.seed };
    this.#nodes = table.nodeCount;
    this.#classes = new Set(this.#demand.classes.map((each) => each.class));
  }

  async answer(): Promise<CandidatesAnswer> {
    const frontRows = frontRowsFor(this.#limit);
    const front = this.#front(frontRows);
    this.#isFrontAll = front.length < frontRows;
    const taking = this.#take(front);
    // Kept before the await: another question may bring the table up to date in it, even where nothing is waited for.
    if (this.#isWanting) {
      this.#hold();
    }
    await taking;
    if (!this.#isFrontAll && this.#isWanting) {
      await this.#take(this.#holdRest(), new Set(front));
    }
    const reasons = this.#candidates.length > 0 ? [] : await this.#explain();
    return { candidates: this.#candidates, nodes: this.#nodes, isComplete: this.#judge.isComplete, reasons };
  }

  get #isWanting(): boolean {
    return this.#candidates.length < this.#limit;
  }

  get #limit(): number {
    return this.#query.limit ?? DEFAULT_CANDIDATES;
  }

  #front(rows: number): readonly Node[] {
    const { records } = this.#table;
    const front = pickFront(this.#table, this.#demand, this.#query, this.#order, rows);
    return front.flatMap((row) => records[row] ?? []);
  }

  async #take(nodes: Iterable<Node>, tried?: ReadonlySet<Node>): Promise<void> {
    for (const node of nodes) {
      if (!this.#isWanting) {
        return;
      }
      if (tried?.has(node)) {
        continue;
      }
      const judging = this.#judgeNode(node);
      const judgement = judging instanceof Promise ? await judging : judging;
      if (judgement.kind === 'fits') {
        this.#candidates.push(this.#candidateOf(node, judgement.charge));
      }
      const pause = this.#pause();
      if (pause !== undefined) {
        await pause;
      }
    }
  }

  /** At once unless it takes long: nothing of the fleet has to be kept for most nodes. */
  #judgeNode(node: Node): Judgement | Promise<Judgement> {
    return this.#judge.judgeAtOnce(node) ?? takeTurns(this.#judge.judge(node), () => this.#letOthers());
  }

  #candidateOf(node: Node, charge: Candidate['charge']): Candidate {
    const figures = figuresOfNode(node, this.#classes);
    return { node: node.id, generation: node.generation, charge, classes: figures };
  }

  async #explain(): Promise<CandidatesAnswer['reasons']> {
    const { tally, undecided } = this.#holdReasons();
    for (const node of undecided) {
      const judging = this.#judgeNode(node);
      const judgement = judging instanceof Promise ? await judging : judging;
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

  #holdRest(): Iterable<Node> {
    this.#rest ??= rankFleet(this.#table, this.#query, this.#demand, this.#order);
    return this.#rest;
  }

  #holdReasons(): FleetReasons {
    this.#reasons ??= reasonsOfFleet(this.#query, this.#memo.verdicts(this.#query, this.#table));
    return this.#reasons;
  }

  /** What may still be asked of the fleet as it is now. */
  #hold(): void {
    if (!this.#isFrontAll) {
      this.#holdRest();
    }
    if (this.#candidates.length === 0) {
      this.#holdReasons();
    }
  }

  /** Others are folded only while it is waited for: what the fleet is now is kept before. */
  #letOthers(): Promise<void> | undefined {
    const pause = this.#slices.pause();
    if (pause !== undefined && this.#isWanting) {
      this.#hold();
    }
    return pause;
  }

  #pause(): Promise<void> | undefined {
    if (this.#judge.steps < this.#turnEndsAt) {
      return undefined;
    }
    this.#turnEndsAt = this.#judge.steps + STEPS_PER_TURN;
    return this.#letOthers();
  }
}

/** Every node that may serve the request, best first. */
function rankFleet(table: NodeTable, query: CandidatesQuery, demand: FleetDemand, order: Order): Iterable<Node> {
  const { rows } = table.workspace();
  const possible = rows.subarray(0, findPossibleRows(table, demand, query, rows));
  const ranked = possible.filter(keepsAmountRules(table, demand.classes));
  const nodes = new Map(Array.from(ranked, (row) => [row, table.records[row]]));
  return nodesOf(rankRows(table, ranked, demand.classes, order), nodes);
}

function* nodesOf(rows: Iterable<number>, nodes: ReadonlyMap<number, Node | undefined>): Iterable<Node> {
  for (const row of rows) {
    const node = nodes.get(row);
    if (node !== undefined) {
      yield node;
    }
  }
}
