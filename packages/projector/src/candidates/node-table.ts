import { isRetired, isSuspect, type Node, type Provider } from '@fleetbook/domain';
import {
  addInventory,
  type BitTable,
  type ClassColumns,
  clearClassRow,
  createBitTable,
  createClassColumns,
  growClassColumns,
  writeBrief,
} from './columns.ts';

/** What the status column says of a row. Only `OFFERED` nodes may be claimed on. */
export const ROW_STATUS = {
  ABSENT: 0,
  OFFERED: 1,
  INVENTORY_UNKNOWN: 2,
  DISABLED: 3,
  RETIRED: 4,
  DOWN: 5,
  INVENTORY_STALE: 6,
  REPORT_OWED: 7,
} as const;

export type RowStatus = (typeof ROW_STATUS)[keyof typeof ROW_STATUS];

/**
 * The nodes as columns, for scans over the whole fleet. Rows follow the ledger lazily: a change marks its node,
 * and `refresh` brings the marked rows up to date before a scan.
 */
export interface NodeTable {
  mark(id: string): void;
  /** Brings rows up to date, at most `limit`; true when all of them are. */
  refresh(limit?: number): boolean;
  /** The same for some rows ahead of the next scan, which then begins at once; not for long where nobody scans. */
  refreshAhead(): void;
  /** Rows in use are below it. */
  readonly rowCount: number;
  /** Rows of nodes that are there, whatever their status. */
  readonly nodeCount: number;
  readonly status: Uint8Array;
  /** Grows with every refresh that has written rows. */
  readonly version: number;
  /** Per row the version that wrote it last. */
  readonly writtenAt: Uint32Array;
  /** 1 where builds keep failing: such rows are ranked last. */
  readonly suspect: Uint8Array;
  /** The traits of a node's tree, united; providers that vanished do not count. */
  readonly traits: BitTable;
  readonly aggregates: BitTable;
  /** The nodes by row, as of the last `refresh`; undefined in rows no longer used. */
  readonly records: readonly (Node | undefined)[];
  idAt(row: number): string;
  classColumns(name: string): ClassColumns | undefined;
  classNames(): readonly string[];
  /** Rows in the order of their ids. */
  order(): readonly number[];
  /** Per row its place in that order. */
  ranks(): Uint32Array;
  /** Room for one look over all rows: whoever looks next overwrites it. */
  workspace(): Workspace;
}

export interface Workspace {
  readonly rows: Uint32Array;
  /** One figure of each row. */
  readonly figures: Float64Array;
}

const FIRST_CAPACITY = 256;
/** Rows written ahead of a scan that may never come. */
const MOST_AHEAD = 2_048;
/** Of those as many in one go: what a commit changes, and little of what a long read leaves. */
const AHEAD_AT_ONCE = 256;

export function createNodeTable(nodes: ReadonlyMap<string, Node>): NodeTable {
  return new ColumnTable(nodes);
}

class ColumnTable implements NodeTable {
  readonly traits = createBitTable();
  readonly aggregates = createBitTable();
  readonly records: (Node | undefined)[] = [];
  nodeCount = 0;
  status = new Uint8Array(FIRST_CAPACITY);
  suspect = new Uint8Array(FIRST_CAPACITY);
  version = 0;
  writtenAt = new Uint32Array(FIRST_CAPACITY);
  readonly #nodes: ReadonlyMap<string, Node>;
  readonly #ids: string[] = [];
  readonly #rowOf = new Map<string, number>();
  readonly #marked = new Set<string>();
  readonly #classes = new Map<string, ClassColumns>();
  /** Rows, ascending by id; the newest may be missing. */
  readonly #sorted: number[] = [];
  #ranks = new Uint32Array(0);
  #workspace: Workspace | undefined;
  #capacity = FIRST_CAPACITY;
  #ahead = 0;

  constructor(nodes: ReadonlyMap<string, Node>) {
    this.#nodes = nodes;
    this.traits.grow(FIRST_CAPACITY);
    this.aggregates.grow(FIRST_CAPACITY);
  }

  get rowCount(): number {
    return this.#ids.length;
  }

  mark(id: string): void {
    this.#marked.add(id);
  }

  refreshAhead(): void {
    if (this.#ahead < MOST_AHEAD) {
      const ahead = this.#ahead + Math.min(AHEAD_AT_ONCE, this.#marked.size);
      this.refresh(AHEAD_AT_ONCE);
      this.#ahead = ahead;
    }
  }

  refresh(limit = Number.POSITIVE_INFINITY): boolean {
    this.#ahead = 0;
    this.version += this.#marked.size > 0 ? 1 : 0;
    let left = limit;
    for (const id of this.#marked) {
      if (left === 0) {
        return false;
      }
      left -= 1;
      this.#marked.delete(id);
      this.#write(this.#rowFor(id), this.#nodes.get(id));
    }
    return true;
  }

  idAt(row: number): string {
    return this.#ids[row] ?? '';
  }

  classColumns(name: string): ClassColumns | undefined {
    return this.#classes.get(name);
  }

