import type { ClassDemand } from './demand.ts';
import type { NodeTable } from './node-table.ts';
import type { RowTest } from './row-test.ts';

export type Strategy = 'pack' | 'spread';

export interface Order {
  readonly strategy: Strategy;
  /** Shuffles nodes that are equally good; without it they come by id. */
  readonly seed?: number | undefined;
}

/** Rows picked out in one pass, before all are put in order: mostly they are all that is asked for. */
export const FRONT_ROWS = 32;

/**
 * The best few rows that pass the test, best first; fewer than `FRONT_ROWS` are all of them. Nearly every row is
 * settled by one comparison with the worst of the few, so the test is asked of few rows.
 * @param scores room for a number per row
 */
export function pickFront(
  table: NodeTable,
  rows: Uint32Array,
  scores: Float64Array,
  { demands, order, passes }: { demands: readonly ClassDemand[]; order: Order; passes: RowTest },
): readonly number[] {
  writeScores(table, rows, scores, demands, order.strategy);
  const { suspect } = table;
  const isBetter = createComparison(rows, scores, suspect, table.ranks(), order.seed);
  const front: number[] = [];
  let worstScore = Number.POSITIVE_INFINITY;
  let worstSuspect = 1;
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index] ?? 0;
    if ((scores[index] ?? 0) > worstScore && (suspect[row] ?? 0) >= worstSuspect) {
      continue;
    }
    const isFull = front.length === FRONT_ROWS;
    if ((isFull && !isBetter(index, front[FRONT_ROWS - 1] ?? 0)) || !passes(row)) {
      continue;
    }
    if (isFull) {
      front.pop();
    }
    insertInOrder(front, index, isBetter);
    const worst = front[FRONT_ROWS - 1];
    worstScore = worst === undefined ? worstScore : (scores[worst] ?? 0);
    worstSuspect = worst === undefined ? worstSuspect : (suspect[rows[worst] ?? 0] ?? 0);
  }
  return front.map((index) => rows[index] ?? 0);
}

/** All rows, best first, suspect ones after all others: each is found when it is asked for. */
export function rankRows(
  table: NodeTable,
  rows: Uint32Array,
  demands: readonly ClassDemand[],
  { strategy, seed }: Order,
): Iterable<number> {
  // As they are now: rows are picked later, when the table may have gone on.
  const scores = new Float64Array(rows.length);
  writeScores(table, rows, scores, demands, strategy);
  const isBetter = createComparison(rows, scores, table.suspect.slice(), table.ranks(), seed);
  return bestFirst(rows, isBetter);
}

/** The share of the capacity asked about that would be left, averaged over the classes; lower is better. */
function writeScores(
  table: NodeTable,
  rows: Uint32Array,
  scores: Float64Array,
  demands: readonly ClassDemand[],
  strategy: Strategy,
): void {
  const sign = strategy === 'pack' ? 1 : -1;
  scores.fill(0, 0, rows.length);
  for (const { class: name, sum } of demands) {
    const columns = table.classColumns(name);
    if (columns !== undefined) {
      const { sumHeadroom, capacity } = columns;
      for (let index = 0; index < rows.length; index += 1) {
        const row = rows[index] ?? 0;
        const left = ((sumHeadroom[row] ?? 0) - sum) / (capacity[row] ?? 1);
        scores[index] = (scores[index] ?? 0) + sign * left;
      }
    }
  }
}

/** Compares two places in the list of rows; a total order. */
type IsBetter = (left: number, right: number) => boolean;

function createComparison(
  rows: Uint32Array,
  scores: Float64Array,
  suspect: Uint8Array,
  ranks: Uint32Array,
  seed: number | undefined,
): IsBetter {
  function tieOf(index: number): number {
    const rank = ranks[rows[index] ?? 0] ?? 0;
    return seed === undefined ? rank : mix(rank, seed);
  }
  return (left, right) => {
    const difference = (suspect[rows[left] ?? 0] ?? 0) - (suspect[rows[right] ?? 0] ?? 0);
    if (difference !== 0) {
      return difference < 0;
    }
    const leftScore = scores[left] ?? 0;
    const rightScore = scores[right] ?? 0;
    return leftScore < rightScore || (leftScore === rightScore && tieOf(left) < tieOf(right));
  };
}

/** Spreads whole numbers over 32 bits, differently for each seed; two numbers never give the same. */
function mix(value: number, seed: number): number {
  let mixed = (value ^ seed) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function insertInOrder(front: number[], index: number, isBetter: IsBetter): void {
  let at = front.length;
  while (at > 0 && isBetter(index, front[at - 1] ?? 0)) {
    at -= 1;
  }
  front.splice(at, 0, index);
}

/** A binary heap, because seldom all of the rows are taken. */
function* bestFirst(rows: Uint32Array, isBetter: IsBetter): Iterable<number> {
  const heap = Uint32Array.from(rows.keys());
  let size = heap.length;

  function sink(start: number): void {
    let place = start;
    const moved = heap[place] ?? 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && isBetter(heap[child + 1] ?? 0, heap[child] ?? 0)) {
        child += 1;
      }
      if (!isBetter(heap[child] ?? 0, moved)) {
        break;
      }
      heap[place] = heap[child] ?? 0;
      place = child;
    }
    heap[place] = moved;
  }

  for (let place = (size >>> 1) - 1; place >= 0; place -= 1) {
    sink(place);
  }
  while (size > 0) {
    const best = heap[0] ?? 0;
    size -= 1;
    heap[0] = heap[size] ?? 0;
    sink(0);
    yield rows[best] ?? 0;
  }
}
