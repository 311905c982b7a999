import type { CellPolicies, DecidedEvent } from '@fleetbook/domain';
import { FORMAT_VERSION } from './encode.ts';
import { type EncodedCommit, ORIGIN } from './port.ts';
import { type WriterFacts, writerCommit } from './writer-commit.ts';

export interface History {
  readonly cell: string;
  readonly historyId: string;
  readonly policies: CellPolicies;
}

export type FoundingFacts = History & Omit<WriterFacts, 'end' | 'epoch'>;

/** What the first commit of a log says. */
export function foundingEvents({ cell, historyId, policies }: History): readonly DecidedEvent[] {
  return [
    { type: 'LedgerCreated', schemaVersion: 1, data: { cell, historyId, formatVersion: FORMAT_VERSION } },
    { type: 'CellConfigured', schemaVersion: 1, data: { policies } },
  ];
}

/** The first commit of a log. */
export function foundingCommit(facts: FoundingFacts): EncodedCommit {
  return writerCommit({ ...facts, end: ORIGIN, epoch: ORIGIN.epoch }, foundingEvents(facts)).commit;
}
