import { type Change, type Ledger, type LedgerEvent, recordDifference } from '@fleetbook/domain';
import { createDigest } from '@fleetbook/event-log';
import { DIGEST_VERSION, exchangeRecords, passesMilestone } from '@fleetbook/snapshot';

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
  /** Of each record its first change since the last milestone. */
  readonly #changed = { cell: firstChanges(), nodes: firstChanges(), instances: firstChanges(), moves: firstChanges() };

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
      const key = change.table === 'cell' ? '' : change.key;
      const changed = this.#changed[change.table];
      if (!changed.has(key)) {
        changed.set(key, change);
      }
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
    this.#settle();
    return this.#digest.hex();
  }

  #compare(upTo: number, stated: string): void {
    const replayed = this.#digestAt.get(upTo);
    if (replayed !== undefined) {
      (replayed === stated ? this.#proved : this.#refuted).add(upTo);
    }
  }

  #settle(): void {
    for (const changed of Object.values(this.#changed)) {
      for (const change of changed.values()) {
        exchangeRecords(this.#digest, recordDifference(this.#upToNow(change)));
      }
      changed.clear();
    }
  }

  #upToNow(change: Change): Change {
    const { cell, nodes, instances, moves } = this.#ledger;
    switch (change.table) {
      case 'cell':
        return { ...change, after: cell };
      case 'nodes':
        return { table: 'nodes', key: change.key, before: change.before, after: nodes.get(change.key) };
      case 'instances':
        return { ...change, after: instances.get(change.key) };
      case 'moves':
        return { ...change, after: moves.get(change.key) };
    }
  }
}

function firstChanges(): Map<string, Change> {
  return new Map();
}
