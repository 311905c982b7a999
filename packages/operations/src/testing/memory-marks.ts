import type { HighWaterMark } from '@fleetbook/contracts';
import type { MarkKeeper } from '../high-water-mark/mark-keeper.ts';

/** A mark that outlives whoever keeps it, but not this process. @param neighbours what others on the machine know. */
export function memoryMarks(mark?: HighWaterMark, neighbours: readonly HighWaterMark[] = []): MarkKeeper {
  let kept = mark;
  return {
    get mark() {
      return kept;
    },
    failure: undefined,
    raise(raised) {
      kept = kept?.historyId === raised.historyId && kept.number >= raised.number ? kept : raised;
    },
    neighbours: async () => neighbours,
    stop: async () => undefined,
  };
}
