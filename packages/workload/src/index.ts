export { dropShare, type HeldTask } from './fill/drop-share.ts';
export { type FillSettings, fillFleet, type TaskOutcome } from './fill/fill-fleet.ts';
export { type ClientOf, registerFleet } from './fill/register-fleet.ts';
export { createLatencies, type Latencies } from './measure/latencies.ts';
export type { TraceMachine, TraceTask } from './openb/read-trace.ts';
export { readMachines, readTasks } from './openb/read-trace.ts';
export { CPU_CLASS, GPU_CLASS, gpuTrait, MEMORY_CLASS, providersOf, requestOf } from './openb/to-ledger.ts';
export { type SeededRandom, seededRandom } from './seeded-random.ts';
