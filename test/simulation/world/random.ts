/** A seeded source of chance: the same seed and the same questions give the same answers. */
export interface Chance {
  /** At least 0, below 1. */
  next(): number;
  /** A whole number, from `least` to `most`. */
  integer(least: number, most: number): number;
  /** True with this probability. */
  happens(probability: number): boolean;
  /** One of them; throws RangeError when there is none. */
  pick<Value>(values: readonly Value[]): Value;
  /** Another source, whose answers do not depend on how often this one is asked. */
  fork(name: string): Chance;
}

export function createChance(seed: number, name = ''): Chance {
  const next = generator(hashOf(`${seed}/${name}`));
  const integer = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    integer,
    happens: (probability) => next() < probability,
    pick: (values) => {
      const value = values[integer(0, values.length - 1)];
      if (value === undefined) {
        throw new RangeError('there is nothing to pick from');
      }
      return value;
    },
    fork: (child) => createChance(seed, `${name}/${child}`),
  };
}

/** A counter whose every value is mixed: fast, and good enough to choose with. */
function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function hashOf(text: string): number {
  let word = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    word = Math.imul(word ^ text.charCodeAt(index), 0x01000193);
  }
  return word;
}
