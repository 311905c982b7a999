import type { Node } from '../ledger.ts';
import { compareText } from '../order.ts';
import type { Placement } from './assemble.ts';
import { type Board, boardOf, replaceSeat } from './board.ts';
import { canSit, type OpenItem, type Problem, problemOf, type Seat, seatsOf, signatureOf, sit } from './seats.ts';
import { resultOfTurns, type Turns } from './turns.ts';

/** Counts the steps that searches take, beside the limit of each. */
export interface SearchMeter {
  steps: number;
}

export type SearchResult = readonly Placement[] | 'no-assignment' | 'too-complex';

interface Search {
  readonly problem: Problem;
  readonly board: Board;
  /** Item by depth: copies of an item stand side by side. */
  readonly order: readonly number[];
  /** By item and class: the most that one seat could still be asked for when the item's turn has come. */
  readonly mostAsked: readonly (readonly number[])[];
  /** States from which no assignment was found. */
  readonly failed: Set<string>;
  readonly frames: Frame[];
  steps: number;
}

/** A depth of the search: the seats to try for its item, and the one taken at present. */
interface Frame {
  readonly candidates: readonly number[];
  next: number;
  taken: { readonly index: number; readonly before: Seat } | undefined;
}

const totalsOf = (problem: Problem, seats: readonly Seat[]): readonly number[] =>
  problem.classes.map((_, index) => seats.reduce((sum, seat) => sum + Math.max(0, seat.remaining[index] ?? 0), 0));

/** Item indexes, hardest to place first: fewest providers, then the largest share of what is there. */
const hardestFirst = (problem: Problem, open: readonly OpenItem[], totals: readonly number[]): readonly number[] => {
  const shares = problem.demand.map((demand) =>
    Math.max(0, ...demand.map((amount, name) => amount / Math.max(1, totals[name] ?? 0))),
  );
  const placesOf = (item: number): number => open[item]?.places.length ?? 0;
  return problem.items
    .map((_, item) => item)
    .sort(
      (left, right) => placesOf(left) - placesOf(right) || (shares[right] ?? 0) - (shares[left] ?? 0) || left - right,
    );
};

/** A seat gives each item at most once, so the items to come bound what it can be asked for. */
const mostAskedOf = (problem: Problem, ranking: readonly number[]): readonly (readonly number[])[] => {
  const most: (readonly number[])[] = problem.items.map(() => []);
  let later: readonly number[] = problem.classes.map(() => 0);
  for (const item of ranking.toReversed()) {
    later = later.map((sum, name) => sum + (problem.demand[item]?.[name] ?? 0));
    most[item] = later;
  }
  return most;
};

const compareTightness =
  ({ problem, board }: Search, item: number) =>
  (left: number, right: number): number => {
    const demand = problem.demand[item] ?? [];
    for (let index = 0; index < demand.length; index += 1) {
      if ((demand[index] ?? 0) === 0) continue;
      const difference = (board.seats[left]?.remaining[index] ?? 0) - (board.seats[right]?.remaining[index] ?? 0);
      if (difference !== 0) return difference;
    }
    return left - right;
  };

/** Text of a state: what is left, as far as it matters to the items to come, without the names of the seats. */
const stateKey = (search: Search, depth: number): string => {
  const item = search.order[depth] ?? -1;
  const most = search.mostAsked[item] ?? [];
  const counts = new Map<string, number>();
  for (const pool of search.board.pools.values()) {
    const seat = search.board.seats[pool[0] ?? -1];
    if (seat === undefined) continue;
    const remaining = seat.remaining.map((amount, index) => Math.min(amount, most[index] ?? 0));
    const signature = signatureOf(seat, remaining, seat.lastItem === item ? item : -1);
    counts.set(signature, (counts.get(signature) ?? 0) + pool.length);
  }
  const parts = [...counts].map(([signature, count]) => `${count} ${signature}`).sort(compareText);
  return `${depth};${parts.join(';')}`;
};

/**
 * The frame of a depth, or undefined when its state is known to lead nowhere. Until something failed there is
 * nothing to look up, so a request that fits at once never pays for the texts of its states.
 */
const enter = (search: Search, depth: number): Frame | undefined => {
  if (search.failed.size > 0 && search.failed.has(stateKey(search, depth))) return undefined;
  const item = search.order[depth] ?? -1;
  const candidates: number[] = [];
  for (const pool of search.board.pools.values()) {
    search.steps += 1;
    const index = pool[0] ?? -1;
    const seat = search.board.seats[index];
    if (seat !== undefined && canSit(search.problem, seat, item)) candidates.push(index);
  }
  return { candidates: candidates.sort(compareTightness(search, item)), next: 0, taken: undefined };
};

