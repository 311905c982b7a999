import { commandOf, type ReferenceEvent, type ReferenceEventOf } from './event.ts';
import { afterReport } from './report.ts';
import type { ReferenceNode, ReferenceState } from './state.ts';
import { checkRegistration, checkReport, violate } from './violations.ts';

export function registerNode(state: ReferenceState, event: ReferenceEventOf<'NodeRegistered'>): void {
  const { node: id, bootId } = commandOf(event, 'RegisterNode');
  const known = state.nodes.get(id);
  checkRegistration(state, event, known, bootId);
  const node = known ?? newNode(id, event.actor.id);
  node.incarnation = event.data.incarnation;
  node.bootId = bootId;
  node.bootIds.push(bootId);
  // What is known of the node stays known; its new incarnation counts its reports anew.
  node.sequence = 0;
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
    inventoryStatus: 'unknown',
    sequence: 0,
    providers: [],
    claims: [],
    lines: new Map(),
  };
}

export function reportInventory(state: ReferenceState, event: ReferenceEventOf<'InventoryChanged'>): void {
  const report = commandOf(event, 'ReportInventory');
  const node = knownNode(state, event, report.node);
  if (node === undefined) {
    return;
  }
  checkReport(state, event, node, report);
  node.providers = afterReport(node, report.providers);
  node.inventoryStatus = 'reported';
  node.sequence = report.sequence;
}

export function setStatus(
  state: ReferenceState,
  event: ReferenceEvent,
  id: string,
  status: ReferenceNode['status'],
  reason = '',
): void {
  const node = knownNode(state, event, id);
  if (node === undefined) {
    return;
  }
  if (node.status === 'retired') {
    violate(state, event, `node ${id} is retired`);
  }
  node.status = status;
  node.reason = reason;
}

export function retireNode(state: ReferenceState, event: ReferenceEventOf<'NodeRetired'>): void {
  const { node: id } = commandOf(event, 'RetireNode');
  const count = state.nodes.get(id)?.claims.length ?? 0;
  if (count > 0) {
    violate(state, event, `node ${id} is retired with ${count} live claims`);
  }
  setStatus(state, event, id, 'retired');
}

export function knownNode(state: ReferenceState, event: ReferenceEvent, id: string): ReferenceNode | undefined {
  const node = state.nodes.get(id);
  if (node === undefined) {
    violate(state, event, `node ${id} is not registered`);
  }
  return node;
}
