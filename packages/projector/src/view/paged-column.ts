type Numbers = Float64Array | Int32Array | Uint16Array;

const PAGE_BITS = 12;
const PAGE = 1 << PAGE_BITS;
const IN_PAGE = PAGE - 1;

/** A column as it was at one moment. */
export interface CapturedColumn {
  at(place: number): number;
}

/**
 * Numbers by place, 0 where none was set, in pages: it grows without being copied, and is captured by holding on to its
 * pages. One that a capture may read is copied before it is written again: what a capture costs is spread over the
 * writes after it.
 */
export class PagedColumn implements CapturedColumn {
  readonly #newPage: (length: number) => Numbers;
  #pages: Numbers[] = [];
  /** How many captures there were, and of each page how many before it was made. */
  #captures = 0;
  readonly #madeAfter: number[] = [];

  constructor(newPage: (length: number) => Numbers) {
    this.#newPage = newPage;
  }

  at(place: number): number {
    return numberAt(this.#pages, place);
  }

  set(place: number, value: number): void {
    this.#pageToWrite(place >>> PAGE_BITS)[place & IN_PAGE] = value;
  }

  capture(): CapturedColumn {
    this.#captures += 1;
    const pages = this.#pages.slice();
    return { at: (place) => numberAt(pages, place) };
  }

  #pageToWrite(index: number): Numbers {
    const page = this.#pages[index];
    if (page !== undefined && this.#madeAfter[index] === this.#captures) {
      return page;
    }
    return page === undefined ? this.#append(index) : this.#own(index, page.slice());
  }

  /** And whatever pages are missing before it. */
  #append(index: number): Numbers {
    while (this.#pages.length < index) {
      this.#own(this.#pages.length, this.#newPage(PAGE));
    }
    return this.#own(index, this.#newPage(PAGE));
  }

  #own(index: number, page: Numbers): Numbers {
    this.#pages[index] = page;
    this.#madeAfter[index] = this.#captures;
    return page;
  }
}

function numberAt(pages: readonly Numbers[], place: number): number {
  return pages[place >>> PAGE_BITS]?.[place & IN_PAGE] ?? 0;
}
