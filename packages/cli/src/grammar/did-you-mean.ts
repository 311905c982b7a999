/** `did you mean …?` for the known word that shares the longest beginning with this one; undefined if none is close. */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  const dashes = word.startsWith('--') ? 2 : 0;
  let closest: { readonly name: string; readonly shared: number } | undefined;
  for (const name of known) {
    const shared = sharedBeginning(word, name) - dashes;
    if (shared >= 2 && shared > (closest?.shared ?? 0)) {
      closest = { name, shared };
    }
  }
  return closest === undefined ? undefined : `did you mean ${closest.name}?`;
}

function sharedBeginning(left: string, right: string): number {
  let length = 0;
  while (length < left.length && left[length] === right[length]) {
    length += 1;
  }
  return length;
}
