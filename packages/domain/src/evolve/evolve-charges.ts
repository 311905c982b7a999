import type { LedgerEvent, LedgerEventOf } from '../event.ts';
import type { Change, Ledger } from '../ledger.ts';
import { ProviderTree } from '../provider-tree.ts';
import type { ChargeLine } from '../request.ts';
import { moveOf, replaceMove } from './close-move.ts';
import { commandOf, heldOf, impossible, nodeOf, replaceInstance, replaceNode } from './parts.ts';
import { reshape } from './reshape.ts';

const isSameCharge = (left: readonly ChargeLine[], right: readonly ChargeLine[]): boolean =>
  JSON.stringify(left) === JSON.stringify(right);

/** The charge of a claim, or of the side of a move, in its new shape. */
const reshapeOwner = (
  ledger: Ledger,
  event: LedgerEvent,
  owner: { readonly instance: string; readonly moveId?: string; readonly charge: readonly ChargeLine[] },
): readonly Change[] => {
  const { charge } = owner;
  if (owner.moveId !== undefined) {
    const before = moveOf(ledger, event, owner.moveId);
    if (before.other === undefined || isSameCharge(before.other.charge, charge)) return [];
    return [replaceMove(before, { ...before, other: { ...before.other, charge, counted: charge } })];
  }
  const before = ledger.instances.get(owner.instance);
  if (before?.status !== 'held') throw impossible(event, `instance ${owner.instance} is not held`);
  if (isSameCharge(before.claim.charge, charge)) return [];
  return [replaceInstance(before, { ...before, claim: { ...before.claim, charge } })];
};

export const reshapeCharges = (ledger: Ledger, event: LedgerEventOf<'ChargesReshaped'>): readonly Change[] => {
  const command = commandOf(event, 'Reshape');
  const node = nodeOf(ledger, event, command.node);
  const reshaped = reshape(ledger, node, command.rules);
  if (!reshaped.ok) throw impossible(event, `rule ${reshaped.error.rule} does not hold: ${reshaped.error.why}`);
  const { providers, owners } = reshaped.value;
  return [
    replaceNode(node, { ...node, tree: ProviderTree.of(providers), generation: event.number }),
    ...owners.flatMap((owner) => reshapeOwner(ledger, event, owner)),
  ];
};

/** The state of a guest is news about its claim, and leaves the charge as it is. */
export const reportState = (ledger: Ledger, event: LedgerEventOf<'InstanceStateReported'>): readonly Change[] => {
  const command = commandOf(event, 'ReportInstanceState');
  const before = heldOf(ledger, event, command);
  return [replaceInstance(before, { ...before, claim: { ...before.claim, state: command.state } })];
};
