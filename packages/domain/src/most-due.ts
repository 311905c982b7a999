/** How many decisions of a kind one look at the time makes at most: with so many there may be more. */
export const MOST_DUE_OF_A_KIND = 64;
