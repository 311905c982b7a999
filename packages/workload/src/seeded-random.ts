/** Numbers that look random and are the same for the same seed. */
export interface SeededRandom {
  /** At least 0, below 1. */
  next(): number;
  /** An integer from 0 to `bound` − 1. */
  below(bound: number): number;
}

const GOLDEN_GAMMA = 0x9e3779b9;

/** A 32-bit counter put through an avalanche of shifts and products: enough to choose by, not to hide anything by. */
export const seededRandom = (seed: number): SeededRandom => {
  let counter = seed >>> 0;
  const next = (): number => {
    counter = (counter + GOLDEN_GAMMA) >>> 0;
    let mixed = Math.imul(counter ^ (counter >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
  return { next, below: (bound) => Math.floor(next() * bound) };
};
