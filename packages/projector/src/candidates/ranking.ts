import type { ClassDemand } from './demand.ts';
import type { NodeTable } from './node-table.ts';

export type Strategy = 'pack' | 'spread';

export interface Order {
  readonly strategy: Strategy;
  /** Shuffles nodes that are equally good; without it they come by id. */
  readonly seed?: number | undefined;
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
  const suspect = table.suspect.slice();
  const tieOf = tiesOf(table.ranks(), seed);
  return bestFirst(rows, (left, right) => {
    const [leftRow, rightRow] = [rows[left] ?? 0, rows[right] ?? 0];
    const difference = (suspect[leftRow] ?? 0) - (suspect[rightRow] ?? 0) || (scores[left] ?? 0) - (scores[right] ?? 0);
    return difference === 0 ? tieOf(leftRow) < tieOf(rightRow) : difference < 0;
  });
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

/** What puts rows that are equally good in order: no two rows have the same. */
export function tiesOf(ranks: Uint32Array, seed: number | undefined): (row: number) => number {
  return (row) => {
    const rank = ranks[row] ?? 0;
    return seed === undefined ? rank : mix(rank, seed);
  };
}

/** Spreads whole numbers over 32 bits, differently for each seed; two numbers never give the same. */
function mix(value: number, seed: number): number {
  let mixed = (value ^ seed) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Compares two places in the list of rows; a total order. */
type IsBetter = (left: number, right: number) => boolean;

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
