import { HeldIndex, type HeldInstances } from './held-index.ts';
import type { InstanceTable } from './instance-table.ts';

/** As `HeldIndex`, in the numbers of the rows of a table of instances instead of their ids. */
export class HeldRows implements HeldInstances {
  readonly #table: InstanceTable;
  readonly #rows: HeldIndex<number>;

  /** @param table an empty one. */
  constructor(table: InstanceTable) {
    this.#table = table;
    this.#rows = new HeldIndex({ holderOf: (row) => table.holderAt(row) });
  }

  add(node: string, instance: string): void {
    this.#rows.add(node, this.#table.rowOf(instance));
  }

  /** What has been appended to the table. */
  addKept(node: string, row: number): void {
    this.#rows.addKept(node, row);
  }

  get(node: string): ReadonlySet<string> {
    return new Set(Array.from(this.#rows.get(node), (row) => this.#table.idAt(row)));
  }
}
