import { NumberLists } from './number-lists.ts';
import { RowFlags, RowIndex } from './row-index.ts';

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
}

/** @param rows may number entities that have no events as well. */
export function createEntityHistory(rows = new RowIndex()): EntityHistory {
  const lists = new NumberLists();
  const trimmed = new RowFlags();

  return {
    add(entity, number) {
      const row = rows.of(entity);
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
      const row = rows.find(entity);
      if (row === undefined) {
        return { numbers: [], isComplete: true };
      }
      const numbers = lists.numbers(row);
      return { numbers: numbers.slice(-KEPT_NUMBERS), isComplete: numbers.length <= KEPT_NUMBERS && !trimmed.has(row) };
    },
    capture() {
      const count = rows.size;
      const captured = lists.copy();
      const flags = new Set(trimmed.rows());
      return function* entityRows() {
        for (let row = 0; row < count; row += 1) {
          if (captured.length(row) > 0) {
            yield [rows.idAt(row), captured.numbers(row), flags.has(row) ? 1 : 0];
          }
        }
      };
    },
    restore([entity, numbers, isTrimmed]) {
      const row = rows.of(entity);
      for (const number of numbers) {
        lists.add(row, number);
      }
      if (isTrimmed === 1) {
        trimmed.set(row, true);
      }
    },
  };
}
