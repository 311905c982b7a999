import type { Amounts, ReportedProvider, ResourceRequest } from '@fleetbook/domain';
import type { TraceMachine, TraceTask } from './read-trace.ts';

/** The resource classes the trace is told in. */
export const CPU_CLASS = 'CUSTOM_CPU_MILLI';
export const MEMORY_CLASS = 'MEMORY_MB';
export const GPU_CLASS = 'CUSTOM_GPU_MILLI';

const MILLI_PER_GPU = 1000;

/** The trait that names a GPU model, for example `CUSTOM_GPU_T4`. */
export const gpuTrait = (model: string): string => `CUSTOM_GPU_${model}`;

/** The provider tree of a machine: its root, and one child for each GPU. */
export const providersOf = (machine: TraceMachine): readonly ReportedProvider[] => [
  {
    id: machine.id,
    inventories: [
      { class: CPU_CLASS, total: machine.cpuMilli },
      { class: MEMORY_CLASS, total: machine.memoryMb },
    ],
  },
  ...Array.from({ length: machine.gpuCount }, (_, slot) => ({
    id: `${machine.id}:gpu-${slot}`,
    parent: machine.id,
    inventories: [{ class: GPU_CLASS, total: MILLI_PER_GPU }],
    traits: [gpuTrait(machine.gpuModel)],
  })),
];

const withoutZeros = (amounts: Amounts): Amounts =>
  Object.fromEntries(Object.entries(amounts).filter(([, amount]) => amount > 0));

/** What a task asks for: a share of one GPU, or several distinct GPUs. Zero amounts are left out. */
export const requestOf = (task: TraceTask): ResourceRequest => {
  const resources = withoutZeros({ [CPU_CLASS]: task.cpuMilli, [MEMORY_CLASS]: task.memoryMb });
  if (task.gpuCount === 0) return { resources };
  const gpus = { name: 'gpu', resources: { [GPU_CLASS]: task.gpuMilli } };
  return { resources, groups: [task.gpuCount === 1 ? gpus : { ...gpus, count: task.gpuCount }] };
};
