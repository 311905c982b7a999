/** Code unit order: the same on every machine and in every locale. */
export const compareText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** Shorter ids first, then by code unit, so that `gpu-2` comes before `gpu-10`. */
export const compareIds = (left: string, right: string): number =>
  left.length - right.length || compareText(left, right);

const NO_TEXTS: readonly string[] = [];

/** Each once. */
export const sortedTexts = (texts: readonly string[]): readonly string[] =>
  texts.length === 0 ? NO_TEXTS : [...new Set(texts)].sort(compareText);

export const sortedIds = (ids: readonly string[]): readonly string[] => [...ids].sort(compareIds);
