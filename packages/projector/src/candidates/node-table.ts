import type { Node, Provider } from '@fleetbook/domain';
import {
  type BitTable,
  type ClassColumns,
  clearClassRow,
  createBitTable,
  createClassColumns,
  growClassColumns,
} from './columns.ts';

/** What the status column says of a row. Only `OFFERED` nodes may be claimed on. */
export const ROW_STATUS = { ABSENT: 0, OFFERED: 1, INVENTORY_UNKNOWN: 2, DISABLED: 3, RETIRED: 4 } as const;

export type RowStatus = (typeof ROW_STATUS)[keyof typeof ROW_STATUS];

/**
 * The nodes as columns, for scans over the whole fleet. Rows follow the ledger lazily: a change marks its node,
 * and `refresh` brings the marked rows up to date before a scan.
 */
export interface NodeTable {
  mark(id: string): void;
  refresh(): void;
  /** Rows in use are below it. */
  readonly rowCount: number;
  readonly status: Uint8Array;
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
}

interface Rows {
  readonly ids: string[];
  readonly rowOf: Map<string, number>;
  /** Ascending by id. */
  readonly sorted: number[];
  capacity: number;
}

const FIRST_CAPACITY = 256;

export function createNodeTable(nodes: ReadonlyMap<string, Node>): NodeTable {
  const rows: Rows = { ids: [], rowOf: new Map(), sorted: [], capacity: FIRST_CAPACITY };
  const marked = new Set<string>();
  const traits = createBitTable();
  const aggregates = createBitTable();
  const classes = new Map<string, ClassColumns>();
  let status = new Uint8Array(FIRST_CAPACITY);
  let ranks = new Uint32Array(0);
  let areRanksStale = true;
  const records: (Node | undefined)[] = [];
  traits.grow(FIRST_CAPACITY);
  aggregates.grow(FIRST_CAPACITY);

  function grow(): void {
    rows.capacity *= 2;
    traits.grow(rows.capacity);
    aggregates.grow(rows.capacity);
    for (const [name, columns] of classes) {
      classes.set(name, growClassColumns(columns, rows.capacity));
    }
    const grown = new Uint8Array(rows.capacity);
    grown.set(status);
    status = grown;
  }

  function rowFor(id: string): number {
    const known = rows.rowOf.get(id);
    if (known !== undefined) {
      return known;
    }
    const row = rows.ids.push(id) - 1;
    rows.rowOf.set(id, row);
    if (row >= rows.capacity) {
      grow();
    }
    areRanksStale = true;
    return row;
  }

  function columnsOf(name: string): ClassColumns {
    const known = classes.get(name);
    if (known !== undefined) {
      return known;
    }
    const columns = createClassColumns(rows.capacity);
    classes.set(name, columns);
    return columns;
  }

  function writeRow(row: number, node: Node | undefined): void {
    status[row] = node === undefined ? ROW_STATUS.ABSENT : rowStatus(node);
    const before = records[row]?.providers;
    records[row] = node;
    const providers = node?.providers ?? [];
    if (before === providers) {
      return;
    }
    if (before === undefined || !haveEqualNames(before, providers)) {
      traits.set(row, namesOf(providers, 'traits'));
      aggregates.set(row, namesOf(providers, 'aggregates'));
    }
    for (const columns of classes.values()) {
      clearClassRow(columns, row);
    }
    for (const provider of providers) {
      addInventories(provider, row, columnsOf);
    }
  }

  return {
    mark: (id) => void marked.add(id),
    refresh() {
      for (const id of marked) {
        writeRow(rowFor(id), nodes.get(id));
      }
      marked.clear();
    },
    get rowCount() {
      return rows.ids.length;
    },
    get status() {
      return status;
    },
    traits,
    aggregates,
    records,
    idAt: (row) => rows.ids[row] ?? '',
    classColumns: (name) => classes.get(name),
    classNames: () => Array.from(classes.keys()).sort(),
    order() {
      sortNewRows(rows);
      return rows.sorted;
    },
    ranks() {
      if (areRanksStale) {
        sortNewRows(rows);
        ranks = new Uint32Array(rows.ids.length);
        for (const [rank, row] of rows.sorted.entries()) {
          ranks[row] = rank;
        }
        areRanksStale = false;
      }
      return ranks;
    },
  };
}

function rowStatus(node: Node): RowStatus {
  switch (node.status.kind) {
    case 'retired':
      return ROW_STATUS.RETIRED;
    case 'disabled':
      return ROW_STATUS.DISABLED;
    case 'enabled':
      return node.inventoryStatus.kind === 'unknown' ? ROW_STATUS.INVENTORY_UNKNOWN : ROW_STATUS.OFFERED;
  }
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
    const columns = columnsOf(inventory.class);
    columns.present[row] = 1;
    if (!provider.isVanished && !inventory.isVanished) {
      const headroom = inventory.capacity - inventory.charged;
      columns.maxHeadroom[row] = Math.max(columns.maxHeadroom[row] ?? headroom, headroom);
      columns.sumHeadroom[row] = (columns.sumHeadroom[row] ?? 0) + Math.max(0, headroom);
    }
    columns.capacity[row] = (columns.capacity[row] ?? 0) + inventory.capacity;
    columns.charged[row] = (columns.charged[row] ?? 0) + inventory.charged;
    columns.total[row] = (columns.total[row] ?? 0) + inventory.total;
    columns.reserved[row] = (columns.reserved[row] ?? 0) + inventory.reserved;
  }
}

/** Inserts the rows that came since, or sorts anew when they are many. */
function sortNewRows({ ids, sorted }: Rows): void {
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
