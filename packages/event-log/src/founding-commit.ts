import type { CellPolicies, LedgerEvent } from '@fleetbook/domain';
import { encodeCommit, encodeEvent, FORMAT_VERSION } from './encode.ts';
import { type EncodedCommit, ORIGIN } from './port.ts';

export interface FoundingFacts {
  readonly cell: string;
  readonly historyId: string;
  readonly policies: CellPolicies;
  /** Id under which the commit is written. */
  readonly writer: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Fresh UUID. */
  readonly commitId: string;
}

/** The first commit of a log. */
export function foundingCommit({ cell, historyId, policies, writer, at, commitId }: FoundingFacts): EncodedCommit {
  const actor = { role: 'system', id: writer } as const;
  const shared = { schemaVersion: 1, at, commandId: commitId, count: 2, actor };
  const created = { cell, historyId, formatVersion: FORMAT_VERSION };
  const events: readonly LedgerEvent[] = [
    { ...shared, type: 'LedgerCreated', number: 1, index: 0, data: created },
    { ...shared, type: 'CellConfigured', number: 2, index: 1, data: { policies } },
  ];
  const header = { commitId, epoch: ORIGIN.epoch, firstNumber: 1, previousHash: ORIGIN.hash };
  return encodeCommit(
    header,
    events.map((event) => encodeEvent(event)),
  );
}
