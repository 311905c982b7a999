import type { Bookmark } from '@fleetbook/event-log';

/** Places in the log from which a single event is read back without reading the log from its beginning. */
export interface BookmarkIndex {
  /** Bookmarks come in the order of the log. */
  add(bookmark: Bookmark): void;
  /** The closest kept place before event `number`; undefined where only the beginning of the log is. */
  before(number: number): Bookmark | undefined;
  all(): readonly Bookmark[];
}

export interface BookmarkIndexOptions {
  /** Events between kept places, at first. */
  readonly strideEvents: number;
  /** Beyond it every other place is dropped and the stride doubled. */
  readonly maxBookmarks: number;
}

export function createBookmarkIndex({ strideEvents, maxBookmarks }: BookmarkIndexOptions): BookmarkIndex {
  let bookmarks: Bookmark[] = [];
  let stride = strideEvents;

  return {
    add(bookmark) {
      if (bookmark.number < (bookmarks.at(-1)?.number ?? 0) + stride) {
        return;
      }
      bookmarks.push(bookmark);
      if (bookmarks.length > maxBookmarks) {
        bookmarks = bookmarks.filter((_bookmark, index) => index % 2 === 1);
        stride *= 2;
      }
    },
    before(number) {
      let low = 0;
      let high = bookmarks.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((bookmarks[middle]?.number ?? 0) < number) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return bookmarks[low - 1];
    },
    all: () => bookmarks.slice(),
  };
}
