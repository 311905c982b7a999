import { RowFlags, type RowIndex } from './row-index.ts';

/** A record that the digest contains as it was, and shall contain as it is. */
export type NotedRecord<Row> = readonly [key: string, before: Row | undefined, after: Row | undefined];

/**
 * Records of one table that have changed since they were hashed. At a milestone those noted so far are set apart: they
 * are handed out first, and as they were there, however much they change meanwhile.
 */
export class NotedRecords<Row> {
  readonly #rows: RowIndex;
  readonly #table: ReadonlyMap<string, Row>;
  #waiting = new Batch<Row>();
  #apart = new Batch<Row>();
  /** What became of records set apart that changed again: how they were at the milestone. */
  readonly #atMilestone = new Map<number, Row | undefined>();

  constructor(rows: RowIndex, table: ReadonlyMap<string, Row>) {
    this.#rows = rows;
    this.#table = table;
  }

  get size(): number {
    return this.#waiting.size + this.#apart.size;
  }

  /** Of those set apart. */
  get sizeApart(): number {
    return this.#apart.size;
  }

  /** Whether the digest waits for what stands in a row. */
  has(row: number): boolean {
    return this.#waiting.has(row) || this.#apart.has(row);
  }

  /** To be told of every change before the next: what the record was. */
  note(key: string, before: Row | undefined): void {
    const row = this.#rows.of(key);
    if (this.#apart.size > 0 && this.#apart.has(row) && !this.#atMilestone.has(row)) {
      this.#atMilestone.set(row, before);
    }
    this.#waiting.note(row, before);
  }

  /** To be called when none is set apart. */
  setApart(): void {
    const empty = this.#apart;
    this.#apart = this.#waiting;
    this.#waiting = empty;
  }

  /** Those set apart wait with the others again. */
  putBack(): void {
    const later = this.#waiting;
    this.#waiting = this.#apart;
    this.#apart = later;
    this.#atMilestone.clear();
    for (let noted = later.take(); noted !== undefined; noted = later.take()) {
      this.#waiting.note(...noted);
    }
  }

  /** Hands out one record and forgets it; undefined when there is none. */
  take(): NotedRecord<Row> | undefined {
    const isApart = this.#apart.size > 0;
    const taken = (isApart ? this.#apart : this.#waiting).take();
    if (taken === undefined) {
      return undefined;
    }
    const [row, before] = taken;
    const key = this.#rows.idAt(row);
    if (isApart && this.#atMilestone.has(row)) {
      const after = this.#atMilestone.get(row);
      this.#atMilestone.delete(row);
      return [key, before, after];
    }
    return [key, before, this.#table.get(key)];
  }
}

/** Rows, each once, with their records as they were when they were noted first. */
class Batch<Row> {
  readonly #isNoted = new RowFlags();
  readonly #waiting: number[] = [];
  readonly #records: (Row | undefined)[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  has(row: number): boolean {
    return this.#isNoted.has(row);
  }

  note(row: number, record: Row | undefined): void {
    if (!this.#isNoted.has(row)) {
      this.#isNoted.set(row, true);
      this.#waiting.push(row);
      this.#records.push(record);
    }
  }

  take(): readonly [row: number, record: Row | undefined] | undefined {
    const row = this.#waiting.pop();
    if (row === undefined) {
      return undefined;
    }
    this.#isNoted.set(row, false);
    return [row, this.#records.pop()];
  }
}
