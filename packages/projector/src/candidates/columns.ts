/** Whole figures of one resource class per row, summed over the providers of a node. */
export interface ClassColumns {
  /** Highest headroom of any one provider; negative infinity where none offers the class. */
  readonly maxHeadroom: Float64Array;
  /** Sum of the headrooms that are positive. */
  readonly sumHeadroom: Float64Array;
  readonly capacity: Float64Array;
  readonly charged: Float64Array;
  readonly total: Float64Array;
  readonly reserved: Float64Array;
  /** 1 where the node has the class, offered or not. */
  readonly present: Uint8Array;
}

export function createClassColumns(rows: number): ClassColumns {
  return {
    maxHeadroom: new Float64Array(rows).fill(Number.NEGATIVE_INFINITY),
    sumHeadroom: new Float64Array(rows),
    capacity: new Float64Array(rows),
    charged: new Float64Array(rows),
    total: new Float64Array(rows),
    reserved: new Float64Array(rows),
    present: new Uint8Array(rows),
  };
}

export function growClassColumns(columns: ClassColumns, rows: number): ClassColumns {
  const grown = createClassColumns(rows);
  grown.maxHeadroom.set(columns.maxHeadroom);
  grown.sumHeadroom.set(columns.sumHeadroom);
  grown.capacity.set(columns.capacity);
  grown.charged.set(columns.charged);
  grown.total.set(columns.total);
  grown.reserved.set(columns.reserved);
  grown.present.set(columns.present);
  return grown;
}

export function clearClassRow(columns: ClassColumns, row: number): void {
  columns.maxHeadroom[row] = Number.NEGATIVE_INFINITY;
  columns.sumHeadroom[row] = 0;
  columns.capacity[row] = 0;
  columns.charged[row] = 0;
  columns.total[row] = 0;
  columns.reserved[row] = 0;
  columns.present[row] = 0;
}

/** Where one name has its bit: the 32 bits of a row that hold it, and its place in them. */
export interface BitPlace {
  readonly words: Uint32Array;
  readonly mask: number;
}

/** A set of names per row, as bits. */
export interface BitTable {
  grow(rows: number): void;
  set(row: number, names: Iterable<string>): void;
  /** Undefined when no row ever had the name. Valid until the next `set` or `grow`. */
  place(name: string): BitPlace | undefined;
  names(): Iterable<string>;
}

const BITS_PER_WORD = 32;

export function createBitTable(): BitTable {
  const bits = new Map<string, number>();
  let wordColumns: Uint32Array[] = [];
  let capacity = 0;

  function bitOf(name: string): number {
    const known = bits.get(name);
    if (known !== undefined) {
      return known;
    }
    const bit = bits.size;
    bits.set(name, bit);
    if (bit % BITS_PER_WORD === 0) {
      wordColumns.push(new Uint32Array(capacity));
    }
    return bit;
  }

  return {
    grow(rows) {
      capacity = rows;
      wordColumns = wordColumns.map((words) => {
        const grown = new Uint32Array(rows);
        grown.set(words);
        return grown;
      });
    },
    set(row, names) {
      for (const words of wordColumns) {
        words[row] = 0;
      }
      for (const name of names) {
        const bit = bitOf(name);
        const words = wordColumns[Math.floor(bit / BITS_PER_WORD)];
        if (words !== undefined) {
          words[row] = ((words[row] ?? 0) | (1 << (bit % BITS_PER_WORD))) >>> 0;
        }
      }
    },
    place(name) {
      const bit = bits.get(name);
      const words = bit === undefined ? undefined : wordColumns[Math.floor(bit / BITS_PER_WORD)];
      return bit === undefined || words === undefined ? undefined : { words, mask: (1 << (bit % BITS_PER_WORD)) >>> 0 };
    },
    names: () => bits.keys(),
  };
}
