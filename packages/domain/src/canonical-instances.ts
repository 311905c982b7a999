import type { PlacementGroup } from './command.ts';
import type { HeldRecord, Instance, Move, OffloadedRecord } from './ledger.ts';
import { compareText } from './order.ts';
import type { ChargeLine } from './request.ts';

const chargeArray = (charge: readonly ChargeLine[]) =>
  charge.map((line) => [line.provider, line.class, line.amount, line.units ?? []]);

const labelArray = (labels: Readonly<Record<string, string>> | undefined) =>
  Object.entries(labels ?? {}).sort(([left], [right]) => compareText(left, right));

const groupsRecord = (instance: string, groups: readonly PlacementGroup[]): string =>
  JSON.stringify(['groups', instance, groups.map((group) => [group.id, group.rule, group.maxPerNode ?? 0])]);

const claimRecord = ({ id, claim }: HeldRecord): string =>
  JSON.stringify([
    'claim',
    claim.claimId,
    id,
    claim.node,
    claim.status,
    claim.tenant ?? '',
    labelArray(claim.labels),
    claim.claimant.role,
    claim.claimant.id,
    claim.requestText,
    chargeArray(claim.charge),
  ]);

const heldRecords = (instance: HeldRecord): readonly string[] => {
  const { expiry, groups, release } = instance.claim;
  const texts = [claimRecord(instance)];
  if (groups !== undefined) texts.push(groupsRecord(instance.id, groups));
  if (expiry !== undefined) texts.push(JSON.stringify(['expiry', instance.id, expiry.ttlMs, expiry.expiresAt]));
  if (release !== undefined) {
    const { role, id } = release.requestedBy;
    texts.push(JSON.stringify(['release', instance.id, release.since, role, id, release.then]));
  }
  return texts;
};

const offloadedRecords = (instance: OffloadedRecord): readonly string[] => {
  const { id, claimId, node, tenant, labels, groups } = instance;
  const text = JSON.stringify(['offloaded', id, claimId, node, tenant ?? '', labelArray(labels)]);
  return groups === undefined ? [text] : [text, groupsRecord(id, groups)];
};

/** The canonical texts of an instance: what it is first, then what not every instance has. */
export const instanceRecords = (instance: Instance): readonly string[] => {
  switch (instance.status) {
    case 'held':
      return heldRecords(instance);
    case 'offloaded':
      return offloadedRecords(instance);
    case 'ended':
      return [JSON.stringify(['ended', instance.id])];
  }
};

const moveRecord = (move: Move): string =>
  JSON.stringify([
    'move',
    move.id,
    move.kind,
    move.instance,
    move.source ?? '',
    move.destination,
    move.state,
    move.since,
    move.replace,
    move.isError,
    move.claimant.role,
    move.claimant.id,
    move.requestText,
    move.otherSide,
  ]);

/** The canonical texts of a move: its own, and that of the side it holds besides the claim. */
export const moveRecords = (move: Move): readonly string[] => {
  const { other } = move;
  if (other === undefined) return [moveRecord(move)];
  const { role, id } = other.requestedBy ?? { role: '', id: '' };
  const facts = [other.node, other.state, other.since, role, id];
  const side = ['side', move.id, ...facts, chargeArray(other.charge), chargeArray(other.counted)];
  return [moveRecord(move), JSON.stringify(side)];
};
