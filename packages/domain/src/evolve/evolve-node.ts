import type { LedgerEvent, LedgerEventOf } from '../event.ts';
import type { Change, InventoryStatus, Ledger, Node, NodeStatus } from '../ledger.ts';
import { ProviderTree } from '../provider-tree.ts';
import { type Applied, applyAggregates, applyOverlay, applyPolicies, withSettings } from './apply-settings.ts';
import { reportState, reshapeCharges } from './evolve-charges.ts';
import { findDrifts, healDrifts, setDriftPolicy } from './evolve-drift.ts';
import { receiveReport } from './fork-history.ts';
import { freeFenced } from './free-fenced.ts';
import { mergeReport } from './merge-report.ts';
import { commandOf, impossible, nodeOf, replaceNode } from './parts.ts';

/** Reports of a new incarnation count their own sequence. */
const uncounted = (status: InventoryStatus): InventoryStatus =>
  status.kind === 'unknown' ? status : { ...status, sequence: 0 };

/** A host that registers runs: it is not fenced, whatever the operator said before. */
const unfenced = (status: NodeStatus): NodeStatus =>
  status.kind === 'down' && status.fenced ? { ...status, fenced: false } : status;

const reregistered = (before: Node, event: LedgerEventOf<'NodeRegistered'>, bootId: string): Node => {
  const { transferTo, ...node } = before;
  const owner = event.actor.id;
  return {
    ...node,
    ...(transferTo === undefined || owner !== before.owner ? {} : { transferTo }),
    owner,
    bootId,
    bootIds: bootId === before.bootId ? before.bootIds : [...before.bootIds, bootId],
    incarnation: event.data.incarnation,
    status: unfenced(before.status),
    inventoryStatus: uncounted(before.inventoryStatus),
    generation: event.number,
  };
};

const registerNode = (ledger: Ledger, event: LedgerEventOf<'NodeRegistered'>): readonly Change[] => {
  const { node, bootId } = commandOf(event, 'RegisterNode');
  const before = ledger.nodes.get(node);
  if (before !== undefined) return [replaceNode(before, reregistered(before, event, bootId))];
  const after: Node = {
    id: node,
    bootId,
    incarnation: event.data.incarnation,
    generation: event.number,
    owner: event.actor.id,
    bootIds: [bootId],
    status: { kind: 'enabled' },
    inventoryStatus: { kind: 'unknown' },
    tree: ProviderTree.of([]),
    claimCount: 0,
    // Its first registration may be among the events that were lost.
    ...(ledger.cell?.forks === undefined ? {} : { owesReport: event.number }),
  };
  return [{ table: 'nodes', key: node, before, after }];
};

/** A change of a node's own records; providers and charges stay as they are unless the fields say so. */
const changeNode = (
  ledger: Ledger,
  event: LedgerEvent,
  id: string,
  fields: (node: Node) => Partial<Node>,
): readonly Change[] => {
  const before = nodeOf(ledger, event, id);
  return [replaceNode(before, { ...before, ...fields(before), generation: event.number })];
};

const changeInventory = (ledger: Ledger, event: LedgerEventOf<'InventoryChanged'>): readonly Change[] => {
  const command = commandOf(event, 'ReportInventory');
  if (command.mode === 'unsupported') throw impossible(event, 'the report states nothing');
  return changeNode(ledger, event, command.node, (node) => ({
    inventoryStatus: { kind: 'reported', sequence: command.sequence },
    tree: ProviderTree.of(mergeReport(node, command)),
  }));
};

const markStale = (ledger: Ledger, event: LedgerEventOf<'InventoryStale'>): readonly Change[] => {
  const { node: id, sequence, reason } = event.data;
  return changeNode(ledger, event, id, ({ inventoryStatus }) => {
    const since = inventoryStatus.kind === 'stale' ? inventoryStatus.since : event.at;
    return { inventoryStatus: { kind: 'stale', sequence, since, reason } };
  });
};

const transferNode = (ledger: Ledger, event: LedgerEventOf<'NodeTransferred'>): readonly Change[] => {
  const command = commandOf(event, 'TransferNode');
  const before = nodeOf(ledger, event, command.node);
  const { transferTo: _, ...node } = before;
  const transfer = command.owner === before.owner ? {} : { transferTo: command.owner };
  return [replaceNode(before, { ...node, ...transfer, generation: event.number })];
};

