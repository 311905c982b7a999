import { providerRecords } from '../canonical.ts';
import type { FlatReport, FullReport, ReportInventory, UnsupportedReport } from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import { mergeReport, rootOf } from '../evolve/merge-report.ts';
import type { Ledger, Node, Provider } from '../ledger.ts';
import { INVENTORY_TABLE } from '../tables/node-table.ts';
import { accept, reject, unchanged } from './answer.ts';
import { faultOf } from './inventory-faults.ts';
import { restatesTree } from './restates.ts';

/** Whether two trees of a node are one to the digest, and so to everybody. */
export const isSameTree = (node: string, left: readonly Provider[], right: readonly Provider[]): boolean => {
  const rightRecords = [...providerRecords(node, right)];
  const leftRecords = [...providerRecords(node, left)];
  return (
    leftRecords.length === rightRecords.length && leftRecords.every((record, index) => record === rightRecords[index])
  );
};

/** Refuses what is said of an incarnation that is not the current one. */
export const refuseIncarnation = (node: Node, incarnation: number, judgedAt: JudgedAt): Decision | undefined =>
  incarnation === node.incarnation
    ? undefined
    : reject('STALE_INCARNATION', judgedAt, { node: node.id, incarnation, currentIncarnation: node.incarnation });

const refuseSequence = (node: Node, sequence: number, judgedAt: JudgedAt): Decision | undefined => {
  const { inventoryStatus } = node;
  if (inventoryStatus.kind === 'unknown' || sequence > inventoryStatus.sequence) return undefined;
  const recordedSequence = inventoryStatus.sequence;
  return reject('STALE_REPORT', judgedAt, { node: node.id, sequence, recordedSequence });
};

const refuseElsewhere = (
  ledger: Ledger,
  node: Node,
  command: FullReport | FlatReport,
  judgedAt: JudgedAt,
): Decision | undefined => {
  const ids = command.mode === 'full' ? command.providers.map((provider) => provider.id) : [node.id];
  if (command.mode === 'flat' && rootOf(node.tree.providers) !== undefined) return undefined;
  for (const id of ids) {
    const other = ledger.providerNode.get(id);
    if (other !== undefined && other !== node.id) {
      return reject('PROVIDER_ELSEWHERE', judgedAt, { node: node.id, provider: id, otherNode: other });
    }
  }
  return undefined;
};

const decideTotals = (ledger: Ledger, node: Node, command: FullReport | FlatReport, judgedAt: JudgedAt): Decision => {
  const isReported = node.inventoryStatus.kind === 'reported';
  const isRestated = isReported && command.mode === 'full' && restatesTree(node, command);
  const fault = isRestated ? undefined : faultOf(node, command);
  const isNoNews =
    isRestated ||
    (isReported && fault === undefined && isSameTree(node.id, node.tree.providers, mergeReport(node, command)));
  if (isNoNews) return unchanged({ type: 'ReportInventory', node: node.id });
  const late = refuseSequence(node, command.sequence, judgedAt);
  if (late !== undefined) return late;
  if (fault !== undefined) return reject('INVALID_INVENTORY', judgedAt, { node: node.id, ...fault });
  return (
    refuseElsewhere(ledger, node, command, judgedAt) ?? accept({ type: 'InventoryChanged', schemaVersion: 1, data: {} })
  );
};

/** The driver cannot say, or failed to: never a guess, never zeroes. */
const decideUnsupported = (node: Node, { sequence, reason }: UnsupportedReport, judgedAt: JudgedAt): Decision => {
  const status = node.inventoryStatus;
  const transition = INVENTORY_TABLE[status.kind].Unsupported;
  if (transition.kind === 'refuse') return reject(transition.code, judgedAt, { node: node.id });
  const isSaid = status.kind === 'stale' && status.reason === reason;
  if (transition.kind === 'unchanged' || isSaid) return unchanged({ type: 'ReportInventory', node: node.id });
  return (
    refuseSequence(node, sequence, judgedAt) ??
    accept({ type: 'InventoryStale', schemaVersion: 1, data: { node: node.id, sequence, reason } })
  );
};

/** An agent's picture of its node: recorded when it is newer and says something new. */
export const decideReport = (ledger: Ledger, node: Node, command: ReportInventory, judgedAt: JudgedAt): Decision => {
  const stale = refuseIncarnation(node, command.incarnation, judgedAt);
  if (stale !== undefined) return stale;
  return command.mode === 'unsupported'
    ? decideUnsupported(node, command, judgedAt)
    : decideTotals(ledger, node, command, judgedAt);
};
