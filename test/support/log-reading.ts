import { apply, emptyLedger, type LedgerEvent } from '@fleetbook/domain';
import { type Bookmark, type EventLog, ORIGIN } from '@fleetbook/event-log';
import { foldReference, referenceDigest, referenceViolations } from '@fleetbook/reference';
import { ledgerDigest } from '@fleetbook/snapshot';

/** A whole log, read and verified from its first event by this process, and folded twice. */
export interface LogReading {
  readonly events: readonly LedgerEvent[];
  readonly end: Bookmark;
  /** Digest of the product's fold. */
  readonly replay: string;
  /** Digest of the naive fold. */
  readonly reference: string;
  /** Invariants the naive fold found broken. */
  readonly violations: readonly string[];
  /** How often each command id begins a decision. */
  readonly decisions: ReadonlyMap<string, number>;
}

export async function readWholeLog(log: EventLog): Promise<LogReading> {
  const ledger = emptyLedger();
  const events: LedgerEvent[] = [];
  const decisions = new Map<string, number>();
  let end = ORIGIN;
  for await (const commits of log.read(ORIGIN)) {
    for (const commit of commits) {
      for (const event of commit.events) {
        apply(ledger, event);
        events.push(event);
        if (event.index === 0) {
          decisions.set(event.commandId, (decisions.get(event.commandId) ?? 0) + 1);
        }
      }
      end = commit.bookmark;
    }
  }
  const state = foldReference(events);
  return {
    ...{ events, end, decisions },
    replay: ledgerDigest(ledger),
    reference: referenceDigest(state),
    violations: referenceViolations(state),
  };
}
