/**
 * Numbers the ids that it meets, from 0 on. Indexes that ask for the row of the same id one after another share one
 * look-up, and keep what they know of it in columns: a map for each would cost several times the memory and the time.
 */
export class RowIndex {
  readonly #rows = new Map<string, number>();
  readonly #ids: string[] = [];
  #lastId: string | undefined;
  #lastRow = -1;

  /** The row of an id, a new one if it has none. */
  of(id: string): number {
    if (id === this.#lastId) {
      return this.#lastRow;
    }
    let row = this.#rows.get(id);
    if (row === undefined) {
      row = this.#ids.length;
      this.#rows.set(id, row);
      this.#ids.push(id);
    }
    this.#lastId = id;
    this.#lastRow = row;
    return row;
  }

  find(id: string): number | undefined {
    return this.#rows.get(id);
  }

  /** In the order of their rows. */
  get ids(): readonly string[] {
    return this.#ids;
  }
}

const FIRST_ROWS = 1_024;

/** A flag for each row, at first not set. */
export class RowFlags {
  #flags = new Uint8Array(FIRST_ROWS);

  has(row: number): boolean {
    return this.#flags[row] === 1;
  }

  set(row: number, isSet: boolean): void {
    if (row >= this.#flags.length) {
      if (!isSet) {
        return;
      }
      const longer = new Uint8Array(Math.max(row + 1, 2 * this.#flags.length));
      longer.set(this.#flags);
      this.#flags = longer;
    }
    this.#flags[row] = isSet ? 1 : 0;
  }

  /** The rows whose flag is set, ascending. */
  *rows(): Generator<number, void> {
    for (let row = this.#flags.indexOf(1); row >= 0; row = this.#flags.indexOf(1, row + 1)) {
      yield row;
    }
  }
}

/** The rows of one view, shared by its indexes. */
export interface ViewRows {
  readonly nodes: RowIndex;
  readonly instances: RowIndex;
  readonly moves: RowIndex;
}

export function createViewRows(): ViewRows {
  return { nodes: new RowIndex(), instances: new RowIndex(), moves: new RowIndex() };
}
