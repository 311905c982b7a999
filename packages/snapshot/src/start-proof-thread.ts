import { Worker } from 'node:worker_threads';

/** What a thread is given to add up: memory of which nobody writes to the first any more. */
export interface ProofTask {
  /** In shared memory, the lines behind the header of a saved state, under a true checksum. */
  readonly body: Uint8Array;
  /** Of whoever hashes instances of it. */
  readonly turns: SharedArrayBuffer;
}

/** Starts a thread that hashes instances of a saved ledger and says the digest of those whose turn came there. */
export function startProofThread(task: ProofTask): Worker {
  return new Worker(new URL('./proof-thread.ts', import.meta.url), { workerData: task });
}
