import type { Inventory } from '@fleetbook/domain';

/**
 * Figures of one resource class per row. Sums are over all providers of a node, vanished ones too; a retired node
 * has none.
 */
export interface ClassColumns {
  readonly brief: BriefColumns;
  /**
   * The headrooms of the providers that offer the class, the highest first: one column for each place. Negative
   * infinity where fewer offer it. Providers beyond the last column are left out.
   */
  readonly headrooms: Float64Array[];
  /** Sum of the headrooms that are positive. */
  readonly sumHeadroom: Float64Array;
  readonly capacity: Float64Array;
  readonly charged: Float64Array;
  readonly total: Float64Array;
  readonly reserved: Float64Array;
  /** 1 where the node has the class, offered or not. */
  readonly present: Uint8Array;
  /** 1 where all providers that offer the class have the same amount rules, and none of them names units. */
  readonly isUniform: Uint8Array;
  /** The amount rules of the first provider that offers the class. */
  readonly minUnit: Float64Array;
  readonly maxUnit: Float64Array;
  readonly stepSize: Float64Array;
}

/**
 * What a look over all rows reads, in half the bytes and to seven digits: nearly every row is settled by it. Rows
 * without the class have nothing, and nothing of it can be taken.
 */
export interface BriefColumns {
  /** The highest headroom of one provider. */
  readonly highest: Float32Array;
  /** The share of the capacity that is free; NaN where that says too little. */
  readonly free: Float32Array;
  /** One divided by the capacity. */
  readonly perUnit: Float32Array;
}

/** Columns of single headrooms: more copies of a group than that are judged by the decider's own rules alone. */
export const MAXIMUM_HEADROOMS = 16;

export function createClassColumns(rows: number): ClassColumns {
  return {
    brief: createBriefColumns(rows),
    headrooms: [new Float64Array(rows).fill(Number.NEGATIVE_INFINITY)],
    sumHeadroom: new Float64Array(rows),
    capacity: new Float64Array(rows),
    charged: new Float64Array(rows),
    total: new Float64Array(rows),
    reserved: new Float64Array(rows),
    present: new Uint8Array(rows),
    isUniform: new Uint8Array(rows),
    minUnit: new Float64Array(rows),
    maxUnit: new Float64Array(rows),
    stepSize: new Float64Array(rows),
  };
}

function createBriefColumns(rows: number): BriefColumns {
  return {
    highest: new Float32Array(rows).fill(Number.NEGATIVE_INFINITY),
    free: new Float32Array(rows),
    perUnit: new Float32Array(rows).fill(Number.POSITIVE_INFINITY),
  };
}

function growBriefColumns({ highest, free, perUnit }: BriefColumns, rows: number): BriefColumns {
  const grown = createBriefColumns(rows);
  grown.highest.set(highest);
  grown.free.set(free);
  grown.perUnit.set(perUnit);
  return grown;
}

export function growClassColumns(columns: ClassColumns, rows: number): ClassColumns {
  return {
    brief: growBriefColumns(columns.brief, rows),
    headrooms: columns.headrooms.map((column) => longer(column, rows, Number.NEGATIVE_INFINITY)),
    sumHeadroom: longer(columns.sumHeadroom, rows),
    capacity: longer(columns.capacity, rows),
    charged: longer(columns.charged, rows),
    total: longer(columns.total, rows),
    reserved: longer(columns.reserved, rows),
    present: longerFlags(columns.present, rows),
    isUniform: longerFlags(columns.isUniform, rows),
    minUnit: longer(columns.minUnit, rows),
    maxUnit: longer(columns.maxUnit, rows),
    stepSize: longer(columns.stepSize, rows),
  };
}

export function clearClassRow(columns: ClassColumns, row: number): void {
  for (const column of columns.headrooms) {
    column[row] = Number.NEGATIVE_INFINITY;
  }
  columns.sumHeadroom[row] = 0;
  columns.capacity[row] = 0;
  columns.charged[row] = 0;
  columns.total[row] = 0;
  columns.reserved[row] = 0;
  columns.present[row] = 0;
  columns.isUniform[row] = 0;
}

/** Of the capacity; it can only be exceeded where providers that vanished have a part in it. */
export const MOST_FREE = 2;

/** To be called once all inventories of a row have been added. */
export function writeBrief({ brief, headrooms, sumHeadroom, capacity }: ClassColumns, row: number): void {
  const all = capacity[row] ?? 0;
  const headroom = sumHeadroom[row] ?? 0;
  brief.highest[row] = headrooms[0]?.[row] ?? Number.NEGATIVE_INFINITY;
  brief.free[row] = headroom > MOST_FREE * all ? Number.NaN : headroom / (all || 1);
  brief.perUnit[row] = 1 / all;
}

/** Adds an inventory of one of the node's providers to its row. */
export function addInventory(columns: ClassColumns, row: number, inventory: Inventory, isOffered: boolean): void {
  columns.present[row] = 1;
  if (isOffered) {
    const headroom = inventory.capacity - inventory.charged;
    noteAmountRules(columns, row, inventory);
    insertHeadroom(columns.headrooms, row, headroom);
    columns.sumHeadroom[row] = (columns.sumHeadroom[row] ?? 0) + Math.max(0, headroom);
  }
  columns.capacity[row] = (columns.capacity[row] ?? 0) + inventory.capacity;
  columns.charged[row] = (columns.charged[row] ?? 0) + inventory.charged;
  columns.total[row] = (columns.total[row] ?? 0) + inventory.total;
  columns.reserved[row] = (columns.reserved[row] ?? 0) + inventory.reserved;
}

function noteAmountRules(columns: ClassColumns, row: number, inventory: Inventory): void {
  const { isUniform, minUnit, maxUnit, stepSize, headrooms } = columns;
  const isFungible = inventory.units === undefined;
  if (headrooms[0]?.[row] === Number.NEGATIVE_INFINITY) {
    isUniform[row] = Number(isFungible);
    minUnit[row] = inventory.minUnit;
    maxUnit[row] = inventory.maxUnit;
    stepSize[row] = inventory.stepSize;
  } else if (
    !isFungible ||
    minUnit[row] !== inventory.minUnit ||
    maxUnit[row] !== inventory.maxUnit ||
    stepSize[row] !== inventory.stepSize
  ) {
    isUniform[row] = 0;
  }
}

function insertHeadroom(columns: Float64Array[], row: number, headroom: number): void {
  let moved = headroom;
  for (const column of columns) {
    const there = column[row] ?? Number.NEGATIVE_INFINITY;
    if (there < moved) {
      column[row] = moved;
      moved = there;
    }
    if (moved === Number.NEGATIVE_INFINITY) {
      return;
    }
  }
  const rows = columns[0]?.length ?? 0;
  if (columns.length < MAXIMUM_HEADROOMS) {
    const added = new Float64Array(rows).fill(Number.NEGATIVE_INFINITY);
    added[row] = moved;
    columns.push(added);
  }
}

function longer(column: Float64Array, rows: number, rest = 0): Float64Array {
  const grown = new Float64Array(rows).fill(rest);
  grown.set(column);
  return grown;
}

function longerFlags(column: Uint8Array, rows: number): Uint8Array {
  const grown = new Uint8Array(rows);
  grown.set(column);
  return grown;
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
