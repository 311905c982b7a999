import type { HeldInstances } from './held-index.ts';
import type { InstanceTable } from './instance-table.ts';

/** Rows that were added for a node; of some the instance is held there no longer, some are there twice. */
interface Added {
  rows: number[];
  /** At this length they are gone through. */
  limit: number;
}

const FIRST_LIMIT = 64;

/** As `HeldIndex`, in the numbers of the rows of a table of instances instead of their ids. */
export class HeldRows implements HeldInstances {
  readonly #table: InstanceTable;
  readonly #added = new Map<string, Added>();
  #numbering = 0;

  /** @param table an empty one. */
  constructor(table: InstanceTable) {
    this.#table = table;
  }

  add(node: string, instance: string): void {
    this.#follow();
    this.#addRow(node, this.#table.rowOf(instance));
  }

  /** What has been appended to the table, from this row on. */
  addFrom(firstRow: number): void {
    for (let row = firstRow; row < this.#table.rows; row += 1) {
      const node = this.#table.holderAt(row);
      if (node !== undefined) this.#addRow(node, row);
    }
  }

  get(node: string): ReadonlySet<string> {
    this.#follow();
    const rows = this.#heldOf(node, this.#added.get(node)?.rows ?? []);
    return new Set(rows.map((row) => this.#table.idAt(row)));
  }

  #addRow(node: string, row: number): void {
    const added = this.#added.get(node);
    if (added === undefined) {
      this.#added.set(node, { rows: [row], limit: FIRST_LIMIT });
      return;
    }
    added.rows.push(row);
    if (added.rows.length < added.limit) return;
    added.rows = Array.from(new Set(this.#heldOf(node, added.rows)));
    added.limit = Math.max(FIRST_LIMIT, 2 * added.rows.length);
  }

  #heldOf(node: string, rows: readonly number[]): readonly number[] {
    return rows.filter((row) => this.#table.holderAt(row) === node);
  }

  /** Begins anew where the rows of the table have other numbers now. */
  #follow(): void {
    if (this.#numbering === this.#table.numbering) return;
    this.#numbering = this.#table.numbering;
    this.#added.clear();
    this.addFrom(0);
  }
}
