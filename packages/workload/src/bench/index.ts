/** What the benchmark runs: a fleet of any size in the shape of the trace, messages made ahead, and load drivers. */
export { type Claimed, type ClaimSource, createClaimSource, SCHEDULERS } from './claim-source.ts';
export { type ClosedLoopOptions, runClosedLoop } from './closed-loop.ts';
export { halfFill } from './half-fill.ts';
export type { LoadRun, Send } from './load-run.ts';
export type { Message } from './message.ts';
export { createMoveSource, type MoveSource } from './move-source.ts';
export { type OpenLoopOptions, runOpenLoop } from './open-loop.ts';
export { replicateMachines } from './replicate-machines.ts';
