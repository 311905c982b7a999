import { PAGE_ROWS } from './instance-rows.ts';
import { RowNames } from './row-names.ts';

/**
 * Ids in the order in which they came, in bytes: half the memory of strings, and nothing in it for a collector of
 * garbage.
 */
export class IdList {
  readonly #pages: RowNames[] = [];
  /** By row what is no id. */
  readonly #others = new Map<number, string>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(id: string): void {
    const row = this.#size;
    if (row % PAGE_ROWS === 0) this.#pages.push(new RowNames(this.#pages.at(-1)?.used));
    this.#size += 1;
    this.set(row, id);
  }

  /** Puts another id into a row. */
  set(row: number, id: string): void {
    this.#others.delete(row);
    if (!this.#pageOf(row).set(row % PAGE_ROWS, id, '')) this.#others.set(row, id);
  }

  at(row: number): string {
    return this.#others.get(row) ?? this.#pageOf(row).idAt(row % PAGE_ROWS);
  }

  isAt(row: number, id: string): boolean {
    const other = this.#others.size === 0 ? undefined : this.#others.get(row);
    return other === undefined ? this.#pageOf(row).isId(row % PAGE_ROWS, id) : other === id;
  }

  #pageOf(row: number): RowNames {
    const page = this.#pages[Math.floor(row / PAGE_ROWS)];
    if (page === undefined) throw new RangeError(`there is no row ${row}`);
    return page;
  }
}
