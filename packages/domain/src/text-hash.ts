const FNV_PRIME = 0x01000193;
const FNV_START = 0x811c9dc5 | 0;

/**
 * 32 bits of which the lowest are as good as any, to be cut to the size of a table.
 * @param seed 32 bits that whoever chooses the texts does not know, where they could be aimed at one place.
 */
export const hashOf = (text: string, seed = 0): number => {
  let hash = FNV_START ^ seed;
  for (let place = 0; place < text.length; place += 1) hash = Math.imul(hash ^ text.charCodeAt(place), FNV_PRIME);
  return hash ^ (hash >>> 15);
};

/** As `hashOf`, of a text whose characters are all ASCII, in bytes. */
export const hashOfBytes = (bytes: Uint8Array, start: number, end: number, seed = 0): number => {
  let hash = FNV_START ^ seed;
  for (let place = start; place < end; place += 1) hash = Math.imul(hash ^ (bytes[place] ?? 0), FNV_PRIME);
  return hash ^ (hash >>> 15);
};
