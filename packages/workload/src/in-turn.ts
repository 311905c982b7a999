/** Works through the items in order, at most `width` of them at a time. The first failure is thrown. */
export const inTurn = async <Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item, worker: number) => Promise<void>,
): Promise<void> => {
  let next = 0;
  const worker = async (number: number): Promise<void> => {
    for (let item = items[next]; item !== undefined; item = items[next]) {
      next += 1;
      await work(item, number);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, (_, number) => worker(number)));
};
