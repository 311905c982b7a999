import { providerRecords } from '../canonical.ts';
import type { ReportInventory } from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import { mergeReport } from '../evolve/merge-report.ts';
import type { Ledger, Node, Provider } from '../ledger.ts';
import { INVENTORY_TABLE, NODE_TABLE } from '../tables/node-table.ts';
import { accept, reject, unchanged } from './answer.ts';
import { faultOf } from './inventory-faults.ts';

const isSameTree = (node: string, left: readonly Provider[], right: readonly Provider[]): boolean => {
  const rightRecords = [...providerRecords(node, right)];
  const leftRecords = [...providerRecords(node, left)];
  return (
    leftRecords.length === rightRecords.length && leftRecords.every((record, index) => record === rightRecords[index])
  );
};

/** An agent's picture of its node: recorded when it is newer and says something new. */
export const decideReport = (ledger: Ledger, node: Node, command: ReportInventory, judgedAt: JudgedAt): Decision => {
  const status = node.inventoryStatus;
  for (const table of [NODE_TABLE[node.status.kind], INVENTORY_TABLE[status.kind]]) {
    const transition = table.ReportInventory;
    if (transition.kind === 'refuse') return reject(transition.code, judgedAt, { node: node.id });
  }
  const { incarnation, sequence } = command;
  if (incarnation !== node.incarnation) {
    return reject('STALE_INCARNATION', judgedAt, { node: node.id, incarnation, currentIncarnation: node.incarnation });
  }
  const fault = faultOf(command.providers, node.providers);
  if (
    fault === undefined &&
    status.kind === 'reported' &&
    isSameTree(node.id, node.providers, mergeReport(node.providers, command.providers))
  ) {
    return unchanged({ type: 'ReportInventory', node: node.id });
  }
  if (status.kind === 'reported' && sequence <= status.sequence) {
    return reject('STALE_REPORT', judgedAt, { node: node.id, sequence, recordedSequence: status.sequence });
  }
  if (fault !== undefined) return reject('INVALID_INVENTORY', judgedAt, { node: node.id, ...fault });
  for (const { id } of command.providers) {
    const other = ledger.providerNode.get(id);
    if (other !== undefined && other !== node.id) {
      return reject('PROVIDER_ELSEWHERE', judgedAt, { node: node.id, provider: id, otherNode: other });
    }
  }
  return accept({ type: 'InventoryChanged', schemaVersion: 1, data: {} });
};