const changeStatus = (ledger: Ledger, event: LedgerEvent, node: string, status: NodeStatus): readonly Change[] =>
  changeNode(ledger, event, node, () => ({ status }));

const recordBuild = (ledger: Ledger, event: LedgerEventOf<'BuildRecorded'>): readonly Change[] => {
  const before = nodeOf(ledger, event, commandOf(event, 'ReportBuildResult').node);
  const { failedBuilds: _, ...node } = before;
  const { failedBuilds } = event.data;
  const builds = failedBuilds === 0 ? {} : { failedBuilds };
  return [replaceNode(before, { ...node, ...builds, generation: event.number })];
};

const markDown = (ledger: Ledger, event: LedgerEventOf<'NodeMarkedDown'>): readonly Change[] => {
  const { node, reason, fenced } = commandOf(event, 'MarkNodeDown');
  const before = nodeOf(ledger, event, node);
  const after: Node = { ...before, status: { kind: 'down', reason, fenced }, generation: event.number };
  return fenced ? freeFenced(ledger, event, after) : [replaceNode(before, after)];
};

const changeSettings = (
  ledger: Ledger,
  event: LedgerEvent,
  id: string,
  change: (node: Node) => Applied,
): readonly Change[] => {
  const before = nodeOf(ledger, event, id);
  return [replaceNode(before, { ...withSettings(before, change(before)), generation: event.number })];
};

const setSettings = (
  ledger: Ledger,
  event: LedgerEventOf<'InventoryPolicySet' | 'AggregatesSet' | 'OverlaySet'>,
): readonly Change[] => {
  switch (event.type) {
    case 'InventoryPolicySet': {
      const { node, policies } = commandOf(event, 'SetInventoryPolicy');
      return changeSettings(ledger, event, node, (before) => applyPolicies(before, policies));
    }
    case 'AggregatesSet': {
      const { node, provider, aggregates } = commandOf(event, 'SetAggregates');
      return changeSettings(ledger, event, node, (before) => applyAggregates(before, provider, aggregates));
    }
    case 'OverlaySet': {
      const { node, targets } = commandOf(event, 'SetOverlay');
      return changeSettings(ledger, event, node, (before) => applyOverlay(before, targets));
    }
  }
};

/** The changes of events about nodes. Throws an Error on an event of no known type. */
export const evolveNode = (ledger: Ledger, event: LedgerEvent): readonly Change[] => {
  switch (event.type) {
    case 'NodeRegistered':
      return registerNode(ledger, event);
    case 'InventoryChanged':
      return changeInventory(ledger, event);
    case 'InventoryStale':
      return markStale(ledger, event);
    case 'NodeEnabled':
      return changeStatus(ledger, event, commandOf(event, 'EnableNode').node, { kind: 'enabled' });
    case 'NodeDisabled': {
      const { node, reason } = commandOf(event, 'DisableNode');
      return changeStatus(ledger, event, node, { kind: 'disabled', reason });
    }
    case 'NodeMarkedDown':
      return markDown(ledger, event);
    case 'NodeRetired':
      return changeStatus(ledger, event, commandOf(event, 'RetireNode').node, { kind: 'retired' });
    case 'NodeTransferred':
      return transferNode(ledger, event);
    case 'BuildRecorded':
      return recordBuild(ledger, event);
    case 'InventoryPolicySet':
    case 'AggregatesSet':
    case 'OverlaySet':
      return setSettings(ledger, event);
    case 'ChargesReshaped':
      return reshapeCharges(ledger, event);
    case 'InstanceStateReported':
      return reportState(ledger, event);
    case 'DriftPolicySet':
      return setDriftPolicy(ledger, event);
    case 'DriftFound':
      return findDrifts(ledger, event);
    case 'GuestReportReceived':
      return receiveReport(ledger, event);
    case 'DriftHealed':
      return healDrifts(ledger, event);
    default:
      throw new Error(`event type is unknown to this reader: ${JSON.stringify(event)}`);
  }
};
