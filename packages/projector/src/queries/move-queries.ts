import type { MoveAnswer, MoveQuery, MovesAnswer, MovesQuery } from '@fleetbook/contracts';
import { type Move, succeed } from '@fleetbook/domain';
import type { Slices } from '@fleetbook/operations';
import type { QuestionView } from '../view/question-view.ts';
import { moveView } from './move-view.ts';
import { type Answer, notFound } from './node-queries.ts';
import { createPage } from './page.ts';

const DEFAULT_MOVES = 100;

export function answerMove({ ledger }: QuestionView, query: MoveQuery): Answer<MoveAnswer> {
  const move = ledger.moves.get(query.moveId);
  return move === undefined ? notFound('move', query.moveId) : succeed(moveView(move));
}

/** Moves of the moment it is asked, whatever is folded while the search pauses. */
export async function answerMoves(view: QuestionView, query: MovesQuery, slices: Slices): Promise<MovesAnswer> {
  const page = createPage<Move>(query.limit ?? DEFAULT_MOVES, query.after);
  for (const move of movesLookedAt(view, query)) {
    if (isAskedFor(move, query)) {
      page.offer(move.id, move);
    }
    const pause = slices.pause();
    if (pause !== undefined) {
      await pause;
    }
  }
  const moves = page.items().map(moveView);
  const last = moves.at(-1);
  return { moves, ...(page.hasMore() && last !== undefined ? { next: last.moveId } : {}) };
}

/** The smallest list that holds all that are asked for. */
function movesLookedAt({ ledger, moves }: QuestionView, query: MovesQuery): readonly Move[] {
  switch (query.status ?? 'open') {
    case 'open':
      return Array.from(moves.open.values());
    case 'charged':
      return Array.from(moves.charged.values());
    case 'all': {
      if (query.instance === undefined && query.node === undefined) {
        return Array.from(ledger.moves.values());
      }
      const ids = query.instance === undefined ? moves.ofNode(query.node ?? '') : moves.ofInstance(query.instance);
      return Array.from(ids).flatMap((id) => ledger.moves.get(id) ?? []);
    }
  }
}

function isAskedFor(move: Move, { node, instance, kind }: MovesQuery): boolean {
  return (
    (node === undefined || move.destination === node || move.source === node) &&
    (instance === undefined || move.instance === instance) &&
    (kind === undefined || move.kind === kind)
  );
}
