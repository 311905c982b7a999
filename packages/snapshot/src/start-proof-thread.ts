import { Worker } from 'node:worker_threads';
import type { Cell } from '@fleetbook/domain';

/** What a thread is given to add up: values only, and memory that nobody writes to any more. */
export interface ProofTask {
  readonly cell: Cell;
  /** The lines behind the header of a saved state, under a true checksum. */
  readonly body: SharedArrayBuffer;
}

/** Starts a thread that says the digest of a saved ledger, once. */
export function startProofThread(task: ProofTask): Worker {
  return new Worker(new URL('./proof-thread.ts', import.meta.url), { workerData: task });
}
