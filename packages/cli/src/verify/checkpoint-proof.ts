import type { Change, Ledger, LedgerEvent } from '@fleetbook/domain';
import { createDigest } from '@fleetbook/event-log';
import { DIGEST_VERSION, FirstChanges, passesMilestone } from '@fleetbook/snapshot';

/** Checkpoints in the log, by the event that they state the digest after. */
export interface FoldedCheckpoints {
  /** The replay has the same. */
  readonly proved: readonly number[];
  /** The replay has another. */
  readonly refuted: readonly number[];
  /** An operator has revoked them, whatever they state. */
  readonly revoked: readonly number[];
}

/** Keeps the digest of a fold at its milestones, and compares it with what the checkpoints state. */
export class CheckpointProof {
  readonly #proved = new Set<number>();
  readonly #refuted = new Set<number>();
  readonly #revoked = new Set<number>();
  readonly #ledger: Ledger;
  readonly #milestoneEvents: number;
  readonly #digest;
  readonly #digestAt = new Map<number, string>();
  /** Since the last milestone. */
  readonly #changed = new FirstChanges();

  /** @param start the digest of `ledger` as it is now, where it is not empty. */
  constructor(ledger: Ledger, milestoneEvents: number, start?: string) {
    this.#ledger = ledger;
    this.#digest = createDigest(start);
    this.#milestoneEvents = milestoneEvents;
  }

  get found(): FoldedCheckpoints {
    const isInForce = (upTo: number): boolean => !this.#revoked.has(upTo);
    return {
      proved: [...this.#proved].filter(isInForce),
      refuted: [...this.#refuted].filter(isInForce),
      revoked: [...this.#revoked],
    };
  }

  folded(event: LedgerEvent, changes: readonly Change[]): void {
    for (const change of changes) {
      this.#changed.note(change);
    }
    if (event.type === 'Checkpoint' && event.data.digestVersion === DIGEST_VERSION) {
      this.#compare(event.data.upTo, event.data.digest);
    } else if (event.type === 'CheckpointRevoked' && event.command?.type === 'RevokeCheckpoint') {
      this.#revoked.add(event.command.upTo);
    }
  }

  /** A commit, or what is asked for of it, from one event to another. */
  ended(firstNumber: number, lastNumber: number): void {
    if (passesMilestone(firstNumber - 1, lastNumber, this.#milestoneEvents)) {
      this.#digestAt.set(lastNumber, this.digest());
    }
  }

  /** Of the ledger as it is now. */
  digest(): string {
    this.#changed.settle(this.#digest, this.#ledger);
    return this.#digest.hex();
  }

  #compare(upTo: number, stated: string): void {
    const replayed = this.#digestAt.get(upTo);
    if (replayed !== undefined) {
      (replayed === stated ? this.#proved : this.#refuted).add(upTo);
    }
  }
}
