/** Largest allocation ratio. */
export const MAXIMUM_RATIO = 1_000_000;

const PLACES = 6;
const MILLION = 1_000_000;

/**
 * The millionths of a ratio, read from its shortest decimal text: 1.4 is 1,400,000 exactly.
 * Undefined when it has more than 6 places.
 */
export const ratioMillionths = (ratio: number): number | undefined => {
  const [whole = '', fraction = ''] = String(ratio).split('.');
  const digits = `${whole}${fraction.padEnd(PLACES, '0')}`;
  return fraction.length <= PLACES && /^[0-9]+$/.test(digits) ? Number(digits) : undefined;
};

/** The ratio as the decimal that was reported. */
export const ratioOf = (millionths: number): number => millionths / MILLION;
