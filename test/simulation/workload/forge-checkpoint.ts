import type { DecidedEvent, LedgerEvent } from '@fleetbook/domain';
import { type EncodedCommit, encodeCommit, encodeEvent } from '@fleetbook/event-log';
import { IMPOSTOR } from '../checks/ledger-book.ts';
import type { World } from '../world/world.ts';

const WRONG_DIGEST = 'f'.repeat(32);
/** Commits by which the faulty writer comes to a milestone, at most. */
const MOST_COMMITS = 40;

/**
 * A writer with a fault takes office, again and again until the log has come to a milestone, states a wrong digest of
 * that, and is gone. False where the log is away, or the next milestone too far.
 */
export function forgeCheckpoint({ observer, logServer, milestoneEvents }: World): boolean {
  const { commits, events } = observer.book;
  const last = commits.at(-1);
  if (
    last === undefined ||
    !logServer.store.isAvailable ||
    milestoneEvents - (last.lastNumber % milestoneEvents) > MOST_COMMITS
  ) {
    return false;
  }
  let end = { hash: last.hash, number: last.lastNumber, epoch: last.epoch };
  const at = events.at(-1)?.at ?? 0;
  const forged: EncodedCommit[] = [];
  const add = (decided: DecidedEvent, epoch: number): void => {
    const commit = commitOf(decided, { ...end, epoch, at });
    forged.push(commit);
    end = { hash: commit.hash, number: end.number + 1, epoch };
  };
  do {
    const epoch = end.epoch + 1;
    add({ type: 'WriterElected', schemaVersion: 1, data: { epoch, writer: IMPOSTOR } }, epoch);
  } while (end.number % milestoneEvents !== 0);
  const data = { upTo: end.number, digestVersion: 1, digest: WRONG_DIGEST };
  add({ type: 'Checkpoint', schemaVersion: 1, data }, end.epoch);
  logServer.appendAs(IMPOSTOR, forged);
  return true;
}

interface Place {
  readonly hash: string;
  readonly number: number;
  readonly epoch: number;
  readonly at: number;
}

/** Behind this place. */
function commitOf(decided: DecidedEvent, { hash, number, epoch, at }: Place): EncodedCommit {
  const firstNumber = number + 1;
  const commitId = `00000000-0000-4000-a000-${String(firstNumber).padStart(12, '0')}`;
  const event: LedgerEvent = {
    ...{ ...decided, number: firstNumber, at, commandId: commitId, index: 0, count: 1 },
    actor: { role: 'system', id: IMPOSTOR },
  };
  return encodeCommit({ commitId, epoch, firstNumber, previousHash: hash }, [encodeEvent(event)]);
}
