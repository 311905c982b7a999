import type { Ledger, MoveKind, MoveState, SideName, SideState } from './ledger.ts';
import { compareIds } from './order.ts';

/** What a move holds on a node besides the claim of its instance, and where that move stands. */
export interface HeldSide {
  readonly instance: string;
  readonly moveId: string;
  readonly kind: MoveKind;
  readonly moveState: MoveState;
  readonly side: SideName;
  /** `held`: the move is open. */
  readonly state: SideState;
}

/** Sides of open moves, and those that closed ones left on a node, by move id. */
export const sidesHeldOn = (ledger: Ledger, node: string): readonly HeldSide[] =>
  [...(ledger.sidesOn.get(node) ?? [])].sort(compareIds).flatMap((moveId) => {
    const move = ledger.moves.get(moveId);
    if (move?.other === undefined) return [];
    const { instance, kind, state: moveState, otherSide: side, other } = move;
    return [{ instance, moveId, kind, moveState, side, state: other.state }];
  });