/** Takes the next candidate of a frame; false when there is none left. */
const advance = (search: Search, frame: Frame, depth: number): boolean => {
  if (frame.taken !== undefined) replaceSeat(search.board, frame.taken.index, frame.taken.before);
  frame.taken = undefined;
  const index = frame.candidates[frame.next];
  const before = index === undefined ? undefined : search.board.seats[index];
  if (index === undefined || before === undefined) return false;
  frame.next += 1;
  frame.taken = { index, before };
  replaceSeat(search.board, index, sit(search.problem, before, search.order[depth] ?? -1));
  return true;
};

const placementsOf = ({ problem, order }: Search, frames: readonly Frame[]): readonly Placement[] =>
  frames.flatMap(({ taken }, depth) => {
    const needs = problem.items[order[depth] ?? -1]?.needs ?? [];
    return taken === undefined ? [] : needs.map((need) => ({ provider: taken.before.place, need }));
  });

/**
 * Depth first with its own stack: a request may have more copies than the machine's stack has frames. Undefined once
 * `turnEndsAt` steps are taken: it goes on from there when it is called again.
 */
const run = (search: Search, workLimit: number, turnEndsAt: number): SearchResult | undefined => {
  const { frames } = search;
  while (true) {
    const depth = frames.length - 1;
    const frame = frames[depth];
    if (frame === undefined) return 'no-assignment';
    if (search.steps > workLimit) return 'too-complex';
    if (search.steps >= turnEndsAt) return undefined;
    if (!advance(search, frame, depth)) {
      search.failed.add(stateKey(search, depth));
      frames.pop();
      continue;
    }
    if (depth + 1 === search.order.length) return placementsOf(search, frames);
    const deeper = enter(search, depth + 1);
    if (deeper !== undefined) frames.push(deeper);
  }
};

const lacksInTotal = (problem: Problem, totals: readonly number[]): boolean =>
  totals.some((total, name) => {
    const asked = problem.items.reduce((sum, { count }, item) => sum + count * (problem.demand[item]?.[name] ?? 0), 0);
    return asked > total;
  });

/** A search that has not begun, or what is known without one. */
const prepareSearch = (node: Node, open: readonly OpenItem[], workLimit: number): Search | SearchResult => {
  const problem = problemOf(open.map(({ item }) => item));
  const seats = seatsOf(node, problem, open);
  const totals = totalsOf(problem, seats);
  if (lacksInTotal(problem, totals)) return 'no-assignment';
  const copies = problem.items.reduce((sum, item) => sum + item.count, 0);
  if (copies > workLimit) return 'too-complex';
  const ranking = hardestFirst(problem, open, totals);
  const order = ranking.flatMap((item) => Array.from({ length: problem.items[item]?.count ?? 0 }, () => item));
  const mostAsked = mostAskedOf(problem, ranking);
  const state: Search = { problem, board: boardOf(seats), order, mostAsked, failed: new Set(), frames: [], steps: 0 };
  const first = enter(state, 0);
  if (first !== undefined) state.frames.push(first);
  return state;
};

const isSearch = (prepared: Search | SearchResult): prepared is Search =>
  typeof prepared === 'object' && 'problem' in prepared;

/** Steps that a search takes at a time: a fraction of a millisecond. */
const STEPS_PER_TURN = 64;

/** As `search`, letting others go first after each turn. */
export function* searchInTurns(
  node: Node,
  open: readonly OpenItem[],
  workLimit: number,
  meter?: SearchMeter,
): Turns<SearchResult> {
  const prepared = prepareSearch(node, open, workLimit);
  if (!isSearch(prepared)) return prepared;
  let found = run(prepared, workLimit, STEPS_PER_TURN);
  while (found === undefined) {
    yield undefined;
    found = run(prepared, workLimit, prepared.steps + STEPS_PER_TURN);
  }
  if (meter !== undefined) meter.steps += prepared.steps;
  return found;
}

/**
 * Finds providers for items that may get in each other's way. Exact: an assignment that exists is found, unless
 * more than `workLimit` steps (pools of equal providers looked at) are needed. Deterministic: tightest first.
 */
export const search = (node: Node, open: readonly OpenItem[], workLimit: number, meter?: SearchMeter): SearchResult =>
  resultOfTurns(searchInTurns(node, open, workLimit, meter));
