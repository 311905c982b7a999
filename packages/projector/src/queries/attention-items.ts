import type { AttentionItem, AttentionKind } from '@fleetbook/contracts';
import { type HeldRecord, isSuspect, type Ledger, type Move, type Node, overlayState } from '@fleetbook/domain';
import type { QuestionView } from '../view/question-view.ts';
import { figures } from './figures.ts';

/** What the view holds of each kind, as of the call: records never change, so the rest may wait. */
export interface AttentionRecords {
  readonly releasing: readonly HeldRecord[];
  readonly unconfirmed: readonly HeldRecord[];
  readonly open: readonly Move[];
  readonly charged: readonly Move[];
  readonly nodes: readonly Node[];
}

export function attentionRecords(
  { ledger, attention, moves }: QuestionView,
  kinds: ReadonlySet<AttentionKind>,
): AttentionRecords {
  attention.refresh(ledger.nodes);
  return {
    releasing: Array.from(attention.releasing.values()),
    unconfirmed: kinds.has('unconfirmed') ? heldRecords(ledger, attention.unconfirmed()) : [],
    open: Array.from(moves.open.values()),
    charged: Array.from(moves.charged.values()),
    nodes: Array.from(attention.nodes.values()),
  };
}

function heldRecords({ instances }: Ledger, ids: Iterable<string>): readonly HeldRecord[] {
  const records: HeldRecord[] = [];
  for (const id of ids) {
    const instance = instances.get(id);
    if (instance?.status === 'held') {
      records.push(instance);
    }
  }
  return records;
}

/** Finds the items of one kind. */
type Find = (records: AttentionRecords) => Iterable<AttentionItem>;

export const FIND_ITEMS: Readonly<Record<AttentionKind, Find>> = {
  releasing: findReleasing,
  'left-behind': findLeftBehind,
  'move-error': ({ open }) => findMoves(open, 'move-error'),
  drift: findDrifts,
  overcommitted: findOvercommitted,
  stale: findStale,
  down: findDown,
  suspect: findSuspects,
  'report-owed': findOwedReports,
  'overlay-pending': findPendingOverlays,
  'move-open': ({ open }) => findMoves(open, 'move-open'),
  unconfirmed: findUnconfirmed,
};

/** What an item is about besides its kind and its node; no two items have all three in common. */
export function subjectOf(item: AttentionItem): string {
  switch (item.kind) {
    case 'releasing':
    case 'left-behind':
    case 'move-error':
    case 'move-open':
      return `${item.instance} ${item.moveId ?? ''}`;
    case 'drift':
      return `${item.instance} ${item.drift} ${item.moveId ?? ''}`;
    case 'overcommitted':
      return `${item.provider} ${item.class}`;
    case 'overlay-pending':
      return item.provider;
    case 'unconfirmed':
      return item.instance;
    case 'stale':
    case 'down':
    case 'suspect':
    case 'report-owed':
      return '';
  }
}

function* findReleasing({ releasing, charged }: AttentionRecords): Generator<AttentionItem, void> {
  for (const { id, claim } of releasing) {
    if (claim.release !== undefined) {
      const { node, claimId, release } = claim;
      yield { kind: 'releasing', node, instance: id, claimId, ...release };
    }
  }
  for (const { id, instance, other, claimant } of charged) {
    if (other?.state === 'releasing') {
      const { node, since, requestedBy = claimant } = other;
      yield { kind: 'releasing', node, instance, moveId: id, since, requestedBy };
    }
  }
}

function* findLeftBehind({ charged }: AttentionRecords): Generator<AttentionItem, void> {
  for (const { id, instance, other } of charged) {
    if (other?.state === 'left-behind') {
      yield { kind: 'left-behind', node: other.node, instance, moveId: id, since: other.since };
    }
  }
}

function* findMoves(open: readonly Move[], kind: 'move-error' | 'move-open'): Generator<AttentionItem, void> {
  for (const move of open) {
    if (move.isError || kind === 'move-open') {
      const { id, instance, kind: moveKind, state, since } = move;
      yield { kind, node: nodeRunningOn(move), instance, moveId: id, moveKind, state, since };
    }
  }
}

/** The node that is not the other side's; an unshelved instance runs nowhere yet. */
function nodeRunningOn({ otherSide, source, destination }: Move): string {
  return otherSide === 'destination' ? (source ?? destination) : destination;
}

function* findDrifts({ nodes }: AttentionRecords): Generator<AttentionItem, void> {
  for (const { id, drifts = [] } of nodes) {
    for (const { kind, instance, moveId, since, foundAt, details } of drifts) {
      const about = moveId === undefined ? { instance } : { instance, moveId };
      yield { kind: 'drift', node: id, drift: kind, ...about, since, foundAt, details };
    }
  }
}

function* findOvercommitted({ nodes }: AttentionRecords): Generator<AttentionItem, void> {
  for (const { id, tree } of nodes) {
    for (const provider of tree.providers) {
      for (const inventory of provider.inventories) {
        if (inventory.charged > inventory.capacity) {
          yield {
            kind: 'overcommitted',
            node: id,
            ...figures(inventory.class, inventory),
            provider: provider.id,
            isVanished: inventory.isVanished,
          };
        }
      }
    }
  }
}

function* findStale({ nodes }: AttentionRecords): Generator<AttentionItem, void> {
  for (const { id, inventoryStatus } of nodes) {
    if (inventoryStatus.kind === 'stale') {
      const { since, reason } = inventoryStatus;
      yield { kind: 'stale', node: id, since, reason };
    }
  }
}

function* findDown({ nodes }: AttentionRecords): Generator<AttentionItem, void> {
  for (const { id, status } of nodes) {
    if (status.kind === 'down') {
      yield { kind: 'down', node: id, reason: status.reason, fenced: status.fenced };
    }
  }
}

function* findSuspects({ nodes }: AttentionRecords): Generator<AttentionItem, void> {
  for (const node of nodes) {
    if (isSuspect(node)) {
      yield { kind: 'suspect', node: node.id, failedBuilds: node.failedBuilds ?? 0 };
    }
  }
}

function* findOwedReports({ nodes }: AttentionRecords): Generator<AttentionItem, void> {
  for (const { id, owesReport } of nodes) {
    if (owesReport !== undefined) {
      yield { kind: 'report-owed', node: id, owedSince: owesReport };
    }
  }
}

function* findPendingOverlays({ nodes }: AttentionRecords): Generator<AttentionItem, void> {
  for (const node of nodes) {
    for (const provider of node.overlay === undefined ? [] : overlayState(node).pending) {
      yield { kind: 'overlay-pending', node: node.id, provider };
    }
  }
}

function* findUnconfirmed({ unconfirmed }: AttentionRecords): Generator<AttentionItem, void> {
  for (const { id, claim } of unconfirmed) {
    const { node, claimId, expiry } = claim;
    const expires = expiry === undefined ? {} : { expiresAt: expiry.expiresAt };
    yield { kind: 'unconfirmed', node, instance: id, claimId, ...expires };
  }
}
