import type { AdoptInstance, ClaimInstance } from '../command.ts';
import type { LedgerEvent, LedgerEventOf } from '../event.ts';
import type { Change, Claim, HeldRecord, Instance, Ledger, OffloadedRecord } from '../ledger.ts';
import type { Mutable } from '../mutable.ts';
import type { ChargeLine } from '../request.ts';
import { actorOf, endMove } from './close-move.ts';
import { increaseOver } from './counted.ts';
import { intern } from './intern.ts';
import { NodeDrafts } from './node-drafts.ts';
import { commandOf, heldOf, impossible, replaceInstance } from './parts.ts';
import { requestTextOf } from './request-text.ts';

/** Fields are set one by one: every claim of the log passes here. */
const chargeClaim = (
  ledger: Ledger,
  event: LedgerEvent,
  command: ClaimInstance | AdoptInstance,
  { node: id, charge: asked }: { readonly node: string; readonly charge: readonly ChargeLine[] },
): readonly Change[] => {
  const { instance: key, tenant, labels } = command;
  const held = ledger.instances.get(key);
  if (held !== undefined) throw impossible(event, `instance ${key} is ${held.status}`);
  const charged = ledger.nodes.chargeOf(id, asked, event.number);
  if (charged === undefined) throw impossible(event, `node ${id} is unknown`);

  const claim: Mutable<Claim> = {
    claimId: event.commandId,
    node: charged.key,
    status: 'confirmed',
    claimant: actorOf(event),
    requestText: requestTextOf(command),
    charge: charged.charge,
  };
  if (tenant !== undefined) claim.tenant = intern(tenant);
  if (labels !== undefined) claim.labels = labels;
  if (command.type === 'ClaimInstance') {
    const { groups, ttlMs } = command;
    claim.status = 'unconfirmed';
    if (groups !== undefined) claim.groups = groups;
    if (ttlMs !== undefined) claim.expiry = { ttlMs, expiresAt: event.at + ttlMs };
  }
  const after: Instance = { status: 'held', id: key, claim, touchedAt: event.number };
  return [charged, { table: 'instances', key, before: undefined, after }];
};

export const claimInstance = (ledger: Ledger, event: LedgerEventOf<'InstanceClaimed'>): readonly Change[] =>
  chargeClaim(ledger, event, commandOf(event, 'ClaimInstance'), event.data);

export const adoptInstance = (ledger: Ledger, event: LedgerEventOf<'InstanceAdopted'>): readonly Change[] => {
  const command = commandOf(event, 'AdoptInstance');
  return chargeClaim(ledger, event, command, { node: command.node, charge: event.data.charge });
};

export const confirmClaim = (ledger: Ledger, event: LedgerEventOf<'ClaimConfirmed'>): readonly Change[] => {
  const before = heldOf(ledger, event, commandOf(event, 'ConfirmClaim'));
  const { expiry: _, ...claim } = before.claim;
  return [replaceInstance(before, { ...before, claim: { ...claim, status: 'confirmed' } })];
};

/** What the end of a claim, and of nothing else, changes on its node. */
const freeClaim = (ledger: Ledger, event: LedgerEvent, { node, charge }: Claim): readonly Change[] => {
  const released = ledger.nodes.releaseOf(node, charge, event.number);
  if (released !== undefined) return [released];
  const drafts = new NodeDrafts(ledger, event);
  drafts.free(node, charge, 1);
  return drafts.changes();
};

/** Frees a claim that was never confirmed and forgets its instance. */
export const forgetClaim = (
  ledger: Ledger,
  event: LedgerEvent,
  named: { readonly instance: string; readonly claimId: string },
): readonly Change[] => {
  const before = heldOf(ledger, event, named);
  return [...freeClaim(ledger, event, before.claim), replaceInstance(before, undefined)];
};

const offloadedFrom = ({ id, claim }: HeldRecord): OffloadedRecord => {
  const { claimId, node, tenant, labels, claimant, groups } = claim;
  return {
    status: 'offloaded',
    id,
    claimId,
    node,
    ...(tenant === undefined ? {} : { tenant }),
    ...(labels === undefined ? {} : { labels }),
    claimant,
    ...(groups === undefined ? {} : { groups }),
  };
};

/** What an instance becomes when its claim is freed. */
export const freedInstance = (before: HeldRecord, becomes: 'ended' | 'offloaded'): Instance =>
  becomes === 'ended' ? { status: 'ended', id: before.id } : offloadedFrom(before);

export const dropInstance = (
  ledger: Ledger,
  event: LedgerEventOf<'InstanceDropped' | 'InstanceForceDropped'>,
): readonly Change[] => {
  const { instance: id } =
    event.type === 'InstanceDropped' ? commandOf(event, 'DropInstance') : commandOf(event, 'ForceDrop');
  const before = ledger.instances.get(id);
  if (before === undefined || before.status === 'ended') throw impossible(event, `instance ${id} is not live`);
  if (before.status === 'held' && event.data.move === undefined) {
    return [...freeClaim(ledger, event, before.claim), replaceInstance(before, { status: 'ended', id })];
  }
  const drafts = new NodeDrafts(ledger, event);
  if (before.status === 'held') drafts.free(before.claim.node, before.claim.charge, 1);
  const moved = endMove(ledger, drafts, event, event.data.move);
  return [...drafts.changes(), replaceInstance(before, { status: 'ended', id }), ...moved];
};

export const requestDrop = (ledger: Ledger, event: LedgerEventOf<'DropRequested'>): readonly Change[] => {
  const isOffload = event.command?.type === 'ShelveOffload';
  const before = heldOf(
    ledger,
    event,
    isOffload ? commandOf(event, 'ShelveOffload') : commandOf(event, 'DropInstance'),
  );
  const drafts = new NodeDrafts(ledger, event);
  const moved = endMove(ledger, drafts, event, event.data.move);
  const { moveId: _, ...kept } = before;
  const becomes = isOffload ? 'offloaded' : 'ended';
  const claim: Claim = { ...before.claim, release: { since: event.at, requestedBy: actorOf(event), becomes } };
  return [...drafts.changes(), replaceInstance(before, { ...kept, claim }), ...moved];
};

export const offloadInstance = (ledger: Ledger, event: LedgerEventOf<'InstanceOffloaded'>): readonly Change[] => {
  const before = heldOf(ledger, event, commandOf(event, 'ShelveOffload'));
  return [...freeClaim(ledger, event, before.claim), replaceInstance(before, offloadedFrom(before))];
};

export const rebuildInstance = (ledger: Ledger, event: LedgerEventOf<'InstanceRebuilt'>): readonly Change[] => {
  const command = commandOf(event, 'RebuildInstance');
  const before = heldOf(ledger, event, command);
  const { node } = before.claim;
  const drafts = new NodeDrafts(ledger, event);
  const charge = drafts.of(node).tree.share(event.data.charge);
  drafts.charge(node, increaseOver(before.claim.charge, charge));
  drafts.free(node, increaseOver(charge, before.claim.charge));
  const requestText = command.stage === 'after' ? requestTextOf(command) : before.claim.requestText;
  return [...drafts.changes(), replaceInstance(before, { ...before, claim: { ...before.claim, charge, requestText } })];
};
