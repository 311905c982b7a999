import { ColumnsBuilder, type InstanceColumns } from './instance-columns.ts';
import { InstancePage } from './instance-page.ts';
import { GONE, OTHER, PAGE_ROWS } from './instance-rows.ts';
import type { Instance } from './ledger.ts';

/** What a capture reads of the table that it was taken of. */
export interface CapturedRows {
  pageOf(row: number): InstancePage;
  /** Undefined where the row is gone. */
  recordAt(row: number): Instance | undefined;
  release(capture: InstanceCapture): void;
}

/**
 * A table of instances as it was at one moment, to be read little by little while it goes on. Rows are read where they
 * are; of one that changes before it was read, the record is kept as it was.
 */
export class InstanceCapture {
  readonly #table: CapturedRows;
  #rows: number;
  /** Rows before this one have been read. */
  #read = 0;
  /** By row; undefined where it was gone. */
  readonly #kept = new Map<number, Instance | undefined>();

  /** @param rows that the table has. */
  constructor(table: CapturedRows, rows: number) {
    this.#table = table;
    this.#rows = rows;
  }

  /** To be told of a row before it changes. */
  keep(row: number): void {
    if (row >= this.#read && row < this.#rows && !this.#kept.has(row)) {
      this.#kept.set(row, this.#table.recordAt(row));
    }
  }

  /**
   * What was captured, once, in stretches.
   * @param stretchRows a fraction of a millisecond of work at a time.
   */
  *stretches(stretchRows = 512): Generator<InstanceColumns, void> {
    const aside = new InstancePage();
    for (let next = 0; next < this.#rows; next = this.#read) {
      const end = Math.min(this.#rows, next + stretchRows);
      const columns = new ColumnsBuilder(end - next);
      for (let row = next; row < end; row += 1) {
        if (this.#kept.has(row)) this.#addKept(columns, aside, row);
        else this.#addStanding(columns, row);
      }
      this.#read = end;
      if (columns.count > 0) yield columns;
    }
    this.release();
  }

  /** The table goes on without it; nothing more is read, because nothing that changes is kept any more. */
  release(): void {
    this.#rows = 0;
    this.#kept.clear();
    this.#table.release(this);
  }

  #addKept(columns: ColumnsBuilder, aside: InstancePage, row: number): void {
    const record = this.#kept.get(row);
    this.#kept.delete(row);
    if (record !== undefined) columns.add(aside, 0, aside.put(0, record) ? undefined : record);
  }

  #addStanding(columns: ColumnsBuilder, row: number): void {
    const page = this.#table.pageOf(row);
    const at = row % PAGE_ROWS;
    const kind = page.kinds[at];
    if (kind !== GONE) columns.add(page, at, kind === OTHER ? this.#table.recordAt(row) : undefined);
  }
}
