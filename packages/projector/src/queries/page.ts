/** Picks the first items of a page out of any number that come in no order. */
export interface Page<Item> {
  /** `place` says where the item stands: places are compared by code unit. */
  offer(place: string, item: Item): void;
  /** In order, at most the limit. */
  items(): readonly Item[];
  /** Whether there are items after these. */
  hasMore(): boolean;
}

/**
 * @param limit of 0: only tells whether there is anything.
 * @param after only items whose place is higher; all when undefined.
 */
export function createPage<Item>(limit: number, after: string | undefined): Page<Item> {
  // One more than the limit is kept, to know whether there are more.
  const places: string[] = [];
  const items: Item[] = [];

  return {
    offer(place, item) {
      const isBefore = after !== undefined && place <= after;
      if (isBefore || (places.length > limit && place >= (places.at(-1) ?? ''))) {
        return;
      }
      const at = firstAfter(places, place);
      places.splice(at, 0, place);
      items.splice(at, 0, item);
      if (places.length > limit + 1) {
        places.pop();
        items.pop();
      }
    },
    items: () => items.slice(0, limit),
    hasMore: () => places.length > limit,
  };
}

function firstAfter(places: readonly string[], place: string): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((places[middle] ?? '') <= place) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
