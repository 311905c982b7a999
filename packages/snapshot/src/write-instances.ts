import type { Actor, ChargeLine, Instance, InstanceColumns } from '@fleetbook/domain';
import { newColumns } from './column-bytes.ts';

/**
 * Instances in columns, as bytes; what many of them share stands once in tables, and its place in the columns.
 * `isFresh`: the tables begin anew here; else they go on where the chunk before left them.
 */
export interface InstanceChunk {
  readonly section: 'instances';
  readonly count: number;
  readonly isFresh: boolean;
  /** Nodes, tenants and request texts. */
  readonly texts: readonly string[];
  readonly charges: readonly (readonly ChargeLine[])[];
  readonly claimants: readonly Actor[];
  /** Those of which the columns hold no more than that they are there. */
  readonly others: readonly Instance[];
  readonly bytes: Uint8Array;
}

/** Beyond it, what is shared is written once more: a ledger in which nothing is shared must not fill the memory. */
const MOST_SHARED = 262_144;

export function* instanceChunks(stretches: Iterable<InstanceColumns>): Generator<InstanceChunk, void> {
  let tables = new SharedTables();
  let isFresh = true;
  for (const stretch of stretches) {
    const bytes = bytesOf(stretch, tables);
    const { count, others } = stretch;
    yield { section: 'instances', count, isFresh, ...tables.takeNew(), others, bytes };
    isFresh = tables.size > MOST_SHARED;
    if (isFresh) {
      tables = new SharedTables();
    }
  }
}

function bytesOf(stretch: InstanceColumns, { texts, charges, claimants }: SharedTables): Uint8Array {
  const { bytes, columns } = newColumns(stretch.count, stretch.names.length);
  columns.touchedAt.set(stretch.touchedAt.subarray(0, stretch.count));
  columns.kinds.set(stretch.kinds.subarray(0, stretch.count));
  columns.idLengths.set(stretch.idLengths.subarray(0, stretch.count));
  columns.claimIdLengths.set(stretch.claimIdLengths.subarray(0, stretch.count));
  columns.names.set(stretch.names);
  texts.setPlaces(columns.nodes, stretch.nodes);
  texts.setPlaces(columns.requestTexts, stretch.requestTexts);
  charges.setPlaces(columns.charges, stretch.charges);
  claimants.setPlaces(columns.claimants, stretch.claimants);
  for (const [row, tenant] of stretch.tenants.entries()) {
    columns.tenants[row] = tenant === undefined ? 0 : texts.placeOf(tenant) + 1;
  }
  return bytes;
}

class SharedTables {
  readonly texts = new Shared<string>();
  readonly charges = new Shared<readonly ChargeLine[]>();
  readonly claimants = new Shared<Actor>();

  get size(): number {
    return this.texts.size + this.charges.size + this.claimants.size;
  }

  takeNew(): Pick<InstanceChunk, 'texts' | 'charges' | 'claimants'> {
    return { texts: this.texts.takeNew(), charges: this.charges.takeNew(), claimants: this.claimants.takeNew() };
  }
}

/** Values by identity; texts have none but their characters. */
class Shared<Value> {
  readonly #places = new Map<Value, number>();
  #new: Value[] = [];

  get size(): number {
    return this.#places.size;
  }

  /** Of each value in its row. */
  setPlaces(column: Uint32Array, values: readonly Value[]): void {
    let before: Value | undefined;
    let place = 0;
    for (let row = 0; row < values.length; row += 1) {
      const value = values[row];
      if (value !== undefined && value !== before) {
        place = this.placeOf(value);
        before = value;
      }
      column[row] = place;
    }
  }

  placeOf(value: Value): number {
    let place = this.#places.get(value);
    if (place === undefined) {
      place = this.#places.size;
      this.#places.set(value, place);
      this.#new.push(value);
    }
    return place;
  }

  /** Those that came since the last call, in the order of their places. */
  takeNew(): readonly Value[] {
    const taken = this.#new;
    this.#new = [];
    return taken;
  }
}
