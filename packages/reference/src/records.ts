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
  return [...recordTexts(state)].sort();
}

/** One after the other: there are as many as instances ever ended. */
function* recordTexts(state: ReferenceState): Generator<string> {
  for (const record of recordsIn(state)) {
    yield JSON.stringify(record);
  }
}

function* recordsIn(state: ReferenceState): Generator<unknown[]> {
  if (state.cell !== undefined) {
    yield ['cell', state.cell.name, state.cell.historyId, state.epoch];
  }
  yield* state.forks.map((fork) => ['fork', fork.from, fork.newHistoryId, fork.keptTo, fork.lostTo]);
  yield* state.inboxUpTo === 0 ? [] : [['inbox', state.inboxUpTo]];
  yield* state.parked.map((message) => ['parked', message.sequence, message.code, message.since, message.isRetried]);
  for (const node of state.nodes.values()) {
    yield nodeRecord(node);
    yield* node.providers.flatMap((provider) => providerRecords(node, provider));
    yield* factRecords(node);
    yield* settingRecords(node);
  }
  for (const claim of state.claims.values()) {
    yield* claimRecords(claim);
  }
  for (const shelved of state.shelved.values()) {
    yield ['offloaded', shelved.instance, shelved.claimId, shelved.node, ...described(shelved)];
    yield* groupRecords(shelved.instance, shelved);
  }
  for (const instance of state.ended) {
    yield ['ended', instance];
  }
  for (const move of state.moves.values()) {
    yield* moveRecords(move);
  }
}

/** 32 hex digits: of each record the first 16 bytes of its SHA-256, read big-endian, summed mod 2^128. */
export function referenceDigest(state: ReferenceState): string {
  let sum = 0n;
  for (const record of recordTexts(state)) {
    sum += BigInt(`0x${hash('sha256', record, 'hex').slice(0, 32)}`);
  }
  return (sum % TWO_TO_128).toString(16).padStart(32, '0');
}

function nodeRecord(node: ReferenceNode): unknown[] {
  const { id, owner, incarnation, bootId, status, reason, inventoryStatus, sequence } = node;
  return ['node', id, owner, incarnation, bootId, status, reason, inventoryStatus, sequence, node.claims.size];
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
