import type { MoveView, SideView } from '@fleetbook/contracts';
import { type ChargeLine, isOpen, legalCommands, type Move } from '@fleetbook/domain';

/** A move as answers show it. */
export function moveView(move: Move): MoveView {
  return {
    moveId: move.id,
    kind: move.kind,
    instance: move.instance,
    ...(move.source === undefined ? {} : { source: move.source }),
    destination: move.destination,
    state: move.state,
    since: move.since,
    isOpen: isOpen(move),
    isError: move.isError,
    replace: move.replace,
    claimant: move.claimant,
    ...(move.other === undefined ? {} : { other: sideView(move, move.other) }),
    legal: legalCommands(move),
  };
}

function sideView({ otherSide }: Move, other: NonNullable<Move['other']>): SideView {
  const { node, charge, counted, state, since, requestedBy } = other;
  return {
    side: otherSide,
    node,
    charge,
    ...(isEqualCharge(charge, counted) ? {} : { counted }),
    state,
    since,
    ...(requestedBy === undefined ? {} : { requestedBy }),
  };
}

function isEqualCharge(left: readonly ChargeLine[], right: readonly ChargeLine[]): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right);
}
