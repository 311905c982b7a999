import { commandOf, partsOf, type ReferenceEvent } from './event.ts';
import * as claims from './fold-claim.ts';
import { freeFenced, healDrifts, noteDrifts } from './fold-drift.ts';
import * as inbox from './fold-inbox.ts';
import * as moves from './fold-move.ts';
import * as nodes from './fold-node.ts';
import { withoutVanished } from './report.ts';
import { reshapeCharges } from './reshape.ts';
import { setAggregates, setOverlay, setPolicies } from './settings.ts';
import { emptyState, type ReferenceNode, type ReferenceState } from './state.ts';
import { checkCharges, checkNumber, violate } from './violations.ts';

/**
 * The inventory after these events, from the first one on, or on from a state that is handed in and changed. Events
 * that break an invariant are noted, for `referenceViolations`, and folded as far as they make sense. Throws Error for
 * an event of unknown type or without its command.
 */
export function foldReference(events: Iterable<ReferenceEvent>, state = emptyState()): ReferenceState {
  for (const event of events) {
    checkNumber(state, event);
    state.number = event.number;
    foldEvent(state, event);
    if (event.inboxSequence !== undefined) {
      inbox.settleMessage(state, event, event.inboxSequence);
    }
    if (state.touched.length > 0) {
      checkCharges(state, event);
      dropVanished(state);
      state.touched.length = 0;
    }
  }
  return state;
}

/** What had vanished goes with its last charge. */
function dropVanished(state: ReferenceState): void {
  for (const { node, place } of state.touched) {
    if (place.charged === 0) {
      node.providers = withoutVanished(node);
    }
  }
}

type Folds = {
  readonly [Type in ReferenceEvent['type']]: (
    state: ReferenceState,
    event: Extract<ReferenceEvent, { readonly type: Type }>,
  ) => void;
};

const nothing = (): void => undefined;

