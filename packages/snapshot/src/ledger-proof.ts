import type { Worker } from 'node:worker_threads';
import type { SavedSnapshot } from './format.ts';
import type { LedgerChunk } from './ledger-rows.ts';
import { SavedDigest } from './saved-digest.ts';
import { startProofThread } from './start-proof-thread.ts';

export type SavedLedger = Pick<SavedSnapshot<unknown, object>, 'header' | 'ledgerChunks' | 'body'>;

/** Adds up the digest of a saved ledger beside its reading. */
export interface LedgerProof {
  /** To be told of every chunk that is read, in order. */
  take(chunk: LedgerChunk): void;
  /** Of all chunks, once they have been read: 32 lower-case hex digits. Rejects with what broke the proof. */
  digest(): Promise<string>;
  /** Nothing is waited for any more. */
  end(): Promise<void>;
}

export interface ProofOptions {
  readonly aloneUpToBytes?: number;
  readonly startThread?: typeof startProofThread;
}

/** To load a thread takes as long as to hash as much here: some 20,000 claims. */
const ALONE_UP_TO_BYTES = 2_097_152;

/** In this thread; of what is large in another one, where nobody needs more time than to read it. */
export function proveLedger(saved: SavedLedger, options: ProofOptions = {}): LedgerProof {
  const { aloneUpToBytes = ALONE_UP_TO_BYTES, startThread = startProofThread } = options;
  const { header, body } = saved;
  if (body.length <= aloneUpToBytes) {
    return new ProofHere(new SavedDigest(header.cellRecord));
  }
  const shared = new SharedArrayBuffer(body.length);
  new Uint8Array(shared).set(body);
  return new ProofApart(startThread({ cell: header.cellRecord, body: shared }));
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

class ProofApart implements LedgerProof {
  readonly #thread: Worker;
  readonly #digest: Promise<string>;

  constructor(thread: Worker) {
    this.#thread = thread;
    this.#digest = new Promise((resolve, reject) => {
      thread.on('message', resolve);
      thread.on('error', reject);
      thread.on('exit', () => reject(new Error('the thread of the proof ended')));
    });
    // Who waits for the digest hears of it.
    this.#digest.catch(() => undefined);
  }

  /** The thread reads them for itself. */
  take(): void {}

  digest(): Promise<string> {
    return this.#digest;
  }

  async end(): Promise<void> {
    await this.#thread.terminate();
  }
}
