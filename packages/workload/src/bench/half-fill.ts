import type { ResourceRequest } from '@fleetbook/domain';
import type { TraceMachine } from '../openb/read-trace.ts';
import { CPU_CLASS, GPU_CLASS, MEMORY_CLASS } from '../openb/to-ledger.ts';
import { seededRandom } from '../seeded-random.ts';

const PARTS = 8;
const MILLI_PER_GPU = 1000;

/** One eighth of everything a machine has. */
const partOf = (machine: TraceMachine): ResourceRequest => {
  const resources = {
    [CPU_CLASS]: Math.floor(machine.cpuMilli / PARTS),
    [MEMORY_CLASS]: Math.floor(machine.memoryMb / PARTS),
  };
  const gpu = { name: 'gpu', resources: { [GPU_CLASS]: (machine.gpuCount * MILLI_PER_GPU) / PARTS } };
  return machine.gpuCount === 0 ? { resources } : { resources, groups: [gpu] };
};

/** Requests that fill each machine by one to seven eighths, by half on average; the same for the same seed. */
export const halfFill = (
  machines: readonly TraceMachine[],
  seed: number,
): readonly { readonly node: string; readonly request: ResourceRequest }[] => {
  const random = seededRandom(seed);
  return machines.flatMap((machine) => {
    const claim = { node: machine.id, request: partOf(machine) };
    return Array.from({ length: 1 + random.below(PARTS - 1) }, () => claim);
  });
};
