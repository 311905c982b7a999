import { beyond, freeClaim, freeSide, holdClaim, holdSide } from './charges.ts';
import type { ChargeLine } from './command.ts';
import { commandOf, type ReferenceEvent, type ReferenceEventOf, type SideOutcome } from './event.ts';
import { checkFreeing } from './freeing.ts';
import { checkStep } from './move-order.ts';
import type { ReferenceClaim, ReferenceMove, ReferenceState } from './state.ts';
import { checkLines, checkTakesClaims, violate } from './violations.ts';

export function claimMove(state: ReferenceState, event: ReferenceEventOf<'MoveClaimed'>): void {
  const command = commandOf(event, 'ClaimMove');
  const { kind, instance, source = '', destination } = command;
  const claim = state.claims.get(instance);
  checkMove(state, event, claim);
  checkTakesClaims(state, event, destination);
  checkLines(state, event, destination, event.data.charge);
  const asked = command.request ?? command.charge;
  const move: ReferenceMove = {
    ...{ id: event.commandId, kind, instance, source, destination },
    replace: command.replace ?? false,
    sourceIncarnation: kind === 'evacuation' ? (state.nodes.get(source)?.incarnation ?? 0) : undefined,
    claimant: event.actor,
    requestText: asked === undefined ? (claim?.requestText ?? '') : JSON.stringify(asked),
    state: 'claimed',
    since: event.at,
    isError: false,
    otherSide: 'destination',
    side: {
      node: destination,
      charge: event.data.charge,
      counted: countedOf(command.replace ?? false, destination, event.data.charge, claim),
      state: 'held',
      since: event.at,
      requestedBy: undefined,
    },
  };
  if (state.moves.has(move.id) || claim?.claimId === move.id) {
    violate(state, event, `move ${move.id} has the id of another move or of the claim that it moves`);
  }
  if (JSON.stringify(move.side?.counted) !== JSON.stringify(event.data.counted ?? event.data.charge)) {
    violate(state, event, `move ${move.id} counts ${JSON.stringify(event.data.counted)} at its destination`);
  }
  state.moves.set(move.id, move);
  state.openMoves.set(instance, move);
  holdSide(state, move);
}

function checkMove(
  state: ReferenceState,
  event: ReferenceEventOf<'MoveClaimed'>,
  claim: ReferenceClaim | undefined,
): void {
  const { kind, instance, source, claimId } = commandOf(event, 'ClaimMove');
  if (state.openMoves.has(instance)) {
    violate(state, event, `instance ${instance} is being moved already`);
  }
  if (kind === 'unshelve') {
    if (!state.shelved.has(instance)) {
      violate(state, event, `instance ${instance} is not shelved`);
    }
    return;
  }
  if (claim?.claimId !== claimId || claim?.node !== source) {
    violate(state, event, `instance ${instance} has no live claim ${claimId} on node ${source}`);
  }
  if (claim?.status !== 'confirmed' || claim.release !== undefined) {
    violate(state, event, `instance ${instance} cannot be moved as it is`);
  }
  if (kind === 'evacuation' && state.nodes.get(source ?? '')?.status !== 'down') {
    violate(state, event, `node ${source} is not down`);
  }
}

/** On the node of the claim, and only if one replaces the other, a side adds no more than it needs beyond the claim. */
function countedOf(
  replace: boolean,
  node: string,
  charge: readonly ChargeLine[],
  claim: ReferenceClaim | undefined,
): readonly ChargeLine[] {
  return replace && claim?.node === node ? beyond(charge, claim.charge) : charge;
}

export function advanceMove(state: ReferenceState, event: ReferenceEventOf<'MoveAdvanced'>): void {
  const { instance, moveId, to } = commandOf(event, 'AdvanceMove');
  const move = openMove(state, event, instance, moveId);
  if (move === undefined) {
    return;
  }
  checkStep(state, event, move, to);
  if (to === 'switched') {
    changeOver(state, event, move);
  }
  move.state = to;
  move.since = event.at;
  move.isError = false;
}

/** The claim goes to the place and charge of the side, and the side to those of the claim. No sum changes. */
function changeOver(state: ReferenceState, event: ReferenceEvent, move: ReferenceMove): void {
  const claim = state.claims.get(move.instance);
  const { side } = move;
  if (claim === undefined || side === undefined) {
    violate(state, event, `move ${move.id} has not both its sides`);
    return;
  }
  freeClaim(state, claim);
  freeSide(state, move);
  const { node, charge } = claim;
  claim.node = side.node;
  claim.charge = side.charge;
  side.node = node;
  side.charge = charge;
  side.counted = countedOf(move.replace, node, charge, claim);
  side.since = event.at;
  move.otherSide = move.otherSide === 'source' ? 'destination' : 'source';
  holdClaim(state, claim);
  holdSide(state, move);
}

export function completeMove(state: ReferenceState, event: ReferenceEventOf<'MoveCompleted'>): void {
  const { instance, moveId } = commandOf(event, 'AdvanceMove', 'ConfirmMove');
  const move = openMove(state, event, instance, moveId);
  if (move === undefined) {
    return;
  }
  checkStep(state, event, move, 'completed');
  if (move.kind === 'unshelve') {
    unshelve(state, event, move);
  } else {
    keepNew(state, move);
  }
  closeMove(state, event, move, 'completed', event.data.other);
}

