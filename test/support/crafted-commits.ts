import { randomUUID } from 'node:crypto';
import { type Bookmark, type EncodedCommit, encodeCommit } from '@fleetbook/event-log';

/** What a test decides of an event; the rest of the envelope follows from its place. */
interface CraftedEvent {
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: object;
}

/** A commit of a writer's own decision with the right hash, whatever stands in its events. */
export function craftCommit(after: Bookmark, epoch: number, crafted: readonly CraftedEvent[]): EncodedCommit {
  const commitId = randomUUID();
  const at = Date.now();
  const texts = crafted.map(({ type, schemaVersion, data }, index) =>
    JSON.stringify({
      number: after.number + 1 + index,
      ...{ type, schemaVersion, at, commandId: commitId, index, count: crafted.length },
      ...{ actor: { role: 'system', id: 'crafted' }, data },
    }),
  );
  return encodeCommit({ commitId, epoch, firstNumber: after.number + 1, previousHash: after.hash }, texts);
}

const POLICIES = { outcomeRetentionMs: 600_000, clockSkewMs: 5_000, fitWorkLimit: 100_000 };

/** The first commit of a log. */
export function craftFounding(after: Bookmark, cell: string, formatVersion: number): EncodedCommit {
  return craftCommit(after, 0, [
    { type: 'LedgerCreated', schemaVersion: 1, data: { cell, historyId: randomUUID(), formatVersion } },
    { type: 'CellConfigured', schemaVersion: 1, data: { policies: POLICIES } },
  ]);
}
