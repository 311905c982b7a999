import type { LedgerEvent, LedgerEventOf } from '../event.ts';
import type { Change, HeldRecord, Instance, Ledger, Move, MoveState, Side, SideOutcome } from '../ledger.ts';
import { isOpen } from '../tables/move-table.ts';
import { actorOf, closeMove, moveOf, replaceMove, settleSide, sideOf } from './close-move.ts';
import { countedBeside } from './counted.ts';
import { NodeDrafts } from './node-drafts.ts';
import { commandOf, impossible, replaceInstance } from './parts.ts';
import { requestTextOf } from './request-text.ts';

type MovingInstance = Exclude<Instance, { status: 'ended' }>;

const openMoveOf = (ledger: Ledger, event: LedgerEvent, id: string): Move => {
  const move = moveOf(ledger, event, id);
  if (!isOpen(move)) throw impossible(event, `move ${id} is ${move.state}`);
  return move;
};

const instanceOf = (ledger: Ledger, event: LedgerEvent, id: string): MovingInstance => {
  const instance = ledger.instances.get(id);
  if (instance === undefined || instance.status === 'ended') throw impossible(event, `instance ${id} is not live`);
  return instance;
};

const heldBy = (ledger: Ledger, event: LedgerEvent, move: Move): HeldRecord => {
  const instance = instanceOf(ledger, event, move.instance);
  if (instance.status !== 'held') throw impossible(event, `instance ${move.instance} is not held`);
  return instance;
};

const withoutMove = (instance: MovingInstance): MovingInstance => {
  const { moveId: _, ...rest } = instance;
  return rest;
};

export const claimMove = (ledger: Ledger, event: LedgerEventOf<'MoveClaimed'>): readonly Change[] => {
  const command = commandOf(event, 'ClaimMove');
  const before = instanceOf(ledger, event, command.instance);
  const id = event.commandId;
  if (ledger.moves.has(id)) throw impossible(event, `move ${id} exists`);
  const drafts = new NodeDrafts(ledger, event);
  const { tree } = drafts.of(command.destination);
  const charge = tree.share(event.data.charge);
  const counted = event.data.counted === undefined ? charge : tree.share(event.data.counted);
  drafts.charge(command.destination, counted);
  const isAsked = command.request !== undefined || command.charge !== undefined;
  const after: Move = {
    id,
    kind: command.kind,
    instance: before.id,
    ...(command.source === undefined ? {} : { source: command.source }),
    destination: command.destination,
    state: 'claimed',
    since: event.at,
    replace: command.replace ?? false,
    isError: false,
    ...(command.kind === 'evacuation' && command.source !== undefined
      ? { sourceIncarnation: drafts.of(command.source).incarnation }
      : {}),
    claimant: actorOf(event),
    requestText: isAsked || before.status !== 'held' ? requestTextOf(command) : before.claim.requestText,
    otherSide: 'destination',
    other: { node: command.destination, charge, counted, state: 'held', since: event.at },
  };
  const made: Change = { table: 'moves', key: id, before: undefined, after };
  return [...drafts.changes(), replaceInstance(before, { ...before, moveId: id }), made];
};

interface Exchanged {
  readonly instance: HeldRecord;
  readonly move: Move;
}

/** The claim and the other side change places: the sums stay, the claim goes to the other node. */
const exchange = (drafts: NodeDrafts, event: LedgerEvent, before: HeldRecord, move: Move): Exchanged => {
  const { claim } = before;
  const { node, charge } = sideOf(event, move);
  const counted = countedBeside(move, charge, claim.charge);
  const other: Side = { node: claim.node, charge: claim.charge, counted, state: 'held', since: event.at };
  drafts.passClaim(claim.node, node);
  return {
    instance: { ...before, claim: { ...claim, node, charge } },
    move: { ...move, otherSide: move.otherSide === 'source' ? 'destination' : 'source', other },
  };
};

export const advanceMove = (ledger: Ledger, event: LedgerEventOf<'MoveAdvanced'>): readonly Change[] => {
  const { moveId, to } = commandOf(event, 'AdvanceMove');
  const before = openMoveOf(ledger, event, moveId);
  const fields = { state: to, since: event.at, isError: false };
  if (to !== 'switched') return [replaceMove(before, { ...before, ...fields })];
  const drafts = new NodeDrafts(ledger, event);
  const held = heldBy(ledger, event, before);
  const { instance, move } = exchange(drafts, event, held, before);
  return [...drafts.changes(), replaceInstance(held, instance), replaceMove(before, { ...move, ...fields })];
};

