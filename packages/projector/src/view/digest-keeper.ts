import { type Cell, type Change, type Ledger, type Node, NodeCharge, recordDifference } from '@fleetbook/domain';
import { createDigest } from '@fleetbook/event-log';
import { exchangeRecords } from '@fleetbook/snapshot';
import { NotedRecords } from './noted-records.ts';
import type { ViewRows } from './row-index.ts';

/** What a node was: its record, or the claim that came to it, which makes the record before it when it is asked. */
type NotedNode = Node | NodeCharge;

function recordOf(noted: NotedNode | undefined): Node | undefined {
  return noted instanceof NodeCharge ? noted.before : noted;
}

/** Keeps the digest of the inventory view. Changes are only noted; hashing waits until there is time or need. */
export interface DigestKeeper {
  note(change: Change): void;
  /** Whether an instance, by its row, is noted and not hashed yet. */
  awaitsInstance(row: number): boolean;
  /** Number of records noted and not hashed yet. */
  readonly pending: number;
  /** Of these, the ones that the digest of a milestone waits for. */
  readonly pendingAtMilestone: number;
  /** Hashes up to `limit` of the noted records. */
  work(limit: number): void;
  /** Hashes what is left. 32 lower-case hex digits. */
  hex(): string;
  /**
   * Calls back with the digest as it is at this call, once `work` or `hex` has hashed what is noted now; at once if
   * nothing is. One at a time: throws RangeError while another is waited for.
   */
  atMilestone(onReady: (hex: string) => void): void;
  /** Waits for the milestone no more, unless something has been hashed for it. True if none is waited for now. */
  forgoMilestone(): boolean;
  /** Whether the digest that is waited for is that of the view as it is now: nothing was noted since. */
  readonly isMilestoneNow: boolean;
  /** The digest that is waited for, once `work` has made it; undefined if it is waited for no more. */
  milestone(): Promise<string | undefined>;
}

/** @param start the digest of `ledger` as it is now. */
export function createDigestKeeper(ledger: Ledger, rows: ViewRows, start?: string): DigestKeeper {
  return new NotingKeeper(ledger, rows, start);
}

class NotingKeeper implements DigestKeeper {
  readonly #ledger: Ledger;
  readonly #digest;
  // Per record what the digest still contains of it: several changes of one record are hashed once.
  readonly #nodes;
  readonly #instances;
  readonly #moves;
  #cell: { readonly before: Cell | undefined } | undefined;
  #onMilestone: ((hex: string) => void) | undefined;
  #milestone = Promise.withResolvers<string | undefined>();
  #isMilestoneBegun = false;

  constructor(ledger: Ledger, rows: ViewRows, start: string | undefined) {
    this.#ledger = ledger;
    this.#digest = createDigest(start);
    this.#nodes = new NotedRecords<NotedNode>(rows.nodes, ledger.nodes);
    this.#instances = new NotedRecords(rows.instances, ledger.instances);
    this.#moves = new NotedRecords(rows.moves, ledger.moves);
  }

  get pending(): number {
    const { size } = this.#nodes;
    return size + this.#instances.size + this.#moves.size + (this.#cell === undefined ? 0 : 1);
  }

  get pendingAtMilestone(): number {
    return this.#nodes.sizeApart + this.#instances.sizeApart + this.#moves.sizeApart;
  }

  awaitsInstance(row: number): boolean {
    return this.#instances.has(row);
  }

  note(change: Change): void {
    switch (change.table) {
      case 'cell':
        this.#cell ??= { before: change.before };
        return;
      case 'nodes':
        this.#nodes.note(change.key, change instanceof NodeCharge ? change : change.before);
        return;
      case 'instances':
        this.#instances.note(change.key, change.before);
        return;
      case 'moves':
        this.#moves.note(change.key, change.before);
    }
  }

  work(limit: number): void {
    let left = limit;
    this.#isMilestoneBegun ||= left > 0 && this.#onMilestone !== undefined;
    while (left > 0 && this.pendingAtMilestone > 0 && this.#workOnce(true)) {
      left -= 1;
    }
    this.#settleMilestone();
    if (left > 0) {
      this.#workOnCell();
    }
    while (left > 0 && this.#workOnce(false)) {
      left -= 1;
    }
  }

  hex(): string {
    this.work(Number.POSITIVE_INFINITY);
    return this.#digest.hex();
  }

  atMilestone(onReady: (hex: string) => void): void {
    if (this.#onMilestone !== undefined) {
      throw new RangeError('the digest of another milestone is waited for');
    }
    this.#workOnCell();
    this.#nodes.setApart();
    this.#instances.setApart();
    this.#moves.setApart();
    this.#onMilestone = onReady;
    this.#milestone = Promise.withResolvers();
    this.#isMilestoneBegun = false;
    this.#settleMilestone();
  }

  forgoMilestone(): boolean {
    if (this.#onMilestone === undefined) {
      return true;
    }
    if (this.#isMilestoneBegun) {
      return false;
    }
    this.#onMilestone = undefined;
    this.#milestone.resolve(undefined);
    this.#nodes.putBack();
    this.#instances.putBack();
    this.#moves.putBack();
    return true;
  }

  get isMilestoneNow(): boolean {
    return this.#onMilestone !== undefined && this.pending === this.pendingAtMilestone;
  }

  milestone(): Promise<string | undefined> {
    return this.#milestone.promise;
  }

  #settleMilestone(): void {
    const onMilestone = this.#onMilestone;
    if (onMilestone !== undefined && this.pendingAtMilestone === 0) {
      this.#onMilestone = undefined;
      const hex = this.#digest.hex();
      onMilestone(hex);
      this.#milestone.resolve(hex);
    }
  }

  #workOnCell(): void {
    if (this.#cell !== undefined) {
      this.#exchange({ table: 'cell', before: this.#cell.before, after: this.#ledger.cell });
      this.#cell = undefined;
    }
  }

  /** Hashes one record, of those set apart or of any; false when there is none. */
  #workOnce(isApart: boolean): boolean {
    const nodes = isApart && this.#nodes.sizeApart === 0 ? undefined : this.#nodes.take();
    if (nodes !== undefined) {
      const [key, before, after] = nodes;
      this.#exchange({ table: 'nodes', key, before: recordOf(before), after: recordOf(after) });
      return true;
    }
    const instances = isApart && this.#instances.sizeApart === 0 ? undefined : this.#instances.take();
    if (instances !== undefined) {
      const [key, before, after] = instances;
      this.#exchange({ table: 'instances', key, before, after });
      return true;
    }
    const moves = isApart && this.#moves.sizeApart === 0 ? undefined : this.#moves.take();
    if (moves !== undefined) {
      const [key, before, after] = moves;
      this.#exchange({ table: 'moves', key, before, after });
      return true;
    }
    return false;
  }

  #exchange(change: Change): void {
    exchangeRecords(this.#digest, recordDifference(change));
  }
}
