import type { HighWaterMark } from '@fleetbook/contracts';
import { apply, type Ledger } from '@fleetbook/domain';
import { type Bookmark, type Commit, type EventLog, ORIGIN } from '@fleetbook/event-log';
import type { LogRange } from '@fleetbook/replay';
import { firstLedger, ledgerDigest, MILESTONE_EVENTS } from '@fleetbook/snapshot';
import { readOn } from '../session/read-on.ts';
import { CheckpointProof, type FoldedCheckpoints } from './checkpoint-proof.ts';
import { MarkProof } from './mark-proof.ts';
import { ReferenceFold } from './reference-fold.ts';
import type { ReferenceFound } from './reference-messages.ts';

/** What one reading of a log, or of a range of it, came to. Every commit of it has been verified on the way. */
export interface FoldedLog {
  readonly historyId: string;
  readonly commits: number;
  /** Where the commit ended that was read last. */
  readonly end: Bookmark;
  /** The event at which the two folds are compared: the one asked for, or the last. */
  readonly number: number;
  /** Of the product's fold. */
  readonly replay: string;
  /** Of the naive fold, written apart from the product; undefined for a range that does not begin with the ledger. */
  readonly reference: string | undefined;
  /** Invariants that the naive fold found broken. */
  readonly violations: readonly string[];
  /** The product's digest at each of the numbers asked for, where a commit ends there. */
  readonly digestAt: ReadonlyMap<number, string>;
  readonly checkpoints: FoldedCheckpoints;
  /** The inventory after the last event. */
  readonly ledger: Ledger;
  /** Number of that event. */
  readonly last: number;
}

export interface FoldOptions {
  /** What was durable before the reading began; what the log lacks of it is damage. */
  readonly marks?: readonly HighWaterMark[];
  /** Where writers state digests. */
  readonly milestoneEvents?: number;
  /** Only this stretch, on the state before it. That state is folded on. */
  readonly range?: LogRange;
  /** The naive fold of longer logs has a thread of its own. */
  readonly aloneUpToCommits?: number;
}

/**
 * Folds a log twice, independently, one commit after the other. Throws LogDamageError or LogUnavailableError.
 * @param numbers events at which digests are wanted.
 */
export async function foldLog(
  log: EventLog,
  numbers: readonly number[],
  options: FoldOptions = {},
): Promise<FoldedLog> {
  const fold = new TwoFolds(options);
  try {
    return await readInto(fold, log, numbers, options);
  } finally {
    await fold.close();
  }
}

async function readInto(
  fold: TwoFolds,
  log: EventLog,
  numbers: readonly number[],
  { marks = [], range }: FoldOptions,
): Promise<FoldedLog> {
  const durable = new MarkProof(marks);
  const after = range?.after ?? ORIGIN;
  const to = range?.to ?? Number.POSITIVE_INFINITY;
  let end = after;
  let commits = 0;
  for await (const batch of readOn(log, after)) {
    for (const commit of batch.filter(({ firstNumber }) => firstNumber <= to)) {
      await fold.take(commit, to);
      end = commit.bookmark;
      commits += 1;
      durable.ended(end);
      if (numbers.includes(fold.last)) {
        fold.keepDigests();
      }
    }
    if (end.number >= to) {
      break;
    }
  }
  const isWhole = range === undefined;
  if (isWhole) {
    durable.require(fold.ledger.cell, end);
  }
  return { historyId: fold.ledger.cell?.historyId ?? '', commits, end, ...(await fold.found(numbers)) };
}

interface Digests {
  readonly replay: string;
  readonly reference: Promise<ReferenceFound> | undefined;
}

/** The product's fold and the naive one, side by side; the latter only from the first event on. */
class TwoFolds {
  readonly ledger: Ledger;
  last: number;
  readonly #proof: CheckpointProof;
  readonly #isWhole: boolean;
  readonly #reference: ReferenceFold | undefined;
  readonly #kept = new Map<number, Digests>();

  constructor({ range, milestoneEvents = MILESTONE_EVENTS, aloneUpToCommits }: FoldOptions) {
    const view = range?.start?.view;
    this.ledger = view?.ledger ?? firstLedger();
    this.last = range?.after.number ?? 0;
    this.#isWhole = view === undefined;
    this.#reference = this.#isWhole ? new ReferenceFold(aloneUpToCommits) : undefined;
    this.#proof = new CheckpointProof(this.ledger, milestoneEvents, view?.digest.hex());
  }

  async take(commit: Commit, to: number): Promise<void> {
    await this.#reference?.take(commit, to);
    const events = commit.bookmark.number <= to ? commit.events : commit.events.filter(({ number }) => number <= to);
    for (const event of events) {
      this.#proof.folded(event, apply(this.ledger, event));
    }
    this.last = events.at(-1)?.number ?? this.last;
    this.#proof.ended(commit.firstNumber, this.last);
  }

  keepDigests(): void {
    this.#kept.set(this.last, this.#digests());
  }

  async found(numbers: readonly number[]): Promise<Omit<FoldedLog, 'historyId' | 'commits' | 'end'>> {
    const now = this.#digests();
    const kept = numbers.find((asked) => this.#kept.has(asked));
    const { replay, reference } = (kept === undefined ? undefined : this.#kept.get(kept)) ?? now;
    return {
      ...{ number: kept ?? this.last, replay, reference: (await reference)?.digest },
      violations: (await now.reference)?.violations ?? [],
      digestAt: new Map(Array.from(this.#kept, ([number, digests]) => [number, digests.replay])),
      checkpoints: this.#proof.found,
      ...{ ledger: this.ledger, last: this.last },
    };
  }

  async close(): Promise<void> {
    await this.#reference?.close();
  }

  /** Where the whole log is folded, the digest is made anew, of every record. */
  #digests(): Digests {
    const reference = this.#reference?.found();
    // Who needs it waits for it later, and hears then what broke it.
    reference?.catch(() => undefined);
    return { replay: this.#isWhole ? ledgerDigest(this.ledger) : this.#proof.digest(), reference };
  }
}
