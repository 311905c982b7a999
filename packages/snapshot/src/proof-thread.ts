// Entry of a thread that hashes instances of a saved ledger beside the one that builds it. A start waits for it, so
// that it imports little: no contracts, and of the domain only canonical texts.
import { parentPort, workerData } from 'node:worker_threads';
import { InstanceShare } from './instance-share.ts';
import { SavedChunks } from './saved-chunks.ts';
import type { ProofTask } from './start-proof-thread.ts';
import type { InstanceChunk } from './write-instances.ts';

const { body, turns }: ProofTask = workerData;
const share = new InstanceShare(turns);
const lines = Buffer.from(body.buffer, body.byteOffset, body.length);
const chunks = new SavedChunks<InstanceChunk>(lines, (section) => section === 'instances');
for (const chunk of chunks) {
  share.add(chunk);
}
parentPort?.postMessage(share.hex());
