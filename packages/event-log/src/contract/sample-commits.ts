import type { Command, DecidedEvent, LedgerEvent } from '@fleetbook/domain';
import { encodeCommit, encodeEvent, hashCommand } from '../encode.ts';
import { type Bookmark, type EncodedCommit, type EventLog, ORIGIN } from '../port.ts';

/** Writes sound commits, each following the one before, from the founding of a ledger on. */
export interface SampleWriter {
  /** The next commit: `count` decisions of one event each. */
  next(count?: number): EncodedCommit;
  /** The next commit, by the writer of a new epoch: its id differs from the one `next` would give. */
  elect(epoch: number): EncodedCommit;
  /** The next commit as `change` makes it; the writer goes on from it as if it were sound. */
  broken(change: (event: LedgerEvent, index: number) => LedgerEvent, epoch?: number): EncodedCommit;
}

const AT = 1_700_000_000_000;

/**
 * @param seed makes commit ids, names and so hashes differ between writers.
 * @param reason text that every event carries.
 */
export function createSampleWriter(seed = 1, reason = 'Lüfter "3" \u2028 defekt 🔥'): SampleWriter {
  const origin = { client: 'contract-suite', version: '1.0.0', host: 'büro-🚀' };
  let number = 0;
  let previousHash = ORIGIN.hash;
  let epoch = 0;
  let commits = 0;

  function encode(events: readonly LedgerEvent[], inEpoch: number, commitId = sampleId(seed, commits)): EncodedCommit {
    const header = { commitId, epoch: inEpoch, firstNumber: number + 1, previousHash };
    const commit = encodeCommit(
      header,
      events.map((event) => encodeEvent(event)),
    );
    commits += 1;
    number += events.length;
    previousHash = commit.hash;
    epoch = inEpoch;
    return commit;
  }

  function found(): LedgerEvent[] {
    const policies = { outcomeRetentionMs: 600_000, clockSkewMs: 5_000, fitWorkLimit: 100_000 };
    const data = { cell: 'contract', historyId: `history-${seed}`, formatVersion: 1 };
    return [
      system({ type: 'LedgerCreated', schemaVersion: 1, data }, 0, 2),
      system({ type: 'CellConfigured', schemaVersion: 1, data: { policies } }, 1, 2),
    ];
  }

  function system(event: DecidedEvent, index = 0, count = 1): LedgerEvent {
    const actor = { role: 'system', id: 'writer-1' } as const;
    const at = AT + number + index;
    return { ...event, number: number + 1 + index, at, commandId: sampleId(seed, commits), index, count, actor };
  }

  function disable(offset: number): LedgerEvent {
    const place = number + 1 + offset;
    const node = `node-${seed}-${place}`;
    const command: Command = { type: 'DisableNode', origin, node, reason };
    const actor = { role: 'operator', id: 'op.1:a' } as const;
    const message = { commandId: `disable-${seed}-${place}`, issuedAt: AT + place, actor, command };
    return {
      ...{ number: place, type: 'NodeDisabled', schemaVersion: 1, at: AT + place, commandId: message.commandId },
      ...{ index: 0, count: 1, actor, correlationId: 'maintenance-7', command },
      ...{ commandHash: hashCommand(message, JSON.stringify(command)), issuedAt: message.issuedAt, data: {} },
    };
  }

  function due(count: number): LedgerEvent[] {
    return number === 0 ? found() : Array.from({ length: count }, (_, offset) => disable(offset));
  }

  return {
    next: (count = 3) => encode(due(count), epoch),
    elect(newEpoch) {
      const data = { epoch: newEpoch, writer: `writer-${newEpoch}` };
      const elected = system({ type: 'WriterElected', schemaVersion: 1, data });
      const commitId = sampleId(seed + 0x1000 * (newEpoch + 1), commits);
      return encode([{ ...elected, commandId: commitId }], newEpoch, commitId);
    },
    broken: (change, inEpoch = epoch) => encode(due(3).map(change), inEpoch),
  };
}

function sampleId(seed: number, ordinal: number): string {
  return `${seed.toString(16).padStart(8, '0')}-0000-4000-8000-${ordinal.toString(16).padStart(12, '0')}`;
}

export function sampleCommits(count: number, seed = 1): EncodedCommit[] {
  const writer = createSampleWriter(seed);
  return Array.from({ length: count }, () => writer.next());
}

/** Appends in order. Returns where a reader stands after each commit; throws at any other outcome. */
export async function appendAll(log: EventLog, commits: readonly EncodedCommit[], from = ORIGIN): Promise<Bookmark[]> {
  const bookmarks: Bookmark[] = [];
  let after = from;
  for (const commit of commits) {
    after = await appendOne(log, commit, after);
    bookmarks.push(after);
  }
  return bookmarks;
}

/** Returns where a reader stands after the commit; throws at any other outcome than success. */
export async function appendOne(log: EventLog, commit: EncodedCommit, after = ORIGIN): Promise<Bookmark> {
  const result = await log.append(after.position, commit);
  if (result.status !== 'appended') {
    throw new Error(`append after position ${after.position} answered ${result.status}`, { cause: result });
  }
  const number = commit.firstNumber + commit.eventTexts.length - 1;
  return { position: result.position, number, hash: commit.hash, epoch: commit.epoch };
}
