import { NumberLists } from './number-lists.ts';
import { RowFlags, RowIndex } from './row-index.ts';
import type { SettledHistories } from './settled-histories.ts';

/** How many of an entity's newest event numbers are kept. */
const KEPT_NUMBERS = 256;

export interface KnownNumbers {
  /** Ascending, at most 256. */
  readonly numbers: readonly number[];
  /** False when the entity has older events than these. */
  readonly isComplete: boolean;
}

/** What a checkpoint stores of one entity: its id, its numbers, and 1 where older ones were forgotten. */
export type EntityRow = readonly [entity: string, numbers: readonly number[], isTrimmed: 0 | 1];

/** The numbers of the newest events that concern an entity. */
export interface EntityHistory {
  /** `number` is at least as high as any added before. Adding it twice counts once. */
  add(entity: string, number: number): void;
  newest(entity: string): KnownNumbers;
  capture(): () => Iterable<EntityRow>;
  restore(row: EntityRow): void;
  /** Moves what is known of the entity in a row, if anything, to those that are settled. */
  settle(row: number): void;
}

/** Where histories go of which hardly anything more is to come. */
export interface Settling {
  readonly settled: SettledHistories;
  /** Called when an entity gets a row because of its history alone: there may never be a record of it. */
  readonly onRow: (row: number) => void;
}

/** @param rows may number entities that have no events as well. */
export function createEntityHistory(rows = new RowIndex(), settling?: Settling): EntityHistory {
  const lists = new NumberLists();
  const trimmed = new RowFlags();

  function fill(row: number, numbers: readonly number[], isTrimmed: boolean): void {
    for (const number of numbers) {
      lists.add(row, number);
    }
    trimmed.set(row, isTrimmed);
  }

  function rowOf(entity: string): number {
    const known = rows.find(entity);
    if (known !== undefined && lists.length(known) > 0) {
      return known;
    }
    const row = known ?? rows.of(entity);
    const history = settling?.settled.take(entity);
    if (history !== undefined) {
      fill(row, history.numbers, history.isTrimmed);
    }
    if (known === undefined) {
      settling?.onRow(row);
    }
    return row;
  }

  return {
    add(entity, number) {
      const row = rowOf(entity);
      if (lists.newest(row) === number) {
        return;
      }
      lists.add(row, number);
      if (lists.length(row) >= 2 * KEPT_NUMBERS) {
        lists.trim(row, KEPT_NUMBERS);
        trimmed.set(row, true);
      }
    },
    newest(entity) {
      const found = rows.find(entity);
      const row = found !== undefined && lists.length(found) > 0 ? found : undefined;
      const settled = row === undefined ? settling?.settled.find(entity) : undefined;
      const numbers = row === undefined ? (settled?.numbers ?? []) : lists.numbers(row);
      const isTrimmed = row === undefined ? settled?.isTrimmed === true : trimmed.has(row);
      return { numbers: numbers.slice(-KEPT_NUMBERS), isComplete: numbers.length <= KEPT_NUMBERS && !isTrimmed };
    },
    capture: () => captureRows(rows, lists, trimmed),
    restore([entity, numbers, isTrimmed]) {
      fill(rowOf(entity), numbers, isTrimmed === 1);
    },
    settle(row) {
      if (lists.length(row) === 0) {
        return;
      }
      settling?.settled.add(rows.idAt(row), { numbers: lists.numbers(row), isTrimmed: trimmed.has(row) });
      lists.clear(row);
      trimmed.set(row, false);
    },
  };
}

function captureRows(rows: RowIndex, lists: NumberLists, trimmed: RowFlags): () => Iterable<EntityRow> {
  const count = rows.size;
  const captured = lists.capture();
  const flags = new Set(trimmed.rows());
  return function* entityRows() {
    for (let row = 0; row < count; row += 1) {
      if (captured.length(row) > 0) {
        yield [rows.idAt(row), captured.numbers(row), flags.has(row) ? 1 : 0];
      }
    }
  };
}
