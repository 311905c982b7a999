import type { HighWaterMark } from '@fleetbook/contracts';
import { apply, emptyLedger, type LedgerEvent } from '@fleetbook/domain';
import { type Bookmark, type EventLog, ORIGIN } from '@fleetbook/event-log';
import { foldReference, referenceDigest, referenceViolations } from '@fleetbook/reference';
import { ledgerDigest, MILESTONE_EVENTS } from '@fleetbook/snapshot';
import { CheckpointProof, type FoldedCheckpoints } from './checkpoint-proof.ts';
import { MarkProof } from './mark-proof.ts';

/** What one reading of a whole log came to. Every commit of it has been verified on the way. */
export interface FoldedLog {
  readonly historyId: string;
  readonly commits: number;
  /** Where the log ended. */
  readonly end: Bookmark;
  /** The event at which the two folds are compared: the one asked for, or the last. */
  readonly number: number;
  /** Of the product's fold. */
  readonly replay: string;
  /** Of the naive fold, written apart from the product. */
  readonly reference: string;
  /** Invariants that the naive fold found broken. */
  readonly violations: readonly string[];
  /** The product's digest at each of the numbers asked for, where a commit ends there. */
  readonly digestAt: ReadonlyMap<number, string>;
  readonly checkpoints: FoldedCheckpoints;
}

/**
 * Folds a log twice, independently. Throws LogDamageError or LogUnavailableError.
 * @param marks what was durable before the reading began; what the log lacks of it is damage.
 * @param milestoneEvents where writers state digests.
 */
export async function foldLog(
  log: EventLog,
  numbers: readonly number[],
  marks: readonly HighWaterMark[] = [],
  milestoneEvents = MILESTONE_EVENTS,
): Promise<FoldedLog> {
  const durable = new MarkProof(marks);
  const ledger = emptyLedger();
  const digestAt = new Map<number, string>();
  const events: LedgerEvent[] = [];
  const proof = new CheckpointProof(ledger, milestoneEvents);
  let end = ORIGIN;
  let commits = 0;
  for await (const batch of log.read(ORIGIN)) {
    for (const commit of batch) {
      for (const event of commit.events) {
        proof.folded(event, apply(ledger, event));
        events.push(event);
      }
      end = commit.bookmark;
      commits += 1;
      proof.ended(commit);
      durable.ended(end);
      if (numbers.includes(end.number)) {
        digestAt.set(end.number, ledgerDigest(ledger));
      }
    }
  }
  durable.require(ledger.cell, end);
  const number = numbers.find((asked) => digestAt.has(asked)) ?? end.number;
  const state = foldReference(events.slice(0, number));
  return {
    historyId: ledger.cell?.historyId ?? '',
    commits,
    end,
    number,
    replay: digestAt.get(number) ?? ledgerDigest(ledger),
    reference: referenceDigest(state),
    violations: referenceViolations(state),
    digestAt,
    checkpoints: proof.found,
  };
}
