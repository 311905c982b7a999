import type { ResourceRequest } from '@fleetbook/domain';
import type { TraceMachine } from '../openb/read-trace.ts';
import { CPU_CLASS, GPU_CLASS, MEMORY_CLASS } from '../openb/to-ledger.ts';

/** A command as it travels. */
export interface Message {
  readonly subject: string;
  readonly body: string;
}

/** The origin of every command of the benchmark, as JSON text. */
export const ORIGIN_TEXT = JSON.stringify({ client: 'bench', version: '0.1.0', host: 'localhost' });

/** So little of three classes that machines stay as full as they were, however long the load lasts. */
export const leastRequest = (machine: TraceMachine): ResourceRequest => {
  const resources = { [CPU_CLASS]: 1, [MEMORY_CLASS]: 1 };
  return machine.gpuCount === 0
    ? { resources }
    : { resources, groups: [{ name: 'gpu', resources: { [GPU_CLASS]: 1 } }] };
};
