import { hash } from 'node:crypto';
import { chargedOn, takenUnitsOn } from './charges.ts';
import type { ReferenceClaim, ReferenceNode, ReferenceState } from './state.ts';

const TWO_TO_128 = 1n << 128n;

/** The canonical record texts of the view `inventory`, sorted. */
export function referenceRecords(state: ReferenceState): string[] {
  const nodes = [...state.nodes.values()];
  const records: unknown[][] = [
    ...(state.cell === undefined ? [] : [['cell', state.cell.name, state.cell.historyId, state.epoch]]),
    ...nodes.map(nodeRecord),
    ...nodes.flatMap(providerRecords),
    ...nodes.flatMap(inventoryRecords),
    ...nodes.flatMap((node) => node.claims.map(claimRecord)),
    ...[...state.ended].map((instance) => ['ended', instance]),
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
  const { id, owner, incarnation, bootId, status, reason, inventoryStatus, sequence, claims } = node;
  return ['node', id, owner, incarnation, bootId, status, reason, inventoryStatus, sequence, claims.length];
}

function providerRecords(node: ReferenceNode): unknown[][] {
  return node.providers.map((provider) => [
    'provider',
    node.id,
    provider.id,
    provider.parent,
    provider.traits,
    provider.aggregates,
    provider.isVanished,
  ]);
}

function inventoryRecords(node: ReferenceNode): unknown[][] {
  return node.providers.flatMap((provider) =>
    provider.inventories.map((inventory) => [
      'inventory',
      node.id,
      provider.id,
      inventory.class,
      inventory.total,
      inventory.reserved,
      inventory.minUnit,
      inventory.maxUnit,
      inventory.stepSize,
      inventory.allocationRatioMillionths,
      inventory.units,
      inventory.isVanished,
      chargedOn(node, provider.id, inventory.class),
      takenUnitsOn(node, provider.id, inventory.class),
    ]),
  );
}

function claimRecord(claim: ReferenceClaim): unknown[] {
  return [
    'claim',
    claim.claimId,
    claim.instance,
    claim.node,
    claim.status,
    claim.tenant,
    claim.labels,
    claim.claimant.role,
    claim.claimant.id,
    claim.requestText,
    claim.charge.map((line) => [line.provider, line.class, line.amount, line.units ?? []]),
  ];
}
