import type { SeededRandom } from './seeded-random.ts';

/** `share` (0 to 1) of the items, in their order; every item is as likely to be among them. */
export const chooseShare = <Item>(items: readonly Item[], share: number, random: SeededRandom): readonly Item[] => {
  let wanted = Math.round(items.length * share);
  return items.filter((_, index) => {
    const isChosen = random.next() * (items.length - index) < wanted;
    wanted -= isChosen ? 1 : 0;
    return isChosen;
  });
};
