import type { Actor } from './actor.ts';
import type { PlacementGroup } from './command.ts';
import type { Claim, HeldRecord, Instance, Move, OffloadedRecord, Side } from './ledger.ts';
import { compareText } from './order.ts';
import type { ChargeLine } from './request.ts';

const chargeArray = (charge: readonly ChargeLine[]) =>
  charge.map((line) => [line.provider, line.class, line.amount, line.units ?? []]);

const labelArray = (labels: Readonly<Record<string, string>> | undefined) =>
  Object.entries(labels ?? {}).sort(([left], [right]) => compareText(left, right));

const groupsRecord = (instance: string, groups: readonly PlacementGroup[]): string =>
  JSON.stringify(['groups', instance, groups.map((group) => [group.id, group.rule, group.maxPerNode ?? 0])]);

/** The canonical text of a charge, which is a part of others. */
export const chargeText = (charge: readonly ChargeLine[]): string => JSON.stringify(chargeArray(charge));

/** A claimant, which has no brackets of its own in a claim's text. */
export const claimantText = ({ role, id }: Actor): string => `${JSON.stringify(role)},${JSON.stringify(id)}`;

/** What many claims share, as JSON texts. */
export interface ClaimTexts {
  readonly node: string;
  readonly tenant: string;
  readonly claimant: string;
  readonly requestText: string;
  readonly charge: string;
}

/** As `instanceRecords`, of a claim that columns hold. Both ids are such that JSON writes them as they are. */
export const claimText = (
  id: string,
  claimId: string,
  status: Claim['status'],
  { node, tenant, claimant, requestText, charge }: ClaimTexts,
): string => `["claim","${claimId}","${id}",${node},"${status}",${tenant},[],${claimant},${requestText},${charge}]`;

/** As `instanceRecords`, of an instance that is no more. */
export const endedText = (id: string): string => `["ended","${id}"]`;

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
    texts.push(JSON.stringify(['release', instance.id, release.since, role, id, release.becomes]));
  }
  return texts;
};

const offloadedRecords = (instance: OffloadedRecord): readonly string[] => {
  const { id, claimId, node, tenant, labels, claimant, groups } = instance;
  const text = JSON.stringify([
    'offloaded',
    id,
    claimId,
    node,
    tenant ?? '',
    labelArray(labels),
    claimant.role,
    claimant.id,
  ]);
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

const sideRecord = (move: string, side: Side): string => {
  const { role, id } = side.requestedBy ?? { role: '', id: '' };
  const facts = [side.node, side.state, side.since, role, id];
  return JSON.stringify(['side', move, ...facts, chargeArray(side.charge), chargeArray(side.counted)]);
};

/** The canonical texts of a move: its own, and that of the side it holds besides the claim. */
export const moveRecords = (move: Move): readonly string[] => {
  const { other, sourceIncarnation } = move;
  const texts = [moveRecord(move)];
  if (sourceIncarnation !== undefined) texts.push(JSON.stringify(['evacuated', move.id, sourceIncarnation]));
  if (other !== undefined) texts.push(sideRecord(move.id, other));
  return texts;
};