/** The side of the move becomes the claim of the instance. */
function unshelve(state: ReferenceState, event: ReferenceEvent, move: ReferenceMove): void {
  const shelved = state.shelved.get(move.instance);
  const { side } = move;
  if (shelved === undefined || side === undefined) {
    violate(state, event, `move ${move.id} has nothing to unshelve`);
    return;
  }
  const { tenant, labels, claimant, groups } = shelved;
  const claim: ReferenceClaim = {
    ...{ instance: move.instance, claimId: move.id, node: side.node, status: 'confirmed' },
    ...{ tenant, labels, claimant, groups, requestText: move.requestText, charge: side.charge },
    ...{ expiry: undefined, release: undefined, state: undefined },
  };
  freeSide(state, move);
  move.side = undefined;
  state.shelved.delete(move.instance);
  state.claims.set(move.instance, claim);
  holdClaim(state, claim);
}

export function confirmMove(
  state: ReferenceState,
  event: ReferenceEventOf<'MoveConfirmed' | 'MoveAutoConfirmed'>,
): void {
  const address = event.type === 'MoveConfirmed' ? commandOf(event, 'ConfirmMove') : event.data;
  const move = openMove(state, event, address.instance, address.moveId);
  if (move !== undefined) {
    checkStep(state, event, move, 'confirmed');
    keepNew(state, move);
    closeMove(state, event, move, 'confirmed', event.data.other);
  }
}

function keepNew(state: ReferenceState, move: ReferenceMove): void {
  const claim = state.claims.get(move.instance);
  if (claim !== undefined) {
    claim.claimId = move.id;
    claim.requestText = move.requestText;
  }
}

export function revertMove(state: ReferenceState, event: ReferenceEventOf<'MoveReverted'>): void {
  const { instance, moveId } = commandOf(event, 'RevertMove');
  const move = openMove(state, event, instance, moveId);
  if (move !== undefined) {
    checkStep(state, event, move, 'reverted');
    changeOver(state, event, move);
    closeMove(state, event, move, 'reverted', event.data.other);
  }
}

export function cancelMove(state: ReferenceState, event: ReferenceEventOf<'MoveCancelled'>): void {
  const { instance, moveId } = commandOf(event, 'CancelMove');
  const move = openMove(state, event, instance, moveId);
  if (move !== undefined) {
    checkStep(state, event, move, 'cancelled');
    closeMove(state, event, move, 'cancelled', event.data.other);
  }
}

export function failMove(state: ReferenceState, event: ReferenceEventOf<'MoveFailed'>): void {
  const { instance, moveId } = commandOf(event, 'FailMove');
  const move = openMove(state, event, instance, moveId);
  if (move === undefined) {
    return;
  }
  const { state: next, isError, other } = event.data;
  checkStep(state, event, move, next);
  if (other === undefined) {
    move.isError = isError;
  } else {
    closeMove(state, event, move, next, other);
    move.isError = isError;
  }
}

/** What the move does not keep is freed, or stays charged in the state that the event says. */
export function closeMove(
  state: ReferenceState,
  event: ReferenceEvent,
  move: ReferenceMove,
  next: string,
  other: SideOutcome,
): void {
  const stateBefore = move.state;
  move.state = next;
  move.since = event.at;
  move.isError = false;
  state.openMoves.delete(move.instance);
  if (move.side === undefined) {
    return;
  }
  if (move.side.counted.length === 0) {
    if (other !== 'released') {
      violate(state, event, `move ${move.id} leaves ${other} what is nothing`);
    }
    freeSide(state, move);
    move.side = undefined;
  } else if (other === 'released') {
    checkFreeing(state, event, move.side.node, stateBefore === 'claimed', move);
    freeSide(state, move);
    move.side = undefined;
  } else {
    // What it shared with the claim is the claim's alone from now on.
    move.side.charge = move.side.counted;
    move.side.state = other;
    move.side.since = event.at;
    move.side.requestedBy = other === 'releasing' ? event.actor : undefined;
  }
}

/** Of a closed move. */
export function dropSide(
  state: ReferenceState,
  event: ReferenceEventOf<'MoveClaimDropped' | 'MoveClaimForceDropped'>,
): void {
  const { instance, moveId } = commandOf(event, 'DropMoveClaim', 'ForceDrop');
  const move = closedMove(state, event, instance, moveId ?? '');
  if (move?.side !== undefined) {
    checkFreeing(state, event, move.side.node, false, move);
    freeSide(state, move);
    move.side = undefined;
  }
}

export function requestSide(state: ReferenceState, event: ReferenceEventOf<'MoveReleaseRequested'>): void {
  const { instance, moveId } = commandOf(event, 'DropMoveClaim');
  const move = closedMove(state, event, instance, moveId);
  if (move?.side !== undefined) {
    move.side.state = 'releasing';
    move.side.since = event.at;
    move.side.requestedBy = event.actor;
  }
}

function openMove(
  state: ReferenceState,
  event: ReferenceEvent,
  instance: string,
  moveId: string,
): ReferenceMove | undefined {
  const move = state.openMoves.get(instance);
  if (move?.id === moveId) {
    return move;
  }
  violate(state, event, `instance ${instance} has no open move ${moveId}`);
  return undefined;
}

function closedMove(
  state: ReferenceState,
  event: ReferenceEvent,
  instance: string,
  moveId: string,
): ReferenceMove | undefined {
  const move = state.moves.get(moveId);
  if (move?.instance === instance && move.side !== undefined && state.openMoves.get(instance) !== move) {
    return move;
  }
  violate(state, event, `instance ${instance} has no closed move ${moveId} that holds anything`);
  return undefined;
}
