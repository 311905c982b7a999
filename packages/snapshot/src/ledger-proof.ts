import type { Worker } from 'node:worker_threads';
import type { Slices } from '@fleetbook/operations';
import type { SavedSnapshot } from './format.ts';
import { InstanceShare, newTurns } from './instance-share.ts';
import type { LedgerChunk } from './ledger-rows.ts';
import { SavedDigest } from './saved-digest.ts';
import { startProofThread } from './start-proof-thread.ts';
import type { InstanceChunk } from './write-instances.ts';

export type SavedLedger = Pick<SavedSnapshot<unknown, object>, 'header' | 'ledgerChunks' | 'body'>;

/** Adds up the digest of a saved ledger beside its reading. */
export interface LedgerProof {
  /** To be told of every chunk that is read, in order. */
  take(chunk: LedgerChunk): void;
  /** Of all chunks, once they have been read: 32 lower-case hex digits. Rejects with what broke the proof. */
  digest(slices: Slices): Promise<string>;
  /** Nothing is waited for any more. */
  end(): Promise<void>;
}

export interface ProofOptions {
  readonly aloneUpToBytes?: number;
  readonly startThread?: typeof startProofThread;
}

/** To load a thread takes as long as to hash as much here: some 20,000 claims. */
const ALONE_UP_TO_BYTES = 2_097_152;

/** In this thread; of what is large, instances are hashed in another one as well. */
export function proveLedger({ header, body }: SavedLedger, options: ProofOptions = {}): LedgerProof {
  const { aloneUpToBytes = ALONE_UP_TO_BYTES, startThread = startProofThread } = options;
  const digest = new SavedDigest(header.cellRecord);
  if (body.length <= aloneUpToBytes) {
    return new ProofHere(digest);
  }
  const turns = newTurns();
  return new SharedProof(digest, turns, startThread({ body: inSharedMemory(body), turns }));
}

function inSharedMemory(bytes: Uint8Array): Uint8Array {
  if (bytes.buffer instanceof SharedArrayBuffer) {
    return bytes;
  }
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

class ProofHere implements LedgerProof {
  readonly #digest: SavedDigest;

  constructor(digest: SavedDigest) {
    this.#digest = digest;
  }

  take(chunk: LedgerChunk): void {
    this.#digest.add(chunk);
  }

  async digest(): Promise<string> {
    return this.#digest.hex();
  }

  async end(): Promise<void> {}
}

/** The thread hashes instances from the beginning on; this one helps it with the rest when everything has been read. */
class SharedProof implements LedgerProof {
  readonly #digest: SavedDigest;
  readonly #turns: SharedArrayBuffer;
  readonly #thread: Worker;
  readonly #instances: InstanceChunk[] = [];
  readonly #elsewhere: Promise<string>;

  constructor(digest: SavedDigest, turns: SharedArrayBuffer, thread: Worker) {
    this.#digest = digest;
    this.#turns = turns;
    this.#thread = thread;
    this.#elsewhere = new Promise((resolve, reject) => {
      thread.on('message', resolve);
      thread.on('error', reject);
      thread.on('exit', () => reject(new Error('the thread of the proof ended')));
    });
    // Who waits for the digest hears of it.
    this.#elsewhere.catch(() => undefined);
  }

  take(chunk: LedgerChunk): void {
    if (chunk.section === 'instances') {
      this.#instances.push(chunk);
    } else {
      this.#digest.add(chunk);
    }
  }

  async digest(slices: Slices): Promise<string> {
    const share = new InstanceShare(this.#turns);
    for (const chunk of this.#instances) {
      share.add(chunk);
      await slices.pause();
    }
    this.#digest.include(share.hex());
    this.#digest.include(await this.#elsewhere);
    return this.#digest.hex();
  }

  async end(): Promise<void> {
    await this.#thread.terminate();
  }
}