  classNames(): readonly string[] {
    return Array.from(this.#classes.keys()).sort();
  }

  order(): readonly number[] {
    sortNewRows(this.#ids, this.#sorted);
    return this.#sorted;
  }

  ranks(): Uint32Array {
    if (this.#ranks.length < this.#ids.length) {
      this.#ranks = new Uint32Array(this.#ids.length);
      for (const [rank, row] of this.order().entries()) {
        this.#ranks[row] = rank;
      }
    }
    return this.#ranks;
  }

  workspace(): Workspace {
    this.#workspace ??= { rows: new Uint32Array(this.#capacity), figures: new Float64Array(this.#capacity) };
    return this.#workspace;
  }

  #rowFor(id: string): number {
    const known = this.#rowOf.get(id);
    if (known !== undefined) {
      return known;
    }
    const row = this.#ids.push(id) - 1;
    this.#rowOf.set(id, row);
    if (row >= this.#capacity) {
      this.#grow();
    }
    return row;
  }

  #grow(): void {
    this.#capacity *= 2;
    this.#workspace = undefined;
    this.traits.grow(this.#capacity);
    this.aggregates.grow(this.#capacity);
    for (const [name, columns] of this.#classes) {
      this.#classes.set(name, growClassColumns(columns, this.#capacity));
    }
    const writtenAt = new Uint32Array(this.#capacity);
    writtenAt.set(this.writtenAt);
    this.writtenAt = writtenAt;
    this.status = grown(this.status, this.#capacity);
    this.suspect = grown(this.suspect, this.#capacity);
  }

  #columnsOf(name: string): ClassColumns {
    const known = this.#classes.get(name);
    if (known !== undefined) {
      return known;
    }
    const columns = createClassColumns(this.#capacity);
    this.#classes.set(name, columns);
    return columns;
  }

  #write(row: number, node: Node | undefined): void {
    this.writtenAt[row] = this.version;
    this.status[row] = node === undefined ? ROW_STATUS.ABSENT : rowStatus(node);
    this.suspect[row] = Number(node !== undefined && isSuspect(node));
    const previous = this.records[row];
    this.records[row] = node;
    this.nodeCount += Number(node !== undefined) - Number(previous !== undefined);
    const before = previous?.tree.providers;
    const providers = node?.tree.providers ?? [];
    if (before === undefined || (before !== providers && !haveEqualNames(before, providers))) {
      this.traits.set(row, namesOf(providers, 'traits'));
      this.aggregates.set(row, namesOf(providers, 'aggregates'));
    }
    const figuresOf = countedProviders(node);
    if (before === undefined || figuresOf !== countedProviders(previous)) {
      this.#writeFigures(row, figuresOf);
    }
  }

  #writeFigures(row: number, providers: readonly Provider[]): void {
    for (const columns of this.#classes.values()) {
      clearClassRow(columns, row);
    }
    for (const provider of providers) {
      addInventories(provider, row, (name) => this.#columnsOf(name));
    }
    for (const columns of this.#classes.values()) {
      writeBrief(columns, row);
    }
  }
}

const NO_PROVIDERS: readonly Provider[] = [];

/** Those whose figures a row has. */
function countedProviders(node: Node | undefined): readonly Provider[] {
  return node === undefined || isRetired(node) ? NO_PROVIDERS : node.tree.providers;
}

function rowStatus(node: Node): RowStatus {
  switch (node.status.kind) {
    case 'retired':
      return ROW_STATUS.RETIRED;
    case 'disabled':
      return ROW_STATUS.DISABLED;
    case 'down':
      return ROW_STATUS.DOWN;
    case 'enabled':
      return node.inventoryStatus.kind === 'reported' && node.owesReport !== undefined
        ? ROW_STATUS.REPORT_OWED
        : INVENTORY_ROW_STATUS[node.inventoryStatus.kind];
  }
}

const INVENTORY_ROW_STATUS: Readonly<Record<Node['inventoryStatus']['kind'], RowStatus>> = {
  reported: ROW_STATUS.OFFERED,
  unknown: ROW_STATUS.INVENTORY_UNKNOWN,
  stale: ROW_STATUS.INVENTORY_STALE,
};

function grown(column: Uint8Array, rows: number): Uint8Array<ArrayBuffer> {
  const longer = new Uint8Array(rows);
  longer.set(column);
  return longer;
}

/** A charge replaces providers but keeps their lists of names: then the bits need not be set again. */
function haveEqualNames(left: readonly Provider[], right: readonly Provider[]): boolean {
  return (
    left.length === right.length &&
    left.every((provider, index) => {
      const other = right[index];
      return (
        provider.traits === other?.traits &&
        provider.aggregates === other.aggregates &&
        provider.isVanished === other.isVanished
      );
    })
  );
}

function namesOf(providers: readonly Provider[], list: 'traits' | 'aggregates'): Set<string> {
  return new Set(providers.flatMap((provider) => (provider.isVanished ? [] : provider[list])));
}

function addInventories(provider: Provider, row: number, columnsOf: (name: string) => ClassColumns): void {
  for (const inventory of provider.inventories) {
    const isOffered = !provider.isVanished && !inventory.isVanished;
    addInventory(columnsOf(inventory.class), row, inventory, isOffered);
  }
}

/** Inserts the rows that came since, or sorts anew when they are many. */
function sortNewRows(ids: readonly string[], sorted: number[]): void {
  const byId = (left: number, right: number): number => ((ids[left] ?? '') < (ids[right] ?? '') ? -1 : 1);
  if (ids.length - sorted.length > 64) {
    for (let row = sorted.length; row < ids.length; row += 1) {
      sorted.push(row);
    }
    sorted.sort(byId);
    return;
  }
  for (let row = sorted.length; row < ids.length; row += 1) {
    sorted.splice(placeFor(sorted, row, byId), 0, row);
  }
}

function placeFor(sorted: readonly number[], row: number, compare: (left: number, right: number) => number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(sorted[middle] ?? 0, row) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
