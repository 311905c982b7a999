import { type Seat, signatureOf } from './seats.ts';

/** The seats of a search, pooled by signature: only one of a pool ever needs to be tried. */
export interface Board {
  readonly seats: Seat[];
  /** Signature to the indexes of its seats, in the node's order. */
  readonly pools: Map<string, number[]>;
}

const poolKey = (seat: Seat): string => signatureOf(seat, seat.remaining, seat.lastItem);

/** Where an index stands, or belongs, in a pool. */
const placeIn = (pool: readonly number[], index: number): number => {
  let low = 0;
  let high = pool.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((pool[middle] ?? index) < index) low = middle + 1;
    else high = middle;
  }
  return low;
};

const join = (board: Board, index: number, seat: Seat): void => {
  const key = poolKey(seat);
  const pool = board.pools.get(key);
  if (pool === undefined) {
    board.pools.set(key, [index]);
    return;
  }
  pool.splice(placeIn(pool, index), 0, index);
};

const leave = (board: Board, index: number, seat: Seat): void => {
  const key = poolKey(seat);
  const pool = board.pools.get(key);
  pool?.splice(placeIn(pool, index), 1);
  if (pool?.length === 0) board.pools.delete(key);
};

export const boardOf = (seats: readonly Seat[]): Board => {
  const board: Board = { seats: [...seats], pools: new Map() };
  seats.forEach((seat, index) => {
    join(board, index, seat);
  });
  return board;
};

/** Puts a seat in the place of the one at an index. */
export const replaceSeat = (board: Board, index: number, seat: Seat): void => {
  const previous = board.seats[index];
  if (previous !== undefined) leave(board, index, previous);
  board.seats[index] = seat;
  join(board, index, seat);
};