const FOLDS: Folds = {
  LedgerCreated: (state, { data }) => {
    state.cell = { name: data.cell, historyId: data.historyId };
  },
  CellConfigured: (state, { data }) => {
    state.driftPolicy = data.policies.driftPolicy ?? 'observe';
  },
  WriterElected: (state, { data }) => {
    state.epoch = data.epoch;
  },
  HistoryForked: forkHistory,
  Checkpoint: (state, event) => {
    if (event.data.upTo >= event.number) {
      violate(state, event, `states the digest at event ${event.data.upTo}, which is not before it`);
    }
  },
  CheckpointRevoked: nothing,
  CommandRejected: nothing,
  InboxPassed: (state, event) => inbox.settleMessage(state, event, event.data.sequence),
  InboxParked: inbox.parkMessage,
  InboxRetried: inbox.retryMessage,
  InboxDiscarded: (state, event) => inbox.settleMessage(state, event, event.data.sequence),
  NodeRegistered: nodes.registerNode,
  InventoryChanged: nodes.reportInventory,
  InventoryStale: nodes.staleInventory,
  NodeEnabled: (state, event) => {
    nodes.setStatus(state, event, commandOf(event, 'EnableNode').node, 'enabled');
  },
  NodeDisabled: (state, event) => {
    const { node, reason } = commandOf(event, 'DisableNode');
    nodes.setStatus(state, event, node, 'disabled', reason);
  },
  NodeMarkedDown: (state, event) => {
    const { node: id, reason, fenced } = commandOf(event, 'MarkNodeDown');
    const node = nodes.setStatus(state, event, id, 'down', reason);
    if (node !== undefined && fenced) {
      node.isFenced = true;
      freeFenced(state, id);
    }
  },
  NodeRetired: nodes.retireNode,
  NodeTransferred: nodes.transferNode,
  InventoryPolicySet: (state, event) => {
    const { node, policies } = commandOf(event, 'SetInventoryPolicy');
    atNode(state, event, node, (known) => setPolicies(known, policies));
  },
  AggregatesSet: (state, event) => {
    const { node, provider, aggregates } = commandOf(event, 'SetAggregates');
    atNode(state, event, node, (known) => setAggregates(known, provider, aggregates));
  },
  OverlaySet: (state, event) => {
    const { node, targets } = commandOf(event, 'SetOverlay');
    atNode(state, event, node, (known) => setOverlay(known, targets));
  },
  DriftPolicySet: (state, event) => {
    const { node, policy, mayFree = 0 } = commandOf(event, 'SetDriftPolicy');
    atNode(state, event, node, (known) => {
      known.driftPolicy = { policy, mayFree };
    });
  },
  ChargesReshaped: reshapeCharges,
  BuildRecorded: (state, event) => {
    atNode(state, event, commandOf(event, 'ReportBuildResult').node, (known) => {
      known.failedBuilds = event.data.failedBuilds;
    });
  },
  InstanceStateReported: claims.reportState,
  DriftFound: noteDrifts,
  GuestReportReceived: (state, event) => {
    atNode(state, event, event.data.node, (known) => {
      known.owesReport = 0;
    });
  },
  DriftHealed: healDrifts,
  InstanceClaimed: claims.claimInstance,
  InstanceAdopted: claims.adoptInstance,
  ClaimConfirmed: claims.confirmClaim,
  ClaimAborted: (state, event) => claims.abortClaim(state, event, commandOf(event, 'AbortClaim')),
  ClaimExpired: (state, event) => claims.abortClaim(state, event, event.data),
  DropRequested: claims.requestDrop,
  InstanceDropped: claims.endInstance,
  InstanceForceDropped: claims.endInstance,
  InstanceOffloaded: claims.offloadInstance,
  InstanceRebuilt: claims.rebuildInstance,
  MoveClaimed: moves.claimMove,
  MoveAdvanced: moves.advanceMove,
  MoveCompleted: moves.completeMove,
  MoveConfirmed: moves.confirmMove,
  MoveAutoConfirmed: moves.confirmMove,
  MoveReverted: moves.revertMove,
  MoveCancelled: moves.cancelMove,
  MoveFailed: moves.failMove,
  MoveClaimDropped: moves.dropSide,
  MoveClaimForceDropped: moves.dropSide,
  MoveReleaseRequested: moves.requestSide,
  AtomicBatchApplied: (state, event) => {
    for (const part of partsOf(event)) {
      foldEvent(state, part);
    }
  },
};

function forkHistory(state: ReferenceState, event: Extract<ReferenceEvent, { readonly type: 'HistoryForked' }>): void {
  const { from, newHistoryId, keptTo, lostTo } = event.data;
  if (from !== state.cell?.historyId || keptTo >= event.number || lostTo < keptTo) {
    violate(state, event, `history ${from} becomes ${newHistoryId} after event ${keptTo}`);
  }
  state.cell = { name: state.cell?.name ?? '', historyId: newHistoryId };
  state.forks.push({ from, newHistoryId, keptTo, lostTo });
  for (const node of state.nodes.values()) {
    if (node.status !== 'retired') {
      node.owesReport = event.number;
    }
  }
}

function foldEvent(state: ReferenceState, event: ReferenceEvent): void {
  foldTyped(state, event.type, event);
}

function foldTyped<Type extends ReferenceEvent['type']>(
  state: ReferenceState,
  type: Type,
  event: Extract<ReferenceEvent, { readonly type: Type }>,
): void {
  const fold = Object.hasOwn(FOLDS, type) ? FOLDS[type] : undefined;
  if (fold === undefined) {
    throw new Error(`an event of unknown type: ${JSON.stringify(event)}`);
  }
  fold(state, event);
}

function atNode(state: ReferenceState, event: ReferenceEvent, id: string, change: (node: ReferenceNode) => void): void {
  const node = nodes.knownNode(state, event, id);
  if (node !== undefined) {
    change(node);
  }
}
