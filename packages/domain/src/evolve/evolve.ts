import type { LedgerEvent, LedgerEventOf } from '../event.ts';
import type { Cell, Change, Ledger } from '../ledger.ts';
import { DEFAULT_POLICIES } from '../policies.ts';
import { partsOfBatch } from './batch-parts.ts';
import { cellAfterMessage, isInboxEvent } from './evolve-inbox.ts';
import { evolveInstance, isInstanceEvent } from './evolve-instance.ts';
import { evolveNode } from './evolve-node.ts';
import { forkHistory } from './fork-history.ts';
import { install, revert } from './install.ts';
import { impossible } from './parts.ts';

const cellOf = (ledger: Ledger, event: LedgerEvent): Cell => {
  if (ledger.cell === undefined) throw impossible(event, 'the ledger was never created');
  return ledger.cell;
};

const createCell = (ledger: Ledger, event: LedgerEventOf<'LedgerCreated'>): readonly Change[] => {
  if (ledger.cell !== undefined) throw impossible(event, 'the ledger exists');
  const { cell, historyId, formatVersion } = event.data;
  const after: Cell = { cell, historyId, formatVersion, policies: DEFAULT_POLICIES, epoch: 0, writer: '' };
  return [{ table: 'cell', before: undefined, after }];
};

const changeCell = (ledger: Ledger, event: LedgerEvent, fields: Partial<Cell>): readonly Change[] => {
  const before = cellOf(ledger, event);
  return [{ table: 'cell', before, after: { ...before, ...fields } }];
};

/** Each part follows the ones before it, so these are put in place while the batch is folded, and taken out again. */
const evolveBatch = (ledger: Ledger, event: LedgerEventOf<'AtomicBatchApplied'>): readonly Change[] => {
  const changes: Change[] = [];
  try {
    for (const part of partsOfBatch(event)) {
      const next = evolve(ledger, part);
      install(ledger, next);
      changes.push(...next);
    }
  } finally {
    revert(ledger, changes);
  }
  return changes;
};

const evolveEvent = (ledger: Ledger, event: LedgerEvent): readonly Change[] => {
  switch (event.type) {
    case 'LedgerCreated':
      return createCell(ledger, event);
    case 'CellConfigured':
      return changeCell(ledger, event, { policies: event.data.policies });
    case 'WriterElected':
      return changeCell(ledger, event, { epoch: event.data.epoch, writer: event.data.writer });
    case 'HistoryForked':
      return forkHistory(ledger, cellOf(ledger, event), event);
    case 'Checkpoint':
    case 'CheckpointRevoked':
    case 'CommandRejected':
      return [];
    case 'AtomicBatchApplied':
      return evolveBatch(ledger, event);
    default:
      return isInstanceEvent(event) ? evolveInstance(ledger, event) : evolveNode(ledger, event);
  }
};

const dealWithMessage = (ledger: Ledger, event: LedgerEvent): Change => {
  const before = cellOf(ledger, event);
  return { table: 'cell', before, after: cellAfterMessage(event, before) };
};

const touch = (change: Change, touchedAt: number): Change =>
  change.table === 'instances' && change.after !== undefined && change.after.touchedAt !== touchedAt
    ? { ...change, after: { ...change.after, touchedAt } }
    : change;

/** The number of the event on every instance it changed: an audit that was taken before says nothing about it. */
const touchAll = (changes: readonly Change[], touchedAt: number): readonly Change[] => {
  // Claims come with the number already, and are most of a log.
  for (const change of changes) {
    if (touch(change, touchedAt) !== change) return changes.map((each) => touch(each, touchedAt));
  }
  return changes;
};

/**
 * The replacement records of what an event touches; the ledger stays as it is until they are installed.
 * Total for every event the decider made. Throws an Error on an event that cannot follow this state:
 * a durable event of that kind is damage, not input.
 */
export const evolve = (ledger: Ledger, event: LedgerEvent): readonly Change[] => {
  if (isInboxEvent(event)) return [dealWithMessage(ledger, event)];
  const changes = evolveEvent(ledger, event);
  const touched =
    event.type === 'InstanceStateReported' || event.type === 'AtomicBatchApplied'
      ? changes
      : touchAll(changes, event.number);
  return event.inboxSequence === undefined ? touched : [...touched, dealWithMessage(ledger, event)];
};

/** Evolve and install; returns the changes for whoever keeps a digest, an index or a way back. */
export const apply = (ledger: Ledger, event: LedgerEvent): readonly Change[] => {
  const changes = evolve(ledger, event);
  install(ledger, changes);
  return changes;
};
