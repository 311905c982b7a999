import type { ClassDemand } from './demand.ts';
import type { NodeTable } from './node-table.ts';

export type Strategy = 'pack' | 'spread';

export interface Order {
  readonly strategy: Strategy;
  /** Shuffles nodes that are equally good; without it they come by id. */
  readonly seed?: number | undefined;
}

/** Rows, best first, suspect ones after all others: each is found when it is asked for. */
export function rankRows(
  table: NodeTable,
  rows: Uint32Array,
  demands: readonly ClassDemand[],
  { strategy, seed }: Order,
): Iterable<number> {
  const scores = scoresOf(table, rows, demands, strategy === 'pack' ? 1 : -1);
  const ranks = table.ranks();
  const suspects = suspectsAmong(table, rows);
  function tieOf(index: number): number {
    const rank = ranks[rows[index] ?? 0] ?? 0;
    return seed === undefined ? rank : mix(rank, seed);
  }
  function isBetter(left: number, right: number): boolean {
    if (suspects[left] !== suspects[right]) {
      return suspects[left] === 0;
    }
    const difference = (scores[left] ?? 0) - (scores[right] ?? 0);
    return difference < 0 || (difference === 0 && tieOf(left) < tieOf(right));
  }
  return bestFirst(rows, isBetter);
}

/** As they are now: rows are picked later, when the table may have gone on. */
function suspectsAmong({ suspect }: NodeTable, rows: Uint32Array): Uint8Array {
  const suspects = new Uint8Array(rows.length);
  for (let index = 0; index < rows.length; index += 1) {
    suspects[index] = suspect[rows[index] ?? 0] ?? 0;
  }
  return suspects;
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

/** Compares two places in the list of rows; a total order. */
type IsBetter = (left: number, right: number) => boolean;

/** Rows picked out in one pass before the others are put in order: mostly they are all that is asked for. */
const FRONT_ROWS = 32;

function* bestFirst(rows: Uint32Array, isBetter: IsBetter): Iterable<number> {
  const front = pickFront(rows.length, isBetter);
  for (const place of front) {
    yield rows[place] ?? 0;
  }
  const last = front.at(-1);
  if (last === undefined || front.length < FRONT_ROWS) {
    return;
  }
  for (const place of inOrder(rows.length, (each) => isBetter(last, each), isBetter)) {
    yield rows[place] ?? 0;
  }
}

/** The best few, best first: nearly every place is settled by one comparison with the worst of them. */
function pickFront(length: number, isBetter: IsBetter): readonly number[] {
  const front: number[] = [];
  for (let place = 0; place < length; place += 1) {
    if (front.length === FRONT_ROWS) {
      if (!isBetter(place, front[FRONT_ROWS - 1] ?? 0)) {
        continue;
      }
      front.pop();
    }
    let at = front.length;
    while (at > 0 && isBetter(place, front[at - 1] ?? 0)) {
      at -= 1;
    }
    front.splice(at, 0, place);
  }
  return front;
}

/** The places that are left, best first: a binary heap, because seldom all of them are taken. */
function* inOrder(length: number, isLeft: (place: number) => boolean, isBetter: IsBetter): Iterable<number> {
  const heap = new Uint32Array(length);
  let size = 0;
  for (let place = 0; place < length; place += 1) {
    if (isLeft(place)) {
      heap[size] = place;
      size += 1;
    }
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
    yield best;
  }
}