/** The claim of an unshelved instance: what the move held becomes it. */
const unshelve = (ledger: Ledger, event: LedgerEvent, move: Move): readonly Change[] => {
  const before = instanceOf(ledger, event, move.instance);
  if (before.status !== 'offloaded') throw impossible(event, `instance ${before.id} is ${before.status}`);
  const { node, charge } = sideOf(event, move);
  const { tenant, labels, claimant, groups } = before;
  const after: Instance = {
    status: 'held',
    id: before.id,
    claim: {
      claimId: move.id,
      node,
      status: 'confirmed',
      ...(tenant === undefined ? {} : { tenant }),
      ...(labels === undefined ? {} : { labels }),
      ...(groups === undefined ? {} : { groups }),
      claimant,
      requestText: move.requestText,
      charge,
    },
  };
  const drafts = new NodeDrafts(ledger, event);
  drafts.passClaim(undefined, node);
  const closed: Move = { ...move, state: 'completed', since: event.at, isError: false, other: undefined };
  return [...drafts.changes(), replaceInstance(before, after), replaceMove(move, closed)];
};

/** The move is done: its instance is claimed by it from now on. */
export const completeMove = (
  ledger: Ledger,
  event: LedgerEvent,
  moveId: string,
  state: 'confirmed' | 'completed',
  other: SideOutcome,
): readonly Change[] => {
  const before = openMoveOf(ledger, event, moveId);
  if (before.kind === 'unshelve') return unshelve(ledger, event, before);
  const drafts = new NodeDrafts(ledger, event);
  const held = heldBy(ledger, event, before);
  const move = closeMove(drafts, event, before, state, other);
  const { moveId: _, ...kept } = held;
  const instance = { ...kept, claim: { ...held.claim, claimId: before.id, requestText: before.requestText } };
  return [...drafts.changes(), replaceInstance(held, instance), replaceMove(before, move)];
};

export const revertMove = (ledger: Ledger, event: LedgerEventOf<'MoveReverted'>): readonly Change[] => {
  const before = openMoveOf(ledger, event, commandOf(event, 'RevertMove').moveId);
  const drafts = new NodeDrafts(ledger, event);
  const held = heldBy(ledger, event, before);
  const exchanged = exchange(drafts, event, held, before);
  const move = closeMove(drafts, event, exchanged.move, 'reverted', event.data.other);
  return [...drafts.changes(), replaceInstance(held, withoutMove(exchanged.instance)), replaceMove(before, move)];
};

/** The move is given up before its instance went anywhere. */
const abandonMove = (
  ledger: Ledger,
  event: LedgerEvent,
  before: Move,
  state: MoveState,
  other: SideOutcome,
): readonly Change[] => {
  const drafts = new NodeDrafts(ledger, event);
  const instance = instanceOf(ledger, event, before.instance);
  const move = closeMove(drafts, event, before, state, other);
  return [...drafts.changes(), replaceInstance(instance, withoutMove(instance)), replaceMove(before, move)];
};

export const cancelMove = (ledger: Ledger, event: LedgerEventOf<'MoveCancelled'>): readonly Change[] => {
  const before = openMoveOf(ledger, event, commandOf(event, 'CancelMove').moveId);
  return abandonMove(ledger, event, before, 'cancelled', event.data.other);
};

export const failMove = (ledger: Ledger, event: LedgerEventOf<'MoveFailed'>): readonly Change[] => {
  const before = openMoveOf(ledger, event, commandOf(event, 'FailMove').moveId);
  const { state, isError, other } = event.data;
  return other === undefined
    ? [replaceMove(before, { ...before, state, isError })]
    : abandonMove(ledger, event, before, state, other);
};

/** Changes the side that a closed move left charged; the move's own state stays. */
export const settleLeftSide = (
  ledger: Ledger,
  event: LedgerEvent,
  moveId: string,
  outcome: SideOutcome,
): readonly Change[] => {
  const before = moveOf(ledger, event, moveId);
  const drafts = new NodeDrafts(ledger, event);
  const other = settleSide(drafts, event, sideOf(event, before), outcome);
  return [...drafts.changes(), replaceMove(before, { ...before, other })];
};
