import { hash } from 'node:crypto';
import { chargedOn, compareText, takenUnitsOn } from './charges.ts';
import type { ChargeLine } from './command.ts';
import type {
  Description,
  ReferenceClaim,
  ReferenceMove,
  ReferenceNode,
  ReferenceProvider,
  ReferenceState,
} from './state.ts';

const TWO_TO_128 = 1n << 128n;

/** The canonical record texts of the view `inventory`, sorted. */
export function referenceRecords(state: ReferenceState): string[] {
  const nodes = [...state.nodes.values()];
  const records: unknown[][] = [
    ...(state.cell === undefined ? [] : [['cell', state.cell.name, state.cell.historyId, state.epoch]]),
    ...state.forks.map((fork) => ['fork', fork.from, fork.newHistoryId, fork.keptTo, fork.lostTo]),
    ...(state.inboxUpTo === 0 ? [] : [['inbox', state.inboxUpTo]]),
    ...state.parked.map((message) => ['parked', message.sequence, message.code, message.since, message.isRetried]),
    ...nodes.map(nodeRecord),
    ...nodes.flatMap((node) => node.providers.flatMap((provider) => providerRecords(node, provider))),
    ...nodes.flatMap(factRecords),
    ...nodes.flatMap(settingRecords),
    ...[...state.claims.values()].flatMap(claimRecords),
    ...[...state.shelved.values()].flatMap((shelved) => [
      ['offloaded', shelved.instance, shelved.claimId, shelved.node, ...described(shelved)],
      ...groupRecords(shelved.instance, shelved),
    ]),
    ...[...state.ended].map((instance) => ['ended', instance]),
    ...[...state.moves.values()].flatMap(moveRecords),
  ];
  return records.map((record) => JSON.stringify(record)).sort();
}

/** 32 hex digits: of each record the first 16 bytes of its SHA-256, read big-endian, summed mod 2^128. */
export function referenceDigest(state: ReferenceState): string {
  const sum = referenceRecords(state)
    .map((record) => BigInt(`0x${hash('sha256', record, 'hex').slice(0, 32)}`))
    .reduce((left, right) => left + right, 0n);
  return (sum % TWO_TO_128).toString(16).padStart(32, '0');
}

function nodeRecord(node: ReferenceNode): unknown[] {
  const { id, owner, incarnation, bootId, status, reason, inventoryStatus, sequence } = node;
  const claimCount = [...node.holders.keys()].filter((holder) => holder.startsWith('claim ')).length;
  return ['node', id, owner, incarnation, bootId, status, reason, inventoryStatus, sequence, claimCount];
}

function providerRecords(node: ReferenceNode, provider: ReferenceProvider): unknown[][] {
  const { id, parent, isVanished, inventories, overlayTraits } = provider;
  const traits = inTextOrder([...provider.traits, ...overlayTraits]);
  const added = inTextOrder(inventories.filter(({ isOverlay }) => isOverlay).map(({ class: name }) => name));
  return [
    ['provider', node.id, id, parent, traits, inTextOrder(provider.aggregates), isVanished],
    ...inventories.map((inventory) => [
      ...['inventory', node.id, id, inventory.class],
      ...[inventory.total, inventory.reserved, inventory.minUnit, inventory.maxUnit, inventory.stepSize],
      ...[inventory.allocationRatioMillionths, inventory.units, inventory.isVanished],
      ...[chargedOn(node, id, inventory.class), takenUnitsOn(node, id, inventory.class)],
    ]),
    ...(added.length + overlayTraits.length === 0 ? [] : [['added', node.id, id, added, inTextOrder(overlayTraits)]]),
  ];
}

function factRecords(node: ReferenceNode): unknown[][] {
  const { id, stale } = node;
  return [
    ...(node.isFenced ? [['fenced', id]] : []),
    ...(stale === undefined ? [] : [['stale', id, stale.since, stale.reason]]),
    ...(node.transferTo === '' ? [] : [['transfer', id, node.transferTo]]),
    ...(node.failedBuilds === 0 ? [] : [['builds', id, node.failedBuilds]]),
    ...(node.owesReport === 0 ? [] : [['owes-report', id, node.owesReport]]),
    ...node.drifts.map((drift) => [
      ...['drift', id, drift.kind, drift.instance, drift.moveId],
      ...[drift.since, drift.foundAt, drift.incarnation, drift.detailsText],
    ]),
  ];
}

function settingRecords(node: ReferenceNode): unknown[][] {
  const { id, driftPolicy } = node;
  return [
    ...node.policies.map(({ provider, class: name, reserved, allocationRatioMillionths }) => [
      ...['policy', id, provider, name, reserved ?? '', allocationRatioMillionths ?? ''],
    ]),
    ...node.aggregates.map(({ provider, aggregates }) => ['aggregates', id, provider, inTextOrder(aggregates)]),
    ...node.overlay.map((target) => ['overlay', id, target.provider ?? '', JSON.stringify(target)]),
    ...(driftPolicy === undefined ? [] : [['drift-policy', id, driftPolicy.policy, driftPolicy.mayFree]]),
  ];
}

function claimRecords(claim: ReferenceClaim): unknown[][] {
  const { claimId, instance, node, status, tenant, labels, claimant, expiry, release, state } = claim;
  return [
    [
      ...['claim', claimId, instance, node, status, tenant, labels, claimant.role, claimant.id],
      ...[claim.requestText, linesOf(claim.charge)],
    ],
    ...groupRecords(instance, claim),
    ...(expiry === undefined ? [] : [['expiry', instance, expiry.ttlMs, expiry.expiresAt]]),
    ...(release === undefined
      ? []
      : [['release', instance, release.since, release.requestedBy.role, release.requestedBy.id, release.then]]),
    ...(state === undefined ? [] : [['state', instance, state.vm, state.task, state.osType]]),
  ];
}

function described({ tenant, labels, claimant }: Description): unknown[] {
  return [tenant, labels, claimant.role, claimant.id];
}

function groupRecords(instance: string, { groups }: Description): unknown[][] {
  const all = groups.map(({ id, rule, maxPerNode }) => [id, rule, maxPerNode ?? 0]);
  return all.length === 0 ? [] : [['groups', instance, all]];
}

function moveRecords(move: ReferenceMove): unknown[][] {
  const { id, kind, instance, source, destination, side, sourceIncarnation } = move;
  return [
    [
      ...['move', id, kind, instance, source, destination, move.state, move.since, move.replace, move.isError],
      ...[move.claimant.role, move.claimant.id, move.requestText, move.otherSide],
    ],
    ...(sourceIncarnation === undefined ? [] : [['evacuated', id, sourceIncarnation]]),
    ...(side === undefined
      ? []
      : [
          [
            ...['side', id, side.node, side.state, side.since],
            ...[side.requestedBy?.role ?? '', side.requestedBy?.id ?? ''],
            ...[linesOf(side.charge), linesOf(side.counted)],
          ],
        ]),
  ];
}

function linesOf(charge: readonly ChargeLine[]): unknown[] {
  return charge.map((line) => [line.provider, line.class, line.amount, line.units ?? []]);
}

function inTextOrder(texts: readonly string[]): string[] {
  return [...texts].sort(compareText);
}
