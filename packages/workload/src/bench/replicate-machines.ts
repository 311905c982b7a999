import type { TraceMachine } from '../openb/read-trace.ts';

/** As many machines as asked for: those of the trace, then the same again with a suffix on their ids. */
export const replicateMachines = (machines: readonly TraceMachine[], count: number): readonly TraceMachine[] =>
  Array.from({ length: count }, (_, place) => {
    const machine = machines[place % machines.length];
    if (machine === undefined) {
      throw new Error('there is no machine to copy');
    }
    const copy = Math.floor(place / machines.length);
    return copy === 0 ? machine : { ...machine, id: `${machine.id}-${copy}` };
  });
