import type { ClassDemand } from './demand.ts';
import type { NodeTable } from './node-table.ts';

export type Strategy = 'pack' | 'spread';

export interface Order {
  readonly strategy: Strategy;
  /** Shuffles nodes that are equally good; without it they come by id. */
  readonly seed?: number | undefined;
}

/** Rows, best first: each is found when it is asked for. */
export function rankRows(
  table: NodeTable,
  rows: Uint32Array,
  demands: readonly ClassDemand[],
  { strategy, seed }: Order,
): Iterable<number> {
  const scores = scoresOf(table, rows, demands, strategy === 'pack' ? 1 : -1);
  const ranks = table.ranks();
  const ties = new Uint32Array(rows.length);
  for (const [index, row] of rows.entries()) {
    const rank = ranks[row] ?? 0;
    ties[index] = seed === undefined ? rank : mix(rank, seed);
  }
  return bestFirst(rows, scores, ties);
}

/** The share of the capacity asked about that would be left, averaged over the classes; lower is better. */
function scoresOf(table: NodeTable, rows: Uint32Array, demands: readonly ClassDemand[], sign: 1 | -1): Float64Array {
  const scores = new Float64Array(rows.length);
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
  return scores;
}

/** Spreads whole numbers over 32 bits, differently for each seed; two numbers never give the same. */
function mix(value: number, seed: number): number {
  let mixed = (value ^ seed) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** A binary heap over the rows: building it costs one pass, and mostly few rows are taken. */
function* bestFirst(rows: Uint32Array, scores: Float64Array, ties: Uint32Array): Iterable<number> {
  const heap = Uint32Array.from(rows.keys());
  let size = heap.length;

  function isBetter(left: number, right: number): boolean {
    const difference = (scores[left] ?? 0) - (scores[right] ?? 0);
    return difference < 0 || (difference === 0 && (ties[left] ?? 0) < (ties[right] ?? 0));
  }

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
