// Entry of a thread that adds up the digest of a saved ledger beside the one that builds it. A start waits for it, so
// that it imports little: no contracts, and of the domain only canonical texts.
import { parentPort, workerData } from 'node:worker_threads';
import type { LedgerChunk } from './ledger-rows.ts';
import { SavedChunks } from './saved-chunks.ts';
import { SavedDigest } from './saved-digest.ts';
import type { ProofTask } from './start-proof-thread.ts';

const { cell, body }: ProofTask = workerData;
const digest = new SavedDigest(cell);
for (const chunk of new SavedChunks<LedgerChunk>(Buffer.from(body), true)) {
  digest.add(chunk);
}
parentPort?.postMessage(digest.hex());
