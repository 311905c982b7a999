/** How many of an entity's newest event numbers are kept. */
const KEPT_NUMBERS = 256;

/** Lists up to this length are replaced, not changed, so that a checkpoint may keep them without copying. */
const REPLACED_UP_TO = 16;

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

export function createEntityHistory(): EntityHistory {
  // Most instances have a single event: a bare number takes no memory of its own.
  const lists = new Map<string, number | readonly number[]>();
  const long = new Map<string, number[]>();
  const trimmed = new Set<string>();

  function addToLong(entity: string, list: number[], number: number): void {
    if (list.at(-1) === number) {
      return;
    }
    list.push(number);
    if (list.length >= 2 * KEPT_NUMBERS) {
      list.splice(0, list.length - KEPT_NUMBERS);
      trimmed.add(entity);
    }
  }

  return {
    add(entity, number) {
      const longList = long.get(entity);
      if (longList !== undefined) {
        addToLong(entity, longList, number);
        return;
      }
      const list = lists.get(entity);
      if (list === undefined) {
        lists.set(entity, number);
      } else if (newestOf(list) !== number) {
        const longer = [...listOf(list), number];
        lists.set(entity, longer);
        if (longer.length > REPLACED_UP_TO) {
          lists.delete(entity);
          long.set(entity, longer);
        }
      }
    },
    newest(entity) {
      const list = long.get(entity) ?? listOf(lists.get(entity) ?? []);
      const isWhole = list.length <= KEPT_NUMBERS && !trimmed.has(entity);
      return { numbers: list.slice(-KEPT_NUMBERS), isComplete: isWhole };
    },
    capture() {
      const entities = Array.from(lists.keys());
      const numbers = Array.from(lists.values());
      const longRows = Array.from(long, ([entity, list]): EntityRow => [entity, list.slice(), flagOf(entity)]);
      function flagOf(entity: string): 0 | 1 {
        return trimmed.has(entity) ? 1 : 0;
      }
      return function* rows() {
        yield* longRows;
        for (const [index, entity] of entities.entries()) {
          yield [entity, listOf(numbers[index] ?? []), 0];
        }
      };
    },
    restore([entity, numbers, isTrimmed]) {
      if (numbers.length > REPLACED_UP_TO) {
        long.set(entity, numbers.slice());
      } else {
        lists.set(entity, numbers.length === 1 ? (numbers[0] ?? []) : numbers);
      }
      if (isTrimmed === 1) {
        trimmed.add(entity);
      }
    },
  };
}

function listOf(numbers: number | readonly number[]): readonly number[] {
  return typeof numbers === 'number' ? [numbers] : numbers;
}

function newestOf(numbers: number | readonly number[]): number | undefined {
  return typeof numbers === 'number' ? numbers : numbers.at(-1);
}
