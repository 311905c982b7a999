import { commandOf, type ReferenceEvent, type ReferenceEventOf } from './event.ts';
import { afterReport } from './report.ts';
import type { ReferenceNode, ReferenceState } from './state.ts';
import { checkRegistration, checkReport, checkRetirement, violate } from './violations.ts';

export function registerNode(state: ReferenceState, event: ReferenceEventOf<'NodeRegistered'>): void {
  const { node: id, bootId } = commandOf(event, 'RegisterNode');
  const known = state.nodes.get(id);
  checkRegistration(state, event, known, bootId);
  const node = known ?? newNode(id, event.actor.id);
  if (known === undefined && state.forks.length > 0) {
    node.owesReport = event.number;
  }
  if (node.owner !== event.actor.id) {
    node.owner = event.actor.id;
    node.transferTo = '';
  }
  node.incarnation = event.data.incarnation;
  node.bootId = bootId;
  node.bootIds.push(bootId);
  // What is known of the node stays known; its new incarnation counts its reports anew.
  node.sequence = 0;
  // A host that speaks is not fenced off.
  node.isFenced = false;
  state.nodes.set(id, node);
}

function newNode(id: string, owner: string): ReferenceNode {
  return {
    id,
    owner,
    incarnation: 0,
    bootId: '',
    bootIds: [],
    status: 'enabled',
    reason: '',
    isFenced: false,
    inventoryStatus: 'unknown',
    sequence: 0,
    stale: undefined,
    transferTo: '',
    failedBuilds: 0,
    owesReport: 0,
    policies: [],
    aggregates: [],
    overlay: [],
    driftPolicy: undefined,
    drifts: [],
    providers: [],
    claims: new Map(),
    sides: new Map(),
    places: [],
  };
}

export function reportInventory(state: ReferenceState, event: ReferenceEventOf<'InventoryChanged'>): void {
  const report = commandOf(event, 'ReportInventory');
  const node = knownNode(state, event, report.node);
  if (node === undefined || report.mode === 'unsupported') {
    return;
  }
  checkReport(state, event, node, report);
  node.providers = afterReport(node, report);
  node.inventoryStatus = 'reported';
  node.sequence = report.sequence;
  node.stale = undefined;
}

export function staleInventory(state: ReferenceState, event: ReferenceEventOf<'InventoryStale'>): void {
  const { node: id, sequence, reason } = event.data;
  const node = knownNode(state, event, id);
  if (node !== undefined) {
    node.inventoryStatus = 'stale';
    node.sequence = sequence;
    node.stale = { since: node.stale?.since ?? event.at, reason };
  }
}

export function setStatus(
  state: ReferenceState,
  event: ReferenceEvent,
  id: string,
  status: ReferenceNode['status'],
  reason = '',
): ReferenceNode | undefined {
  const node = knownNode(state, event, id);
  if (node === undefined) {
    return undefined;
  }
  if (node.status === 'retired') {
    violate(state, event, `node ${id} is retired`);
  }
  node.status = status;
  node.reason = reason;
  node.isFenced = false;
  return node;
}

export function retireNode(state: ReferenceState, event: ReferenceEventOf<'NodeRetired'>): void {
  const { node: id } = commandOf(event, 'RetireNode');
  checkRetirement(state, event, id);
  setStatus(state, event, id, 'retired');
}

export function transferNode(state: ReferenceState, event: ReferenceEventOf<'NodeTransferred'>): void {
  const { node: id, owner } = commandOf(event, 'TransferNode');
  const node = knownNode(state, event, id);
  if (node !== undefined) {
    node.transferTo = owner === node.owner ? '' : owner;
  }
}

export function knownNode(state: ReferenceState, event: ReferenceEvent, id: string): ReferenceNode | undefined {
  const node = state.nodes.get(id);
  if (node === undefined) {
    violate(state, event, `node ${id} is not registered`);
  }
  return node;
}
