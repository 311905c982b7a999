import type { LedgerEventOf } from '../event.ts';
import type { Cell, Change, HistoryFork, Ledger, Node } from '../ledger.ts';
import { impossible, nodeOf, replaceNode } from './parts.ts';

const owing = (node: Node, number: number): Node => ({ ...node, owesReport: number, generation: number });

/**
 * The cell goes on under another history. What its agents did in the events that are lost is on no record, so that
 * every node owes a complete report of what runs there.
 */
export const forkHistory = (ledger: Ledger, before: Cell, event: LedgerEventOf<'HistoryForked'>): readonly Change[] => {
  const { from, newHistoryId, keptTo, lostTo } = event.data;
  const fork: HistoryFork = { from, newHistoryId, keptTo, lostTo };
  const { forks = [] } = before;
  const isKnown = newHistoryId === before.historyId || forks.some((known) => known.from === newHistoryId);
  if (from !== before.historyId || isKnown || keptTo >= event.number || lostTo < keptTo) {
    throw impossible(event, `history ${from} cannot become ${newHistoryId} after event ${keptTo}`);
  }
  const after: Cell = { ...before, historyId: newHistoryId, forks: [...forks, fork] };
  const nodes = [...ledger.nodes.values()].filter(({ status }) => status.kind !== 'retired');
  return [{ table: 'cell', before, after }, ...nodes.map((node) => replaceNode(node, owing(node, event.number)))];
};

export const receiveReport = (ledger: Ledger, event: LedgerEventOf<'GuestReportReceived'>): readonly Change[] => {
  const before = nodeOf(ledger, event, event.data.node);
  const { owesReport: _, ...after } = before;
  return [replaceNode(before, { ...after, generation: event.number })];
};
