import { createHash } from 'node:crypto';
import type { HistoryLine } from '@fleetbook/contracts';
import { apply } from '@fleetbook/domain';
import { type Bookmark, lineAfter, ORIGIN } from '@fleetbook/event-log';
import { CopyError, type CopyPart } from '@fleetbook/projector/archive';
import { firstLedger, ledgerDigest } from '@fleetbook/snapshot';
import type { Manifest, SegmentFile } from './manifest.ts';

/** What one reading of a copy came to; every commit of it has been verified on the way. */
export interface ProvenCopy {
  readonly cell: string;
  readonly historyId: string;
  readonly commits: number;
  readonly end: Bookmark;
  /** Time of the last event, epoch milliseconds. */
  readonly at: number;
  readonly digest: string;
  readonly segments: readonly SegmentFile[];
  /** Of an append that was cut short at the end. */
  readonly tornBytes: number;
}

/** Reads a copy from its first event and folds it. Throws CopyError; DAMAGED also for one without any commit. */
export async function proveCopy(parts: AsyncIterable<CopyPart>): Promise<ProvenCopy> {
  const ledger = firstLedger();
  const segments: SegmentFile[] = [];
  let line: HistoryLine | undefined;
  let end = ORIGIN;
  let commits = 0;
  let at = 0;
  let cell = '';
  let tornBytes = 0;
  for await (const part of parts) {
    for (const { events, bookmark } of part.commits) {
      for (const event of events) {
        apply(ledger, event);
        at = event.at;
      }
      line = events.reduce(lineAfter, line);
      end = bookmark;
      commits += 1;
    }
    const { name, bytes } = part;
    segments.push({ name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
    ({ cell, tornBytes } = part);
  }
  if (line === undefined) {
    throw new CopyError('DAMAGED', 'there is not one commit in it', { number: 1 });
  }
  return { cell, historyId: line.historyId, commits, end, at, digest: ledgerDigest(ledger), segments, tornBytes };
}

/** Throws CopyError DAMAGED with the first event that is not as the manifest says. */
export function requireManifest({ segments, end, digest, cell, historyId }: ProvenCopy, manifest: Manifest): void {
  if (end.number < manifest.number) {
    throw damaged(end.number + 1, `it ends with event ${end.number}, not with ${manifest.number}`);
  }
  for (const [index, stated] of manifest.segments.entries()) {
    const found = segments[index];
    if (found === undefined || found.name !== stated.name || found.sha256 !== stated.sha256) {
      throw damaged(Number.parseInt(stated.name, 10), `${stated.name} is not the file that was written`);
    }
  }
  if (segments.length !== manifest.segments.length) {
    throw damaged(manifest.number + 1, `it has ${segments.length} segments, not ${manifest.segments.length}`);
  }
  if (end.hash !== manifest.hash || cell !== manifest.cell || historyId !== manifest.historyId) {
    throw damaged(end.number, 'its end is not what the manifest says');
  }
  if (digest !== manifest.digest) {
    throw damaged(end.number, `its inventory has digest ${digest}, the manifest says ${manifest.digest}`);
  }
}

function damaged(number: number, reason: string): CopyError {
  return new CopyError('DAMAGED', reason, { number });
}
