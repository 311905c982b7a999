export type { TraceMachine, TraceTask } from './openb/read-trace.ts';
export { readMachines, readTasks } from './openb/read-trace.ts';
export { CPU_CLASS, GPU_CLASS, gpuTrait, MEMORY_CLASS, providersOf, requestOf } from './openb/to-ledger.ts';
