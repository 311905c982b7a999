import type { Actor } from '../actor.ts';
import type { EndedMove, LedgerEvent } from '../event.ts';
import type { Change, Ledger, Move, MoveState, Side, SideOutcome } from '../ledger.ts';
import { internActor } from './intern.ts';
import type { NodeDrafts } from './node-drafts.ts';
import { impossible } from './parts.ts';

export const moveOf = (ledger: Ledger, event: LedgerEvent, id: string): Move => {
  const move = ledger.moves.get(id);
  if (move === undefined) throw impossible(event, `move ${id} is unknown`);
  return move;
};

export const sideOf = (event: LedgerEvent, move: Move): Side => {
  if (move.other === undefined) throw impossible(event, `move ${move.id} holds nothing besides the claim`);
  return move.other;
};

export const replaceMove = (before: Move, after: Move): Change => ({
  table: 'moves',
  key: before.id,
  before,
  after,
});

export const actorOf = ({ actor }: LedgerEvent): Actor => internActor(actor);

/**
 * What is left of a side after its outcome; a released one gives its node back what it counted there. One that stays
 * is entitled to what it counts: what it shared with the claim under `replace` is the claim's alone from now on.
 */
export const settleSide = (
  drafts: NodeDrafts,
  event: LedgerEvent,
  side: Side,
  outcome: SideOutcome,
): Side | undefined => {
  const { node, counted } = side;
  if (outcome === 'released') drafts.free(node, counted);
  if (outcome === 'released' || counted.length === 0) return undefined;
  const left = { node, charge: counted, counted, since: event.at };
  return outcome === 'releasing'
    ? { ...left, state: outcome, requestedBy: actorOf(event) }
    : { ...left, state: outcome };
};

export const closeMove = (
  drafts: NodeDrafts,
  event: LedgerEvent,
  move: Move,
  state: MoveState,
  outcome: SideOutcome,
): Move => ({
  ...move,
  state,
  since: event.at,
  isError: false,
  other: settleSide(drafts, event, sideOf(event, move), outcome),
});

/** Closes the open move of an instance that ends. */
export const endMove = (
  ledger: Ledger,
  drafts: NodeDrafts,
  event: LedgerEvent,
  ended: EndedMove | undefined,
): readonly Change[] => {
  if (ended === undefined) return [];
  const move = moveOf(ledger, event, ended.moveId);
  return [replaceMove(move, closeMove(drafts, event, move, 'dropped', ended.other))];
};
