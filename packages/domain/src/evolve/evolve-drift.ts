import { compareDrifts, type DriftKey, isSameDrift, type OpenDrift } from '../drift.ts';
import type { Heal, LedgerEvent, LedgerEventOf } from '../event.ts';
import type { Change, Claim, Ledger, Node } from '../ledger.ts';
import { actorOf, moveOf, replaceMove, settleSide, sideOf } from './close-move.ts';
import { freedInstance } from './evolve-claim.ts';
import { NodeDrafts } from './node-drafts.ts';
import { commandOf, heldOf, nodeOf, replaceInstance, replaceNode } from './parts.ts';
import { requestTextOf } from './request-text.ts';

const withDrifts = ({ drifts: _, ...node }: Node, drifts: readonly OpenDrift[]): Node =>
  drifts.length === 0 ? node : { ...node, drifts: drifts.toSorted(compareDrifts) };

const without = (drifts: readonly OpenDrift[], gone: readonly DriftKey[]): readonly OpenDrift[] =>
  drifts.filter((drift) => !gone.some((key) => isSameDrift(key, drift)));

/** A drift found again, in other details or in another incarnation, counts from there on. */
export const findDrifts = (ledger: Ledger, event: LedgerEventOf<'DriftFound'>): readonly Change[] => {
  const { found, cleared } = event.data;
  const before = nodeOf(ledger, event, event.data.node);
  const place = { since: event.at, foundAt: event.number, incarnation: before.incarnation };
  const kept = without(before.drifts ?? [], [...cleared, ...found]);
  const after = withDrifts(before, [...kept, ...found.map((drift) => ({ ...drift, ...place }))]);
  return [replaceNode(before, { ...after, generation: event.number })];
};

const adopt = (
  drafts: NodeDrafts,
  event: LedgerEvent,
  node: Node,
  heal: Extract<Heal, { effect: 'adopted' }>,
): Change => {
  const { instance, charge } = heal;
  const claim: Claim = {
    claimId: event.commandId,
    node: node.id,
    status: 'confirmed',
    claimant: actorOf(event),
    requestText: requestTextOf({ charge }),
    charge: node.tree.share(charge),
  };
  drafts.charge(node.id, charge, 1);
  return { table: 'instances', key: instance, before: undefined, after: { status: 'held', id: instance, claim } };
};

const free = (
  ledger: Ledger,
  drafts: NodeDrafts,
  event: LedgerEvent,
  heal: Extract<Heal, { effect: 'freed' }>,
): Change => {
  if (heal.moveId !== undefined) {
    const move = moveOf(ledger, event, heal.moveId);
    return replaceMove(move, { ...move, other: settleSide(drafts, event, sideOf(event, move), 'released') });
  }
  const before = heldOf(ledger, event, heal);
  drafts.free(before.claim.node, before.claim.charge, 1);
  return replaceInstance(before, freedInstance(before, before.claim.release?.becomes ?? 'ended'));
};

/** The number an operator stated is for one heal. */
const withoutStatedNumber = (node: Node): Node =>
  node.driftPolicy?.mayFree === undefined ? node : { ...node, driftPolicy: { policy: node.driftPolicy.policy } };

export const healDrifts = (ledger: Ledger, event: LedgerEventOf<'DriftHealed'>): readonly Change[] => {
  const { node: id, healed } = event.data;
  const before = nodeOf(ledger, event, id);
  const drafts = new NodeDrafts(ledger, event);
  const isFreeing = healed.some((heal) => heal.effect === 'freed');
  const after = withDrifts(isFreeing ? withoutStatedNumber(before) : before, without(before.drifts ?? [], healed));
  drafts.begin({ ...after, generation: event.number });
  const changes = healed.map((heal) =>
    heal.effect === 'freed' ? free(ledger, drafts, event, heal) : adopt(drafts, event, before, heal),
  );
  return [...drafts.changes(), ...changes];
};

export const setDriftPolicy = (ledger: Ledger, event: LedgerEventOf<'DriftPolicySet'>): readonly Change[] => {
  const { node, policy, mayFree } = commandOf(event, 'SetDriftPolicy');
  const before = nodeOf(ledger, event, node);
  const driftPolicy = mayFree === undefined ? { policy } : { policy, mayFree };
  return [replaceNode(before, { ...before, driftPolicy, generation: event.number })];
};
